/** Folders of an older layout are brought up to date as they are opened. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { it } from 'node:test';
import { DuckDBInstance } from '@duckdb/node-api';
import { pageViews, temporaryBackend } from '../support/backend.ts';

const query = {
  queryType: 'timeseries',
  dataSource: 'pageviews',
  intervals: '2026-01-01/2026-01-02',
  granularity: 'minute',
  aggregations: [{ type: 'longSum', name: 'bytes', fieldName: 'bytes' }],
  context: { skipEmptyBuckets: true },
};

const bytesAt = (...buckets: [time: string, bytes: number][]) =>
  buckets.map(([time, bytes]) => ({ timestamp: `2026-01-01T${time}:00.000Z`, result: { bytes } }));

it('a folder of layout 1, whose history has no minutes, answers as before, and takes rows', async () => {
  await using test = await temporaryBackend();
  await test.define(pageViews());
  await test.push('pageviews', [
    { time: '2026-01-01T00:00:01Z', url: '/a', bytes: 1 },
    { time: '2026-01-01T00:07:59Z', url: '/a', bytes: 2 },
  ]);
  await test.backend.handOff('pageviews');
  await test.push('pageviews', [{ time: '2026-01-01T00:07:00Z', url: '/b', bytes: 4 }]);
  await test.backend.close();
  await inDatabase(
    test.folder,
    'ALTER TABLE history.t1 DROP COLUMN "__time#minute"',
    'UPDATE meta.layout SET version = 1',
  );

  await test.reopen();
  assert.deepEqual(await test.query(query), bytesAt(['00:00', 1], ['00:07', 6]));
  await test.push('pageviews', [{ time: '2026-01-01T00:00:30Z', url: '/c', bytes: 8 }]);
  await test.backend.handOff('pageviews');
  assert.deepEqual(await test.query(query), bytesAt(['00:00', 9], ['00:07', 6]));
  await test.backend.close();
  // Now an older millrace refuses it.
  assert.deepEqual(await inDatabase(test.folder, 'SELECT version FROM meta.layout'), [[2]]);
});

/** The last statement's rows. */
async function inDatabase(folder: string, ...statements: readonly string[]): Promise<readonly unknown[][]> {
  const instance = await DuckDBInstance.create(path.join(folder, 'millrace.db'));
  const connection = await instance.connect();
  let rows: unknown[][] = [];
  for (const statement of statements) rows = await (await connection.run(statement)).getRows();
  connection.closeSync();
  instance.closeSync();
  return rows;
}
