/** One request and its answer, as byte streams. */
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Druid, type DruidResponse, discard, type Service } from '../../druid/index.ts';
import { MillraceError } from '../../errors.ts';
import type { Logger } from '../../observe/log.ts';
import { abortedWith } from '../body.ts';
import { connectionOf, isAvatica } from './avatica.ts';
import { endToEnd, requestHeaders } from './headers.ts';

/** A body up to this size is held, so that it can be sent again; a longer one goes as it comes, whatever its size. */
const heldBytes = 64 * 1024;

/** What Avatica sends must be read, to know of which connection it is. */
const avaticaBytes = 4 * 1024 * 1024;

/** Settles with the head of the answer. Rejects as `Druid.request` does, or when the client goes away within a small body. */
export async function forward(
  druid: Druid,
  service: Service,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<DruidResponse> {
  const { method, url, raw } = request;
  const signal = abortedWith(reply);
  const passed = { method, path: url, headers: requestHeaders(request), signal };
  if (isAvatica(url)) {
    const body = await held(raw, avaticaBytes);
    return druid.request(service, { ...passed, body, affinity: connectionOf(url, body) });
  }
  // A query runs at one of the brokers, and only that one can cancel it.
  if (method === 'DELETE' && service === 'broker') return firstAccepted(await druid.requestAll(passed));
  return druid.request(service, { ...passed, body: await bodyOf(raw) });
}

async function bodyOf(raw: IncomingMessage): Promise<Uint8Array | IncomingMessage | undefined> {
  const { 'content-length': length, 'transfer-encoding': encoding } = raw.headers;
  if (encoding === undefined && (length === undefined || length === '0')) return undefined;
  return encoding === undefined && Number(length) <= heldBytes ? held(raw, heldBytes) : raw;
}

/** By listeners: each query comes this way, and an iterator takes several times as long. */
function held(raw: IncomingMessage, mostBytes: number): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const pieces: Buffer[] = [];
  let bytes = 0;
  raw.on('data', (piece: Buffer) => {
    bytes += piece.length;
    if (bytes <= mostBytes) pieces.push(piece);
    // The rest is read and let go, so that the refusal can be answered.
    else reject(tooLarge(mostBytes));
  });
  raw.once('end', () => resolve(pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces)));
  raw.once('error', reject);
  return promise;
}

const tooLarge = (mostBytes: number) =>
  new MillraceError('tooLarge', `a request of JDBC's protocol may have ${mostBytes} bytes here; ask for less at once`);

/** The others' bodies are let go. */
function firstAccepted(responses: readonly DruidResponse[]): DruidResponse {
  const chosen = responses.find(({ status }) => status < 300) ?? (responses[0] as DruidResponse);
  for (const other of responses) if (other !== chosen) other.body.resume();
  return chosen;
}

/** Sends the answer on. What breaks it off breaks off the client's, too: it must not pass for a whole one. */
export function answer(response: DruidResponse, request: FastifyRequest, reply: FastifyReply, log: Logger): void {
  const { status, body, trailers, address } = response;
  const { raw } = reply;
  try {
    raw.writeHead(status, answerHeaders(response, request));
  } catch (error) {
    discard(response);
    throw error;
  }
  reply.hijack();
  body.once('end', () => {
    if (Object.keys(trailers).length > 0) raw.addTrailers(trailers);
  });
  body.once('error', (error) => {
    if (!raw.destroyed) log.warn({ url: request.url, address, err: error }, 'an answer of Druid was cut off');
    raw.destroy();
  });
  body.pipe(raw);
}

/** Node takes `Trailer` only where a body goes in chunks. HTTP/1.0, which nginx speaks to those behind it, has none. */
function answerHeaders({ status, headers }: DruidResponse, { method, raw }: FastifyRequest): OutgoingHttpHeaders {
  const passed = endToEnd(headers);
  const isEmpty = method === 'HEAD' || status === 204 || status === 304;
  if (isEmpty || raw.httpVersion === '1.0' || headers['content-length'] !== undefined) delete passed.trailer;
  return passed;
}
