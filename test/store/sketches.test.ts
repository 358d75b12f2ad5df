/** Sketches in the store: combined, handed off, and handed off again with late rows they are those of all the values. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { aggregator, type Scope, specOf } from '../../src/catalog/index.ts';
import { quantileOf } from '../../src/catalog/sketches/quantiles.ts';
import { tableDefinition } from '../../src/ingest/table.ts';
import { readDataSource } from '../../src/spec/data-schema.ts';
import { ident, join, sql } from '../../src/sql.ts';
import { combineLive, handOff } from '../../src/store/hand-off.ts';
import { rowsOf } from '../../src/store/table.ts';
import { pageViews } from '../support/backend.ts';
import { temporaryFolder } from '../support/engine.ts';
import { openStore } from '../support/store.ts';

const start = Date.parse('2026-06-01T00:00:00Z');
const hour = 3_600_000;

const metricsSpec = [
  { type: 'HLLSketchBuild', name: 'hll', fieldName: 'user', lgK: 8 },
  { type: 'thetaSketch', name: 'theta', fieldName: 'user', size: 512 },
  { type: 'hyperUnique', name: 'unique', fieldName: 'user' },
  { type: 'quantilesDoublesSketch', name: 'sizes', fieldName: 'size' },
];
const metrics = metricsSpec.map((spec) => aggregator(specOf('aggregator').parse(spec)));

/** Users 0 to 9,999, each with that number as its size. */
const users = 10_000;
const scope: Scope = {
  time: sql`NULL::TIMESTAMP`,
  column: (name) =>
    name === 'user' ? { sql: sql`CAST(i AS VARCHAR)`, type: 'STRING' } : { sql: sql`i`, type: 'LONG' },
};
const folds = join(metrics.map(({ fold, sqlType }) => sql`CAST(${fold({ scope })} AS ${sqlType()})`));

const fractions = [0.1, 0.5, 0.9];

/** Estimates of distinct users, the number of sizes, and three quantiles of them, from states of those names. */
const figures = join([
  ...metrics.map(({ name, finish }) => finish(ident(name)).sql),
  ...fractions.map((fraction) => quantileOf(ident('sizes'), fraction)),
]);

it('sketches stay what they are through hand-off, also of late rows', async () => {
  await using folder = await temporaryFolder();
  const store = await openStore(folder.path);
  const schema = readDataSource(pageViews({ dimensionsSpec: { dimensions: ['url'] }, metricsSpec }));
  const table = await store.transaction((transaction) => transaction.define(tableDefinition(schema, [])));
  const connection = await store.connect();
  /** A fifth of the users, in ten rows of one minute. */
  const append = (fifth: number) =>
    store.transaction((transaction) =>
      transaction.run(sql`
        INSERT INTO ${table.live} (__time, url, ${join(metrics.map(({ name }) => ident(name)))})
        SELECT make_timestamp_ms(${start}), CAST(i % 10 AS VARCHAR), ${folds}
        FROM range(${users}) r(i) WHERE (i // 10) % 5 = ${fifth} GROUP BY i % 10`),
    );
  const answers = async () => {
    const rows = rowsOf(store.view('pageviews') ?? assert.fail('no such dataSource'));
    const merged = join(metrics.map(({ name, merge }) => sql`${merge(ident(name))} AS ${ident(name)}`));
    const [row] = await connection.rows(sql`SELECT ${figures} FROM (SELECT ${merged} FROM ${rows})`);
    return row?.map(Number) ?? [];
  };
  const [whole] = await connection.rows(
    sql`SELECT ${join(metrics.slice(0, 3).map(({ fold, finish }) => finish(fold({ scope })).sql))} FROM range(${users}) r(i)`,
  );

  for (const fifth of [0, 1, 2]) await append(fifth);
  assert.equal(await combineLive(store, connection, table), 10);
  await handOff(store, connection, table, start + hour);
  for (const fifth of [3, 4]) await append(fifth);
  for (const handedOff of [false, true]) {
    if (handedOff) assert.equal((await handOff(store, connection, table, start + hour)).rows, 10);
    const [hll, theta, unique, count, ...quantiles] = await answers();
    // Of the distinct values the sketch of the parts is that of the whole.
    assert.deepEqual([hll, theta, unique], whole?.map(Number));
    assert.equal(count, users);
    for (const [i, fraction] of fractions.entries()) {
      const error = Math.abs(Number(quantiles[i]) / users - fraction);
      // What Druid states for k = 128.
      assert.ok(error <= 0.017, `off by ${error}`);
    }
  }
  connection.close();
  await store.close();
});
