/** Queries of the library to the broker; those over HTTP go through as they are. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Answer, QueryOptions, SqlAnswer } from '../backend.ts';
import { validate } from '../catalog/validate.ts';
import { type Druid, type DruidResponse, discard, refusalOf } from '../druid/index.ts';
import { asMillraceError, MillraceError } from '../errors.ts';

const nativeSchema = z.looseObject({ context: z.looseObject({ queryId: z.unknown().optional() }).optional() });
const sqlSchema = z.looseObject({
  query: z.string(),
  context: z.looseObject({ sqlQueryId: z.unknown().optional(), queryId: z.unknown().optional() }).optional(),
});

export async function askNative(druid: Druid, query: unknown, { signal }: QueryOptions = {}): Promise<Answer> {
  const asked = validate(nativeSchema, query, { what: 'query' });
  const queryId = textOr(asked.context?.queryId, randomUUID());
  const body = { ...asked, context: { ...asked.context, queryId } };
  const response = await ask(druid, '/druid/v2', body, signal);
  return { queryId, chunks: chunksOf(response, signal) };
}

export async function askSql(
  druid: Druid,
  request: unknown,
  options: QueryOptions & { queryId?: string } = {},
): Promise<SqlAnswer> {
  const asked = validate(sqlSchema, request, { what: 'SQL request' });
  const { sqlQueryId, queryId: otherId } = asked.context ?? {};
  const queryId = textOr(sqlQueryId, textOr(otherId, options.queryId ?? randomUUID()));
  const body = { ...asked, context: { ...asked.context, sqlQueryId: queryId } };
  const response = await ask(druid, '/druid/v2/sql', body, options.signal);
  return {
    queryId,
    chunks: chunksOf(response, options.signal),
    contentType: response.headers['content-type'] ?? 'application/json',
    header: response.headers['x-druid-sql-header-included'] === 'yes',
  };
}

/** All brokers are asked, as only the one that runs it can stop it. False where none runs SQL of that id; of native queries they do not tell. */
export async function cancelQuery(druid: Druid, queryId: string): Promise<boolean> {
  const id = encodeURIComponent(queryId);
  const cancel = async (path: string) => {
    const answers = await druid.requestAll({ method: 'DELETE', path });
    const isCancelled = answers.some(({ status }) => status < 300);
    const refused = isCancelled ? undefined : answers.find(({ status }) => status !== 404);
    for (const answer of answers) if (answer !== refused) discard(answer);
    if (refused) throw await refusalOf('broker', refused);
    return isCancelled;
  };
  await cancel(`/druid/v2/${id}`);
  return cancel(`/druid/v2/sql/${id}`);
}

async function ask(druid: Druid, path: string, body: object, signal: AbortSignal | undefined): Promise<DruidResponse> {
  const headers = { 'content-type': 'application/json' };
  const response = await druid.request('broker', { method: 'POST', path, headers, body: JSON.stringify(body), signal });
  if (response.status < 400) return response;
  throw await refusalOf('broker', response);
}

/** The answer as it comes. */
async function* chunksOf({ body, address }: DruidResponse, signal: AbortSignal | undefined): AsyncGenerator<string> {
  body.setEncoding('utf8');
  try {
    yield* body as AsyncIterable<string>;
  } catch (cause) {
    if (cause instanceof MillraceError) throw cause;
    if (signal?.aborted) throw new MillraceError('cancelled', 'the query was cancelled', { cause });
    throw new MillraceError('runtimeFailure', `${address} broke off its answer: ${asMillraceError(cause).message}`, {
      cause,
    });
  }
}

const textOr = (value: unknown, otherwise: string): string =>
  typeof value === 'string' && value !== '' ? value : otherwise;
