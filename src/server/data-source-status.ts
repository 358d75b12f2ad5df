/** `GET /v1/status/{dataSource}`: what the Druid does with a dataSource of ours. */
import type { FastifyInstance } from 'fastify';
import type { RemoteBackend } from '../backend.ts';
import { notFound } from '../errors.ts';

export function dataSourceStatusRoutes(backend: RemoteBackend) {
  return async (server: FastifyInstance): Promise<void> => {
    server.get<{ Params: { dataSource: string } }>('/v1/status/:dataSource', async ({ params: { dataSource } }) => {
      const status = await backend.status(dataSource);
      if (status) return status;
      throw notFound(`there is no dataSource '${dataSource}' whose supervisor was made here`);
    });
  };
}
