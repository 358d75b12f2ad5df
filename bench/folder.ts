/** A data folder that holds all events rolled up and handed off, for the benches that read. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { MillraceProcess } from '../test/services/millrace.ts';
import { benchFolder, eventsFile } from './events.ts';
import { runLoad } from './load.ts';
import { startBenchServer } from './server.ts';

/** A new folder, gone at the end of its scope. */
export function temporaryBenchFolder(): Disposable & { readonly path: string } {
  mkdirSync(benchFolder, { recursive: true });
  const path = mkdtempSync(join(benchFolder, 'rows-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** Fills a new folder and calls back with it; the folder is gone afterwards. */
export async function withFilledFolder<T>(expectedRows: number, use: (folder: string) => Promise<T>): Promise<T> {
  using folder = temporaryBenchFolder();
  const server = await startBenchServer(folder.path);
  try {
    const { path, sizeBytes } = await eventsFile();
    const port = Number(new URL(server.url).port);
    await runLoad({
      port,
      path: '/v1/post/bench',
      file: path,
      bytes: sizeBytes,
      connections: 4,
      eventsPerBody: 10_000,
    });
    await handedOff(server, expectedRows);
  } finally {
    await server.stop();
  }
  return await use(folder.path);
}

/** Live rows of one minute stand in as many parts as commits brought some; handed off, they are rolled up wholly. */
async function handedOff(server: MillraceProcess, expectedRows: number): Promise<void> {
  const deadline = Date.now() + 180_000;
  let rows = Number.NaN;
  while (Date.now() < deadline) {
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    rows = Number(/^millrace_rows\{dataSource="bench"\} (\d+)/m.exec(metrics)?.[1]);
    if (rows === expectedRows) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(
    `after 3 minutes the store holds ${rows} rows; rolled up and handed off they would be ${expectedRows}`,
  );
}
