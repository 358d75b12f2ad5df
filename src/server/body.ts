/** Request bodies: whole, in memory, decompressed, and never more of them than fit. */
import { isUtf8 } from 'node:buffer';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { invalidInput, MillraceError } from '../errors.ts';
import { bodyTooLarge } from './answers.ts';
import { BodyMemory } from './body-memory.ts';

/** Jackson's binary JSON, which Druid and Tranquility take. */
const smile = 'application/x-jackson-smile';

/** Bodies of the largest size that may be in memory at a time. */
const largestBodies = 8;

/** Memory kept for bodies to come. */
const maxKeptBytes = 64 * 1024 * 1024;

declare module 'fastify' {
  interface FastifyRequest {
    readonly bodyMemory: BodyMemory;
  }
}

const inflate = promisify(gunzip);

/**
 * Lets each route read its body as bytes by {@link readBody}, and answers 503 once the bodies under way would fill the memory.
 * A body counts with its announced length until it is there, with the largest allowed one if none was announced.
 */
export function acceptBodies(server: FastifyInstance, maxBodyBytes: number): void {
  let reserved = 0;
  server.removeAllContentTypeParsers();
  const memory = new BodyMemory(maxKeptBytes);
  server.decorateRequest('bodyMemory', { getter: () => memory });
  server.addContentTypeParser('*', async (request: FastifyRequest, stream: Readable) => {
    const announced = request.headers['content-length'];
    const body = await memory.read(stream, announced === undefined ? undefined : Number(announced), maxBodyBytes);
    if (body) return body;
    throw bodyTooLarge(maxBodyBytes);
  });
  server.addHook('onRequest', (request, reply, done) => {
    if (request.method !== 'POST') return done();
    const bytes = Math.min(Number(request.headers['content-length'] ?? maxBodyBytes), maxBodyBytes);
    if (reserved + bytes > largestBodies * maxBodyBytes) return done(tooManyBodies());
    reserved += bytes;
    // Unlike the framework's hooks, `close` comes for every request, also for one that is given up.
    reply.raw.once('close', () => {
      reserved -= bytes;
    });
    done();
  });
}

/** Lets another body have the memory of this request's one. Nothing may read it any more. */
export function releaseBody(request: FastifyRequest): void {
  if (request.body instanceof Buffer) request.bodyMemory.giveBack(request.body);
  request.body = undefined;
}

/** The body without its Content-Encoding. The memory is the caller's until {@link releaseBody}. */
export async function readBody(request: FastifyRequest, maxBodyBytes: number): Promise<Buffer> {
  if (mediaType(request) === smile) {
    throw new MillraceError('unsupportedMediaType', `Smile (${smile}) is not supported; send application/json`);
  }
  const body = request.body instanceof Buffer ? request.body : Buffer.alloc(0);
  switch (request.headers['content-encoding']?.trim().toLowerCase()) {
    case undefined:
    case 'identity':
      return body;
    case 'gzip':
    case 'x-gzip':
      return unzip(body, maxBodyBytes);
    default:
      throw invalidInput('Unrecognized request Content-Encoding');
  }
}

/** @throws MillraceError `invalidInput` when it is not UTF-8. */
export async function readText(request: FastifyRequest, maxBodyBytes: number): Promise<string> {
  const body = await readBody(request, maxBodyBytes);
  if (!isUtf8(body)) throw invalidInput('the body is not UTF-8; send it in UTF-8');
  return body.toString('utf8');
}

async function unzip(body: Buffer, maxBodyBytes: number): Promise<Buffer> {
  try {
    return await inflate(body, { maxOutputLength: maxBodyBytes });
  } catch (error) {
    if (error instanceof RangeError) throw bodyTooLarge(maxBodyBytes);
    throw invalidInput(`the body is not gzip, as its Content-Encoding says: ${(error as Error).message}`);
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

const tooManyBodies = () =>
  new MillraceError('bufferFull', 'too many bytes of requests are under way; try again later', {
    retryAfterSeconds: 1,
  });
