/** The engine by itself, and a folder for the files that it reads. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { DuckDBInstance } from '@duckdb/node-api';

const instance = await DuckDBInstance.create(':memory:', { threads: '1', enable_external_file_cache: 'false' });
export const connection = await instance.connect();
await connection.run("SET TimeZone = 'UTC'");
export const folder = mkdtempSync(join(tmpdir(), 'millrace-test-'));
after(() => {
  connection.closeSync();
  rmSync(folder, { recursive: true });
});
