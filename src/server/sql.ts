/** Druid's SQL. https://druid.apache.org/docs/latest/api-reference/sql-api */
import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { notFound } from '../errors.ts';
import { loadJson } from '../spec/load.ts';
import { abortedWith, readText } from './body.ts';
import { headerText, sendPieces } from './pieces.ts';
import type { QueryRouteOptions } from './query.ts';

export function sqlRoutes({ backend, log, onAnswer }: QueryRouteOptions) {
  return async (server: FastifyInstance): Promise<void> => {
    server.post('/druid/v2/sql', async (request, reply) => {
      const signal = abortedWith(reply);
      const text = await readText(request);
      // A client may send the query's text alone.
      const plain = /^text\/plain\b/i.test(request.headers['content-type'] ?? '');
      const body = plain ? { query: text } : loadJson(text).value;
      const queryId = queryIdOf(body) ?? randomUUID();
      // Mistakes are answered with it, too.
      for (const name of ['X-Druid-Query-Id', 'X-Druid-SQL-Query-Id']) reply.header(name, headerText(queryId));
      const options = { signal, queryId, server: addressOf(request) };
      const { chunks, contentType, header } = await backend.sql(body, options);
      reply.type(contentType);
      if (header) reply.header('X-Druid-SQL-Header-Included', 'yes');
      const cutOff = (error: unknown) => {
        if (!signal.aborted) log.warn({ queryId, err: error }, 'an answer was cut off by an error');
      };
      onAnswer?.();
      return sendPieces(reply, chunks, cutOff);
    });
    // What Druid's console asks before it offers its other engine.
    server.get('/druid/v2/sql/engines', async () => ({ engines: [{ name: 'native' }] }));
    server.get('/druid/v2/sql/task/enabled', async () => ({ enabled: false }));
    server.delete<{ Params: { id: string } }>('/druid/v2/sql/:id', async ({ params: { id } }, reply) => {
      if (!(await backend.cancel(id))) throw notFound(`there is no running query '${id}'`);
      return reply.status(202).send();
    });
  };
}

/** As the request's context names it. */
function queryIdOf(body: unknown): string | undefined {
  const named = z
    .object({ context: z.object({ sqlQueryId: z.unknown(), queryId: z.unknown() }).partial() })
    .safeParse(body);
  const { sqlQueryId, queryId } = named.data?.context ?? {};
  return [sqlQueryId, queryId].find((id) => typeof id === 'string' && id !== '') as string | undefined;
}

/** The address at which a question came. */
export const addressOf = (request: FastifyRequest) => ({
  host: request.hostname,
  port: request.raw.socket.localPort ?? -1,
});
