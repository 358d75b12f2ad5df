/** What a mirror says of itself over HTTP. */
import fastify from 'fastify';
import { notFound } from '../errors.ts';
import type { MirrorMetrics } from '../mirror/metrics.ts';
import type { Mirror } from '../mirror/mirror.ts';
import type { Logger } from '../observe/log.ts';
import { druidErrors } from '../server/answers.ts';
import { close, listen } from '../server/listen.ts';
import { healthRoutes } from '../server/status.ts';

const closeGraceMs = 1_000;
/** None of its requests has a body. */
const maxBodyBytes = 1024;

/** @throws MillraceError `environment` when the port cannot be had. */
export async function startMirrorServer(
  mirror: Mirror,
  metrics: MirrorMetrics,
  { port, host, log }: { readonly port: number; readonly host: string; readonly log: Logger },
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const server = fastify({ bodyLimit: maxBodyBytes });
  server.setErrorHandler(druidErrors({ log, maxBodyBytes }));
  server.setNotFoundHandler(async ({ method, url }) => {
    throw notFound(`there is no ${method} ${url.split('?', 1)[0]} here`);
  });
  server.register(healthRoutes({ backend: { health: async () => healthOf(mirror) }, metrics }));
  const taken = await listen(server, { port, host, setting: '--port' });
  return { port: taken, close: () => close(server, closeGraceMs) };
}

/** A mirror is well while all that it is to mirror gets through. */
function healthOf(mirror: Mirror) {
  const problems = mirror.snapshot().flows.flatMap(({ name, problem }) => (problem ? [`${name}: ${problem}`] : []));
  return problems.length === 0 ? { healthy: true } : { healthy: false, problem: problems.join('; ') };
}
