/** `GET /v1/rejects/{dataSource}`: the last events that were not kept, newest first, each with its reason and time. */
import type { FastifyInstance } from 'fastify';
import type { Backend } from '../backend.ts';
import { nearestWord, notFound } from '../errors.ts';

export function rejectRoutes(backend: Backend) {
  return async (server: FastifyInstance): Promise<void> => {
    server.get<{ Params: { dataSource: string } }>('/v1/rejects/:dataSource', async ({ params: { dataSource } }) => {
      const rejects = await backend.rejects(dataSource);
      // A Druid knows of a dataSource when there is an event to query, and some have had rejects only.
      if (rejects.length > 0 || (await backend.describe(dataSource))) return rejects;
      const near = nearestWord(dataSource, await backend.dataSources());
      throw notFound(`there is no dataSource '${dataSource}'${near ? `; did you mean '${near}'?` : ''}`);
    });
  };
}
