/** A data folder that holds all events rolled up and handed off, for the benches that read. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { MillraceProcess } from '../test/services/millrace.ts';
import { type BenchLoad, benchFolder, eventsFile, minutes } from './events.ts';
import { runLoad } from './load.ts';
import { startBenchServer } from './server.ts';

/** A new folder, gone at the end of its scope. */
export function temporaryBenchFolder(): Disposable & { readonly path: string } {
  mkdirSync(benchFolder, { recursive: true });
  const path = mkdtempSync(join(benchFolder, 'rows-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** Fills a new folder and calls back with it; the folder is gone afterwards. */
export async function withFilledFolder<T>(
  expectedRows: number,
  use: (folder: string) => Promise<T>,
  load: BenchLoad = minutes,
): Promise<T> {
  using folder = temporaryBenchFolder();
  const server = await startBenchServer(folder.path, load);
  try {
    const { path, sizeBytes } = await eventsFile(load.events, load.msPerEvent);
    const port = Number(new URL(server.url).port);
    await runLoad({
      port,
      path: `/v1/post/${load.dataSource}`,
      file: path,
      bytes: sizeBytes,
      connections: 4,
      eventsPerBody: 10_000,
    });
    await handedOff(server, load, expectedRows);
  } finally {
    await server.stop();
  }
  return await use(folder.path);
}

/** Live rows of one minute stand in as many parts as commits brought some; handed off, they are rolled up wholly. */
async function handedOff(
  server: MillraceProcess,
  { dataSource, segments }: BenchLoad,
  expectedRows: number,
): Promise<void> {
  const deadline = Date.now() + 600_000;
  const gauge = (metrics: string, name: string) =>
    Number(new RegExp(`^millrace_${name}\\{dataSource="${dataSource}"\\} (\\d+)`, 'm').exec(metrics)?.[1]);
  let rows = Number.NaN;
  while (Date.now() < deadline) {
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    rows = gauge(metrics, 'rows');
    if (rows === expectedRows && gauge(metrics, 'segments') === segments) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(
    `after 10 minutes the store holds ${rows} rows; rolled up and handed off they would be ${expectedRows}`,
  );
}
