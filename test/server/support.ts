/** A real server on a free port over the embedded backend, in a folder of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type EmbeddedBackend, type EmbeddedOptions, openEmbedded } from '../../src/embedded/index.ts';
import { createLogger } from '../../src/observe/log.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import { close, createServer, createTranquilityServer, listen, type Server } from '../../src/server/server.ts';

export interface TestServer {
  readonly url: string;
  readonly backend: EmbeddedBackend;
  readonly server: Server;
}

export interface TestServerOptions extends Partial<EmbeddedOptions> {
  readonly maxBodyBytes?: number;
  readonly onAnswer?: () => void;
  /** Only Tranquility's endpoints. */
  readonly tranquility?: boolean;
}

export async function startServer(t: TestContext, options: TestServerOptions = {}): Promise<TestServer> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'millrace-test-'));
  const metrics = createMetrics();
  const log = createLogger('silent');
  const backend = await openEmbedded({ dataDirectory, autoCreate: true, metrics, log, ...options });
  const create = options.tranquility ? createTranquilityServer : createServer;
  const maxBodyBytes = options.maxBodyBytes ?? 1 << 20;
  const { onAnswer } = options;
  const properties = { 'druid.service': 'millrace' };
  const server = create({ backend, metrics, log, maxBodyBytes, properties, onAnswer });
  const port = await listen(server, { port: 0, host: '127.0.0.1', setting: '--port' });
  t.after(async () => {
    await close(server, 1000);
    await backend.close();
    await rm(dataDirectory, { recursive: true, force: true });
  });
  return { url: `http://127.0.0.1:${port}`, backend, server };
}

export interface Reply {
  readonly status: number;
  readonly type: string | null;
  readonly text: string;
}

export const json = { 'content-type': 'application/json' };

export async function post(
  url: string,
  body: string | Uint8Array,
  headers: Record<string, string> = json,
): Promise<Reply> {
  const response = await fetch(url, { method: 'POST', headers, body });
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
}

/** How many rows a dataSource has, by a timeseries over all time. */
export async function countRows(url: string, dataSource: string): Promise<number> {
  const query = {
    queryType: 'timeseries',
    dataSource,
    granularity: 'all',
    intervals: '1970/2100',
    aggregations: [{ type: 'count', name: 'rows' }],
  };
  const { status, text } = await post(`${url}/druid/v2`, JSON.stringify(query));
  if (status !== 200) throw new Error(text);
  const [bucket] = JSON.parse(text) as { result: { rows: number } }[];
  return bucket?.result.rows ?? 0;
}
