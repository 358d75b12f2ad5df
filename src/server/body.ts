/** Request bodies: whole, in memory, decompressed, and never more of them than fit. */
import { isUtf8 } from 'node:buffer';
import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { invalidInput, MillraceError } from '../errors.ts';
import { bodyTooLarge } from './answers.ts';
import { Body, BodyMemory, smallBytes } from './body-memory.ts';
import { Budget } from './budget.ts';
import { unzip } from './unzip.ts';

/** Jackson's binary JSON, which Druid and Tranquility take. */
const smile = 'application/x-jackson-smile';

/** For all bodies together. Two of the largest size fit, with what their sizes are rounded up by. */
const leastMemoryBytes = 80 * 1024 * 1024;
const largestBodies = 2.5;

/** How long a body waits for memory, and how many may: each holds a socket and what that has read. */
const maxWaitMs = 10_000;
const maxWaiting = 256;

/** Lets each route read its body as bytes by {@link withBody} or {@link readText}. One that finds no memory for too long is answered with 503. */
export function acceptBodies(server: FastifyInstance, maxBodyBytes: number): void {
  const maxBytes = Math.max(leastMemoryBytes, largestBodies * maxBodyBytes);
  const memory = new BodyMemory(new Budget({ maxBytes, maxWaitMs, maxWaiting, smallBytes }));
  const limit = { maxBytes: maxBodyBytes, exceeded: () => bodyTooLarge(maxBodyBytes) };
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', async (request: FastifyRequest, stream: Readable) => {
    const { 'content-length': announced, 'content-encoding': encoding } = request.headers;
    if (Number(announced ?? 0) > maxBodyBytes) throw limit.exceeded();
    const isPlain = encoding === undefined && announced !== undefined;
    return memory.read(decoded(encoding, stream), isPlain ? Number(announced) : undefined, limit);
  });
  server.addHook('preValidation', (request, reply, done) => {
    const { body } = request;
    if (!(body instanceof Body)) return done();
    // Unlike the framework's hooks, `close` comes for every request, also for one that is given up; it may have come already.
    if (reply.raw.closed) body.release();
    else reply.raw.once('close', () => body.release());
    done();
  });
}

/** Lets the work read the body, without its Content-Encoding; once it is done nothing may read it any more. */
export async function withBody<T>(request: FastifyRequest, work: (body: Buffer) => Promise<T>): Promise<T> {
  if (mediaType(request) === smile) {
    throw new MillraceError('unsupportedMediaType', `Smile (${smile}) is not supported; send application/json`);
  }
  const { body } = request;
  if (!(body instanceof Body)) return work(Buffer.alloc(0));
  body.hold();
  try {
    return await work(body.bytes);
  } finally {
    body.release();
  }
}

/** @throws MillraceError `invalidInput` when it is not UTF-8. */
export function readText(request: FastifyRequest): Promise<string> {
  return withBody(request, async (body) => {
    if (!isUtf8(body)) throw invalidInput('the body is not UTF-8; send it in UTF-8');
    return body.toString('utf8');
  });
}

/** The pieces without their Content-Encoding. */
function decoded(encoding: string | undefined, stream: Readable): AsyncIterable<Buffer> {
  switch (encoding?.trim().toLowerCase()) {
    case undefined:
    case 'identity':
      // Left as it is when the body is refused, so that this can still be answered.
      return stream.iterator({ destroyOnReturn: false });
    case 'gzip':
    case 'x-gzip':
      return unzip(stream);
    default:
      throw invalidInput('Unrecognized request Content-Encoding');
  }
}

/** The media type of a Content-Type in lower case, without parameters such as `charset`. */
export function mediaType(request: FastifyRequest): string | undefined {
  return request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
}

/** Stops the work of a request whose client has gone. */
export function abortedWith(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort();
  });
  return controller.signal;
}
