/**
 * Native queries. https://druid.apache.org/docs/latest/querying/ (Druid's broker, `/druid/v2`)
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { QueryingBackend } from '../backend.ts';
import type { Logger } from '../observe/log.ts';
import { loadJson } from '../spec/load.ts';
import { abortedWith, readText } from './body.ts';
import { headerText, sendPieces } from './pieces.ts';
import { indented } from './pretty.ts';

export interface QueryRouteOptions {
  readonly backend: QueryingBackend;
  readonly log: Logger;
  readonly maxBodyBytes: number;
  readonly onAnswer?: (() => void) | undefined;
}

export function queryRoutes({ backend, log, onAnswer }: QueryRouteOptions) {
  return async (server: FastifyInstance): Promise<void> => {
    server.post('/druid/v2', async (request, reply) => {
      const signal = abortedWith(reply);
      const { value: query, placeOf } = loadJson(await readText(request));
      const answer = await backend.query(query, { signal, place: placeOf });
      reply.header('X-Druid-Query-Id', headerText(answer.queryId)).type('application/json');
      const cutOff = (error: unknown) => {
        if (!signal.aborted) log.warn({ queryId: answer.queryId, err: error }, 'an answer was cut off by an error');
      };
      onAnswer?.();
      return sendPieces(reply, isPretty(request) ? indented(answer.chunks) : answer.chunks, cutOff);
    });
    server.delete<{ Params: { id: string } }>('/druid/v2/:id', async ({ params: { id } }, reply) => {
      // Druid answers so for an unknown id, too: the query may have ended just now.
      await backend.cancel(id);
      return reply.status(202).send();
    });
    server.get('/druid/v2/datasources', async () => backend.dataSources());
    const columnsOf = async (name: string) => (await backend.describe(name)) ?? { dimensions: [], metrics: [] };
    server.get<OfDataSource>('/druid/v2/datasources/:name', async ({ params }) => columnsOf(params.name));
    server.get<OfDataSource>(
      '/druid/v2/datasources/:name/dimensions',
      async ({ params }) => (await columnsOf(params.name)).dimensions,
    );
    server.get<OfDataSource>(
      '/druid/v2/datasources/:name/metrics',
      async ({ params }) => (await columnsOf(params.name)).metrics,
    );
  };
}

interface OfDataSource {
  readonly Params: { readonly name: string };
}

const isPretty = (request: FastifyRequest) => Object.hasOwn(request.query as object, 'pretty');
