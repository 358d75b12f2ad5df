/**
 * A process with a supervisor over a log in memory that is the same at every start: event i of a partition holds `n: i`.
 * `node supervised-process.ts PARTITIONS EVENTS --port P --data D`
 */
import { parseArgs } from 'node:util';
import { openEmbedded } from '../../src/embedded/index.ts';
import { createLogger } from '../../src/observe/log.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import { close, createServer, listen } from '../../src/server/server.ts';
import { MemoryLog } from '../support/memory-log.ts';

const options = { port: { type: 'string' }, data: { type: 'string' } } as const;
const { values, positionals } = parseArgs({ options, allowPositionals: true });
const [partitions, events] = positionals.map(Number) as [number, number];

const log = new MemoryLog();
const start = Date.parse('2026-06-01T00:00:00Z');
for (let partition = 0; partition < partitions; partition++) {
  const lines = Array.from({ length: events }, (_, n) => `{"time":${start + 100 * n},"page":"${partition}","n":${n}}`);
  log.append(`clicks/${partition}`, ...lines);
}

const metrics = createMetrics();
const logger = createLogger('warn');
const backend = await openEmbedded({
  dataDirectory: values.data as string,
  autoCreate: true,
  metrics,
  log: logger,
  openStream: () => log.stream(),
});
const server = createServer({ backend, metrics, log: logger, maxBodyBytes: 1 << 20, properties: {} });
await listen(server, { port: Number(values.port), host: '127.0.0.1', setting: '--port' });
process.once('SIGTERM', async () => {
  await close(server, 1000);
  await backend.close();
});
