/**
 * Tranquility Server's endpoints: `POST /v1/post/{dataSource}` and `POST /v1/post`.
 * https://github.com/druid-io/tranquility/blob/master/docs/server.md
 *
 * Better than the original's: 200 means durable, a body is taken whole or not at all, what was dropped is counted by reason
 * (`"dropped":{"late":1}`), and with `?droppedEvents=true` named by its place in the body (`"droppedEvents":[{"event":0,"reason":"late"}]`).
 */
import { setImmediate as inNextTurn } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Backend, PushOutcome, Submission } from '../backend.ts';
import { invalidInput } from '../errors.ts';
import type { Logger } from '../observe/log.ts';
import { jsonLines, textLines } from '../sources/push-body.ts';
import { plainErrors } from './answers.ts';
import { mediaType, withBody } from './body.ts';

export interface PushOptions {
  readonly backend: Backend;
  readonly log: Logger;
  readonly maxBodyBytes: number;
}

/** Longer ones cost memory for as long as they are remembered. */
const maxIdempotencyKeyLength = 255;

export function pushRoutes(options: PushOptions) {
  return async (server: FastifyInstance): Promise<void> => {
    server.setErrorHandler(plainErrors(options));
    const post = (request: FastifyRequest, reply: FastifyReply) => push(options, request, reply);
    server.post('/v1/post', post);
    server.post('/v1/post/:dataSource', post);
  };
}

async function push(options: PushOptions, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const wantsAsync = yesNo(request, 'async');
  const wantsEvents = yesNo(request, 'droppedEvents');
  const accepted = Promise.withResolvers<number>();
  const work = withBody(request, async (body) => options.backend.push(readSubmission(request, body), accepted.resolve));
  const outcome = wantsAsync ? await pushAside(options, request, work, accepted.promise) : await work;
  const { received, sent, dropped, droppedEvents } = outcome;
  const result = {
    received,
    sent,
    ...(Object.keys(dropped).length > 0 ? { dropped } : {}),
    ...(wantsEvents ? { droppedEvents } : {}),
  };
  return reply.type('application/json').send(JSON.stringify({ result }));
}

function readSubmission(request: FastifyRequest, body: Buffer): Submission {
  const { dataSource } = request.params as { readonly dataSource?: string };
  const format = bodyFormat(mediaType(request), dataSource);
  const { lines, events } = format === 'json' ? jsonLines(body) : textLines(body);
  return { dataSource, format, lines, events, idempotencyKey: idempotencyKey(request) };
}

function bodyFormat(type: string | undefined, dataSource: string | undefined): Submission['format'] {
  switch (type) {
    case 'application/json':
      return 'json';
    case 'text/plain':
      if (dataSource === undefined) throw invalidInput('Must include dataSource in URL for contentType[text/plain]');
      return 'text';
    default:
      throw invalidInput('Expected contentType application/json or text/plain');
  }
}

/**
 * The answer comes before the events are kept, so nothing is said to be sent. What is known at once, such as a full buffer,
 * is still answered: refusing is the only way to slow such a client down.
 */
async function pushAside(
  { log }: PushOptions,
  { url }: FastifyRequest,
  work: Promise<PushOutcome>,
  accepted: Promise<number>,
): Promise<PushOutcome> {
  let answered = false;
  work.catch((error) => {
    if (answered) log.error({ err: error, url }, 'an asynchronous push failed');
  });
  const received = await Promise.race([work.then(({ received }) => received), accepted.then(inNextTurn)]);
  answered = true;
  return { received, sent: 0, dropped: {}, droppedEvents: [] };
}

function yesNo(request: FastifyRequest, name: string): boolean {
  const parameter = (request.query as Record<string, string | string[] | undefined>)[name];
  const value = Array.isArray(parameter) ? parameter[0] : parameter;
  switch (value?.toLowerCase()) {
    case 'true':
    case '1':
    case 'yes':
      return true;
    case undefined:
    case 'false':
    case '0':
    case 'no':
    case '':
      return false;
    default:
      throw invalidInput('Expected true or false');
  }
}

function idempotencyKey(request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key === 'string' && key.length > 0 && key.length <= maxIdempotencyKeyLength) return key;
  throw invalidInput(`Expected one Idempotency-Key of 1 to ${maxIdempotencyKeyLength} characters`);
}
