/**
 * What clients and operators ask a process about itself.
 * https://druid.apache.org/docs/latest/api-reference/service-status-api
 */
import { availableMemory } from 'node:process';
import type { FastifyInstance } from 'fastify';
import type { Health } from '../backend.ts';
import { MillraceError } from '../errors.ts';
import type { Metrics } from '../observe/metrics.ts';
import { version } from '../observe/version.ts';

export interface HealthRouteOptions {
  readonly backend: { health(): Promise<Pick<Health, 'healthy' | 'problem'>> };
  readonly metrics: Pick<Metrics, 'exposition'>;
}

export interface StatusRouteOptions {
  /** Shown at `/status/properties`. */
  readonly properties: Readonly<Record<string, string>>;
}

/** The Druid whose answers ours are compared with: clients such as Turnilo choose by it what they may ask for. */
const druidVersion = '33.0.0';

export function statusRoutes({ properties }: StatusRouteOptions) {
  return async (server: FastifyInstance): Promise<void> => {
    server.get('/status', async () => druidStatus());
    server.get('/status/properties', async () => properties);
  };
}

/** What this process says of itself whatever its backend is. */
export function healthRoutes({ backend, metrics }: HealthRouteOptions) {
  return async (server: FastifyInstance): Promise<void> => {
    server.get('/status/health', async (_request, reply) => {
      const health = await backend.health();
      if (!health.healthy)
        throw new MillraceError('unavailable', health.problem ?? 'not healthy', { retryAfterSeconds: 5 });
      return reply.type('application/json').send('true');
    });
    server.get('/metrics', async (_request, reply) => {
      const { contentType, text } = await metrics.exposition();
      return reply.type(contentType).send(text);
    });
  };
}

/** What each of Druid's processes says of itself. */
export const druidStatus = () => ({
  version: druidVersion,
  modules: [{ name: 'millrace', artifact: 'millrace', version }],
  memory: memory(),
});

/** In bytes, under the names that Druid gives to a Java process's memory. */
function memory() {
  const { rss, heapTotal, heapUsed, external } = process.memoryUsage();
  return {
    maxMemory: rss + availableMemory(),
    totalMemory: rss,
    freeMemory: heapTotal - heapUsed,
    usedMemory: rss - (heapTotal - heapUsed),
    directMemory: external,
  };
}
