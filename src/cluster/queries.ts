/** Queries of the library to the broker; those over HTTP go through as they are. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Answer, QueryOptions, SqlAnswer } from '../backend.ts';
import { validate } from '../catalog/validate.ts';
import { type Druid, DruidError, type DruidResponse } from '../druid/index.ts';

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
  return { queryId, chunks: textOf(response) };
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
    chunks: textOf(response),
    contentType: response.headers['content-type'] ?? 'application/json',
    header: response.headers['x-druid-sql-header-included'] === 'yes',
  };
}

/** False where Druid says that it runs no such query; of native ones it does not tell. */
export async function cancelQuery(druid: Druid, queryId: string): Promise<boolean> {
  const id = encodeURIComponent(queryId);
  await druid.json('broker', `/druid/v2/${id}`, { method: 'DELETE' });
  try {
    await druid.json('broker', `/druid/v2/sql/${id}`, { method: 'DELETE' });
    return true;
  } catch (error) {
    if (error instanceof DruidError && error.status === 404) return false;
    throw error;
  }
}

async function ask(druid: Druid, path: string, body: object, signal: AbortSignal | undefined): Promise<DruidResponse> {
  const headers = { 'content-type': 'application/json' };
  const response = await druid.request('broker', { method: 'POST', path, headers, body: JSON.stringify(body), signal });
  const { status, address } = response;
  if (status < 400) return response;
  let text = '';
  for await (const piece of textOf(response)) text += piece;
  throw new DruidError({
    service: 'broker',
    address,
    status,
    contentType: response.headers['content-type'],
    body: text,
  });
}

function textOf({ body }: DruidResponse): AsyncIterable<string> {
  body.setEncoding('utf8');
  return body as AsyncIterable<string>;
}

const textOr = (value: unknown, otherwise: string): string =>
  typeof value === 'string' && value !== '' ? value : otherwise;
