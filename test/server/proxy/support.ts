/** A server over the cluster backend, before a Druid that is given. */
import type { TestContext } from 'node:test';
import { type ClusterBackend, type ClusterOptions, openCluster } from '../../../src/cluster/index.ts';
import { createLogger } from '../../../src/observe/log.ts';
import { createMetrics } from '../../../src/observe/metrics.ts';
import { close, createServer, listen } from '../../../src/server/server.ts';

export interface ClusterServer {
  readonly url: string;
  readonly backend: ClusterBackend;
}

/** @param at where Druid is, as `--druid` takes it. */
export async function startClusterServer(
  t: Pick<TestContext, 'after'>,
  at: string,
  kafka: string,
  options: Partial<ClusterOptions> = {},
): Promise<ClusterServer> {
  const metrics = createMetrics();
  const log = createLogger('silent');
  const backend = await openCluster({
    druid: { at },
    kafka: { 'bootstrap.servers': kafka },
    autoCreate: true,
    metrics,
    log,
    ...options,
  });
  const server = createServer({ backend, metrics, log, maxBodyBytes: 1 << 20, properties: {} });
  const port = await listen(server, { port: 0, host: '127.0.0.1', setting: '--port' });
  t.after(async () => {
    await close(server, 1000);
    await backend.close();
  });
  return { url: `http://127.0.0.1:${port}`, backend };
}
