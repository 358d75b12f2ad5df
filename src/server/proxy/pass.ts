/** One request and its answer, as byte streams. */
import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Druid, DruidResponse, Service } from '../../druid/index.ts';
import type { Logger } from '../../observe/log.ts';
import { abortedWith } from '../body.ts';
import { endToEnd, requestHeaders } from './headers.ts';

/** A body up to this size is held, so that it can be sent again; a longer one goes as it comes, whatever its size. */
const heldBytes = 64 * 1024;

/** Settles with the head of the answer. Rejects as `Druid.request` does, or when the client goes away within a small body. */
export async function forward(
  druid: Druid,
  service: Service,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<DruidResponse> {
  const { method, url, raw } = request;
  const body = await bodyOf(raw);
  const signal = abortedWith(reply);
  return druid.request(service, { method, path: url, headers: requestHeaders(request), body, signal });
}

async function bodyOf(raw: IncomingMessage): Promise<Uint8Array | IncomingMessage | undefined> {
  const { 'content-length': length, 'transfer-encoding': encoding } = raw.headers;
  if (encoding === undefined && (length === undefined || length === '0')) return undefined;
  if (encoding !== undefined || Number(length) > heldBytes) return raw;
  const pieces: Buffer[] = [];
  for await (const piece of raw.iterator({ destroyOnReturn: false })) pieces.push(piece);
  return pieces.length === 1 ? pieces[0] : Buffer.concat(pieces);
}

/** Sends the answer on. What breaks it off breaks off the client's, too: it must not pass for a whole one. */
export function answer(response: DruidResponse, request: FastifyRequest, reply: FastifyReply, log: Logger): void {
  const { status, headers, body, trailers, address } = response;
  const { raw } = reply.hijack();
  raw.writeHead(status, endToEnd(headers));
  body.once('end', () => {
    if (Object.keys(trailers).length > 0) raw.addTrailers(trailers);
  });
  body.once('error', (error) => {
    if (!raw.destroyed) log.warn({ url: request.url, address, err: error }, 'an answer of Druid was cut off');
    raw.destroy();
  });
  body.pipe(raw);
}
