/** How errors are answered: in Druid's JSON shape, and as the plain text of Tranquility Server. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { asMillraceError, invalidInput, MillraceError } from '../errors.ts';
import type { Logger } from '../observe/log.ts';

export interface ErrorAnswers {
  readonly log: Logger;
  readonly maxBodyBytes: number;
}

/** https://druid.apache.org/docs/latest/querying/troubleshooting */
export function druidErrors(options: ErrorAnswers) {
  return (thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const error = prepare(thrown, request, reply, options);
    return reply.type('application/json').send(JSON.stringify(error));
  };
}

/** The same with the message in `error`, where Druid's overlord has it and its clients look. */
export function overlordErrors(options: ErrorAnswers) {
  return (thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const error = prepare(thrown, request, reply, options);
    return reply.type('application/json').send(JSON.stringify({ ...error.toJSON(), error: error.message }));
  };
}

export function plainErrors(options: ErrorAnswers) {
  return (thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const error = prepare(thrown, request, reply, options);
    const text = error.code === 'defect' ? 'Server error' : error.message;
    return reply.type('text/plain').send(`${text}\n`);
  };
}

function prepare(thrown: unknown, request: FastifyRequest, reply: FastifyReply, options: ErrorAnswers): MillraceError {
  const error = asAnswered(thrown, options.maxBodyBytes);
  const details = { method: request.method, url: request.url, code: error.code };
  if (error.code === 'defect') options.log.error({ ...details, err: thrown }, error.message);
  else if (error.status === 500) options.log.warn(details, error.message);
  else options.log.debug(details, error.message);
  reply.status(error.status);
  if (error.retryAfterSeconds !== undefined) reply.header('retry-after', Math.ceil(error.retryAfterSeconds));
  return error;
}

/** The web framework's own errors in our catalogue. */
function asAnswered(thrown: unknown, maxBodyBytes: number): MillraceError {
  if ((thrown as NodeJS.ErrnoException | undefined)?.code === 'ECONNRESET')
    return new MillraceError('cancelled', 'the client went away before its request was whole', { cause: thrown });
  if (!(thrown instanceof Error) || thrown instanceof MillraceError || !('statusCode' in thrown)) {
    return asMillraceError(thrown);
  }
  switch (thrown.statusCode) {
    case 413:
      return bodyTooLarge(maxBodyBytes);
    case 415:
      return new MillraceError('unsupportedMediaType', 'the Content-Type is malformed; send application/json');
    case 503:
      return new MillraceError('unavailable', 'the server is stopping', { retryAfterSeconds: 5 });
    default:
      return Number(thrown.statusCode) < 500 ? invalidInput(thrown.message) : asMillraceError(thrown);
  }
}

export const bodyTooLarge = (maxBodyBytes: number) =>
  new MillraceError(
    'tooLarge',
    `the body is larger than ${maxBodyBytes} bytes; send smaller batches, or start the server with a larger --max-body-bytes`,
  );
