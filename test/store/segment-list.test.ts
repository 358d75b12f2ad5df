/** What is told of segments: those handed off, and those that live rows will become. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { tableDefinition } from '../../src/ingest/table.ts';
import { readDataSource } from '../../src/spec/data-schema.ts';
import { sql } from '../../src/sql.ts';
import { handOff } from '../../src/store/hand-off.ts';
import { segmentList } from '../../src/store/segment-list.ts';
import { pageViews } from '../support/backend.ts';
import { temporaryFolder } from '../support/engine.ts';
import { openStore } from '../support/store.ts';

const hour = 3_600_000;
const start = Date.parse('2026-06-01T00:00:00Z');

it('handed-off segments, live buckets, and live rows beside a segment as its next partition', async () => {
  await using folder = await temporaryFolder();
  const store = await openStore(folder.path);
  const definition = tableDefinition(readDataSource(pageViews()), []);
  const table = await store.transaction((transaction) => transaction.define(definition));
  const append = (hours: number, rows: number) =>
    store.transaction((transaction) =>
      transaction.run(
        sql`INSERT INTO ${table.live} (__time, url, views) SELECT make_timestamp_ms(${start + hours * hour}), '/' || i, 1 FROM range(${rows}) r(i)`,
      ),
    );
  const told = async () => {
    const rows: unknown[][] = [];
    const list = sql`SELECT data_source, epoch_ms("start"), epoch_ms("end"), version, "partition", "rows", size > 0, realtime FROM (${segmentList(store.tables.values())}) ORDER BY 2, 5`;
    for await (const { columns, rowCount } of store.read(list))
      for (let row = 0; row < rowCount; row++) rows.push(columns.map((column) => column[row]));
    return rows;
  };
  const [first, second] = [start, start + hour];
  const [end, version] = [second + hour, '2026-06-01T00:00:00.000Z'];
  await append(0, 3);
  assert.deepEqual(await told(), [['pageviews', first, second, version, 0, 3, false, true]]);

  const connection = await store.connect();
  await handOff(store, connection, table, start + hour);
  const [, , , handedOff] = (await told())[0] as [unknown, unknown, unknown, string];
  assert.match(handedOff, /^20\d\d-\d\d-\d\dT.*Z$/);
  await append(0, 2);
  await append(1, 4);
  assert.deepEqual(await told(), [
    ['pageviews', first, second, handedOff, 0, 3, true, false],
    ['pageviews', first, second, handedOff, 1, 2, false, true],
    ['pageviews', second, end, '2026-06-01T01:00:00.000Z', 0, 4, false, true],
  ]);
  connection.close();
  await store.close();
});
