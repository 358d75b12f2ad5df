/**
 * What clients ask of a cluster's parts before they ask for data. All of them are this one process, which leads alone and has loaded
 * whatever it has. https://druid.apache.org/docs/latest/api-reference/service-status-api
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { parsedAnswer } from '../answer.ts';
import type { Backend } from '../backend.ts';
import { druidStatus } from './status.ts';

export function clusterRoutes(backend: Backend) {
  return async (server: FastifyInstance): Promise<void> => {
    for (const part of ['coordinator', 'indexer']) {
      server.get(`/druid/${part}/v1/isLeader`, async () => ({ leader: true }));
      server.get(`/druid/${part}/v1/leader`, async (request, reply) => reply.type('text/plain').send(urlOf(request)));
    }
    // What the router has for Druid's console.
    server.get('/proxy/enabled', async () => ({ enabled: true }));
    for (const part of ['coordinator', 'overlord']) server.get(`/proxy/${part}/status`, async () => druidStatus());
    server.get('/status/selfDiscovered', async (_request, reply) => reply.type('application/json').send(''));
    server.get('/status/selfDiscovered/status', async () => ({ selfDiscovered: true }));
    server.get('/druid/broker/v1/loadstatus', async () => ({ inventoryInitialized: true }));
    // Tasks run in this process, which is no worker.
    server.get('/druid/indexer/v1/workers', async () => []);
    server.get('/druid/coordinator/v1/metadata/datasources', async () => backend.dataSources());
    server.get('/druid/coordinator/v1/datasources', async (request) =>
      isSimple(request) ? summaries(backend) : backend.dataSources(),
    );
    server.get('/druid/coordinator/v1/loadstatus', async (request) => {
      // By `simple` how many segments are left to load, else how many percent are loaded.
      const loaded = isSimple(request) ? 0 : 100;
      return Object.fromEntries((await backend.dataSources()).map((name) => [name, loaded]));
    });
  };
}

const isSimple = (request: FastifyRequest) => Object.hasOwn(request.query as object, 'simple');

interface Summary {
  readonly name: string;
  readonly segments: number;
  readonly bytes: number;
  readonly first: string;
  readonly last: string;
}

const summaryQuery =
  'SELECT datasource AS name, COUNT(*) AS segments, SUM("size") AS bytes, MIN("start") AS "first", MAX("end") AS "last"' +
  ' FROM sys.segments GROUP BY 1 ORDER BY 1';

/** Each dataSource and its segments, as `?simple` has them. */
async function summaries(backend: Backend) {
  const { chunks } = await backend.sql({ query: summaryQuery });
  return ((await parsedAnswer(chunks)) as Summary[]).map(({ name, segments, bytes, first, last }) => {
    const sizes = { size: bytes, replicatedSize: bytes };
    const tiers = { _default_tier: { ...sizes, segmentCount: segments } };
    return { name, properties: { tiers, segments: { ...sizes, minTime: first, maxTime: last, count: segments } } };
  });
}

const urlOf = ({ protocol, host }: FastifyRequest): string => `${protocol}://${host}`;
