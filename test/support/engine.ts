/** An engine in a temporary folder, for tests that look at SQL. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Connection, Engine } from '../../src/store/engine.ts';
import type { ReadConnection } from '../../src/store/read-connection.ts';

export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'millrace-test-'));
  return { path: folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

export async function temporaryEngine(): Promise<
  AsyncDisposable & {
    readonly connection: Connection;
    readonly folder: string;
    connectToRead(): Promise<ReadConnection>;
  }
> {
  const folder = await temporaryFolder();
  const engine = await Engine.open({
    file: path.join(folder.path, 'test.db'),
    temporaryDirectory: path.join(folder.path, 'tmp'),
    memoryLimitBytes: 256 * 1024 * 1024,
    threads: 2,
  });
  const connection = await engine.connect();
  return {
    connection,
    folder: folder.path,
    connectToRead: () => engine.connectToRead(),
    [Symbol.asyncDispose]: async () => {
      connection.close();
      engine.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}
