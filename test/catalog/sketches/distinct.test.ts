/** Estimates of distinct values, and of sets of them, against numbers that are known. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  combineDistinct,
  distinctBounds,
  distinctError,
  distinctEstimate,
  distinctState,
  foldDistinct,
  mergeDistinct,
  type SetOperation,
} from '../../../src/catalog/sketches/distinct.ts';
import { type Sql, sql } from '../../../src/sql.ts';
import { temporaryEngine } from '../../support/engine.ts';

const value = { sql: sql`x`, type: 'STRING' } as const;
const users = (from: number, to: number) => sql`(SELECT 'user ' || i AS x, i FROM range(${from}, ${to}) r(i))`;
const sketchOf = (rows: Sql, k: number) => sql`(SELECT ${foldDistinct(value, k, sql``)} FROM ${rows})`;

describe('a sketch of distinct values', () => {
  let engine: Awaited<ReturnType<typeof temporaryEngine>>;
  before(async () => {
    engine = await temporaryEngine();
  });
  after(() => engine[Symbol.asyncDispose]());

  const number = async (column: Sql) => {
    const [row] = await engine.connection.rows(sql`SELECT ${column}`);
    return Number(row?.[0]);
  };

  for (const k of [256, 4096]) {
    for (const distinct of [5000, 100_000]) {
      it(`of size ${k} is within three standard errors of ${distinct}, whole and merged`, async () => {
        const parts = sql`SELECT CAST(${foldDistinct(value, k, sql``)} AS ${distinctState}) AS s FROM ${users(0, distinct)} GROUP BY i % 13, i // 1000`;
        const whole = await number(distinctEstimate(sketchOf(users(0, distinct), k)));
        const merged = await number(sql`(SELECT ${distinctEstimate(mergeDistinct(sql`s`, k))} FROM (${parts}))`);
        assert.ok(Math.abs(whole - distinct) <= (3 * distinct) / Math.sqrt(k), `${whole}`);
        assert.equal(merged, whole);
      });
    }
  }

  it('is exact up to its size, and says so', async () => {
    const sketch = sketchOf(users(0, 4096), 4096);
    assert.deepEqual([await number(distinctEstimate(sketch)), await number(distinctError(sketch))], [4096, 0]);
  });

  it('its bounds hold the truth, and are as wide as the standard error', async () => {
    const { low, high } = distinctBounds(sql`s`, 3);
    const sketch = sketchOf(users(0, 100_000), 1024);
    const [lowest, highest] = [
      await number(sql`(SELECT ${low} FROM (SELECT ${sketch} AS s))`),
      await number(sql`(SELECT ${high} FROM (SELECT ${sketch} AS s))`),
    ];
    assert.ok(lowest <= 100_000 && highest >= 100_000);
    // 2 × 3 standard errors of 1/√1024 of some 100,000, a little less as a part of the values is known.
    assert.ok(highest - lowest > 15_000 && highest - lowest < 21_000, `${lowest} to ${highest}`);
  });

  // The first 60,000 and the last 50,000 of 100,000: 10,000 are in both.
  const truths: readonly [SetOperation, number][] = [
    ['UNION', 100_000],
    ['INTERSECT', 10_000],
    ['NOT', 50_000],
  ];
  for (const [operation, truth] of truths) {
    for (const k of [4096, 2 ** 18]) {
      it(`${operation} of sketches of size ${k}`, async () => {
        const sketches = [users(0, 60_000), users(50_000, 100_000)].map((rows) => sketchOf(rows, k));
        const estimate = await number(distinctEstimate(combineDistinct(operation, k, sketches)));
        // The standard error of a part is that of the hashes which fall into it: √(part of all) / √k of all.
        const error = k > 100_000 ? 0 : (3 * 100_000 * Math.sqrt(truth / 100_000)) / Math.sqrt(k);
        assert.ok(Math.abs(estimate - truth) <= error, `${estimate}`);
      });
    }
  }

  it('sets of three, and of no sketch', async () => {
    const [first, second, third] = [users(0, 100), users(10, 30), users(20, 40)].map((rows) =>
      sketchOf(rows, 4096),
    ) as [Sql, Sql, Sql];
    const estimate = (operation: SetOperation, ...sketches: Sql[]) =>
      number(distinctEstimate(combineDistinct(operation, 4096, sketches)));
    assert.equal(await estimate('NOT', first, second, third), 70);
    assert.equal(await estimate('INTERSECT', first, second, third), 10);
    assert.equal(await estimate('UNION', second, third, sql`NULL::${distinctState}`), 30);
    assert.equal(await estimate('INTERSECT', first, sql`NULL::${distinctState}`), 0);
  });
});
