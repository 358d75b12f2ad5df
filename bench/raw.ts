/**
 * The limit: DuckDB alone, in its own process, with SQL written by hand over the same events. Speaks over the process
 * channel: each {@link RawTask} is answered with a {@link RawResult}.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { benchFolder } from './events.ts';

/** `ingest`: reads the file into a new table, rolled up by minute unless not.  `query`: runs the statement on it and fetches all rows. */
export type RawTask = { readonly ingest: string; readonly rollup?: boolean } | { readonly query: string };

export interface RawResult {
  readonly ms: number;
  readonly rows: number;
}

export class RawDuckDB {
  readonly #child: ChildProcess = fork(fileURLToPath(import.meta.url));

  async run(task: RawTask): Promise<RawResult> {
    this.#child.send(task);
    const [result] = (await once(this.#child, 'message')) as [RawResult];
    return result;
  }

  async close(): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.disconnect();
    await exited;
  }
}

const ingestStatement = (file: string, rollup: boolean) => `
  CREATE OR REPLACE TABLE bench AS
  SELECT ${rollup ? "date_trunc('minute', time)" : 'time'} AS __time, url, country, device,
    ${
      rollup
        ? 'count(*) AS views, sum(latencyMs)::BIGINT AS latencyMs, sum(bytes)::BIGINT AS bytes'
        : '1::BIGINT AS views, latencyMs, bytes'
    }
  FROM read_json('${file.replaceAll("'", "''")}', format = 'newline_delimited', columns = {
    time: 'TIMESTAMP', url: 'VARCHAR', country: 'VARCHAR', device: 'VARCHAR', latencyMs: 'BIGINT', bytes: 'BIGINT'})
  ${rollup ? 'GROUP BY ALL' : ''}`;

async function perform(connection: DuckDBConnection, task: RawTask): Promise<RawResult> {
  const start = performance.now();
  if ('ingest' in task) {
    await connection.run(ingestStatement(task.ingest, task.rollup ?? true));
    const ms = performance.now() - start;
    // Queries find the rows in the order of time, as in segments.
    await connection.run('CREATE OR REPLACE TABLE bench AS FROM bench ORDER BY __time');
    const counted = await connection.runAndReadAll('SELECT count(*) FROM bench');
    return { ms, rows: Number(counted.getRows()[0]?.[0]) };
  }
  const rows = (await connection.runAndReadAll(task.query)).getRows();
  return { ms: performance.now() - start, rows: rows.length };
}

async function serveTasks(): Promise<void> {
  const file = join(benchFolder, `raw-${process.pid}.duckdb`);
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  process.on('message', async (task: RawTask) => process.send?.(await perform(connection, task)));
  process.on('disconnect', () => {
    connection.closeSync();
    instance.closeSync();
    for (const leftover of [file, `${file}.wal`]) rmSync(leftover, { force: true });
  });
}

if (import.meta.main) await serveTasks();
