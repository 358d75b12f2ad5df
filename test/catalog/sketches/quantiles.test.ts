/** The ranks that a sketch of quantiles tells, in values of which each one's rank is known. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  foldQuantiles,
  mergeQuantiles,
  quantileOf,
  quantilesState,
  rankOf,
} from '../../../src/catalog/sketches/quantiles.ts';
import { join, type Sql, sql } from '../../../src/sql.ts';
import { temporaryEngine } from '../../support/engine.ts';

const k = 128;
const count = 200_000;
/** 0 … count − 1, in an order without order: 7 has no divisor in common with the count. */
const values = sql`(SELECT (i * 7_777_777) % ${count} AS x, i FROM range(${count}) r(i))`;
const fractions = [0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99];

const fold = foldQuantiles({ sql: sql`x`, type: 'LONG' }, k, sql``);
const merge = mergeQuantiles(sql`s`, k);
const by = (part: Sql) =>
  sql`SELECT ${part} AS part, CAST(${fold} AS ${quantilesState}) AS s FROM ${values} GROUP BY ALL`;

describe('a sketch of quantiles', () => {
  let engine: Awaited<ReturnType<typeof temporaryEngine>>;
  before(async () => {
    engine = await temporaryEngine();
  });
  after(() => engine[Symbol.asyncDispose]());

  const thousandths = sql`i % 1000`;
  const uneven = sql`CAST(floor(log2(i + 1)) AS INTEGER)`;
  const ofOneRange = sql`x // 997`;
  const wholes: Record<string, { sketch: Sql; thinnedTimes: number }> = {
    whole: { sketch: sql`SELECT ${fold} AS s FROM ${values}`, thinnedTimes: 1 },
    'merged from small parts': { sketch: sql`SELECT ${merge} AS s FROM (${by(thousandths)})`, thinnedTimes: 1 },
    'merged from parts of 1 to 100,000 values': {
      sketch: sql`SELECT ${merge} AS s FROM (${by(uneven)})`,
      // A thinning of its own for each level that the parts are on.
      thinnedTimes: 9,
    },
    'merged from parts of one range each': {
      sketch: sql`SELECT ${merge} AS s FROM (${by(ofOneRange)})`,
      thinnedTimes: 1,
    },
    'merged in steps': {
      sketch: sql`SELECT ${merge} AS s FROM (SELECT ${merge} AS s FROM (SELECT part % 50 AS fifty, ${merge} AS s FROM (${by(thousandths)}) GROUP BY ALL) GROUP BY fifty % 5)`,
      thinnedTimes: 3,
    },
  };
  for (const [name, { sketch, thinnedTimes }] of Object.entries(wholes)) {
    it(`${name} is as right as it says`, async () => {
      const answers = [
        ...fractions.map((fraction) => quantileOf(sql`s`, fraction)),
        ...fractions.map((fraction) => rankOf(sql`s`, sql`${fraction * count}::DOUBLE`)),
      ];
      const [row] = await engine.connection.rows(
        sql`SELECT s.n, len(s.items), s.least, s.greatest, ${join(answers)} FROM (${sketch})`,
      );
      const [n, items, least, greatest, ...found] = (row ?? []).map(Number);
      assert.deepEqual([n, least, greatest], [count, 0, count - 1]);
      assert.ok(Number(items) <= 8 * k, `${items} items`);
      for (const [i, fraction] of fractions.entries()) {
        const rank = Number(found[i]) / count;
        const error = Math.max(Math.abs(rank - fraction), Math.abs(Number(found[fractions.length + i]) - fraction));
        assert.ok(error <= thinnedTimes / (8 * k), `rank ${fraction} is off by ${error}`);
        // What Druid states for k = 128.
        assert.ok(error <= 0.017);
      }
    });
  }

  it('is exact up to 8k values, whatever they are merged of', async () => {
    const few = sql`(SELECT x, i FROM ${values} WHERE x < ${8 * k})`;
    const parts = sql`SELECT i % 17, CAST(${fold} AS ${quantilesState}) AS s FROM ${few} GROUP BY ALL`;
    const [row] = await engine.connection.rows(
      sql`SELECT s.items = list_transform(range(${8 * k}), lambda v: v::DOUBLE) FROM (SELECT ${merge} AS s FROM (${parts}))`,
    );
    assert.deepEqual(row, [true]);
  });

  it('coarser sketches are merged into finer ones', async () => {
    const coarse = foldQuantiles({ sql: sql`x`, type: 'LONG' }, 16, sql``);
    const parts = sql`SELECT i % 3, CAST(${coarse} AS ${quantilesState}) AS s FROM ${values} GROUP BY ALL`;
    const answers = fractions.map((fraction) => quantileOf(sql`s`, fraction));
    const [row] = await engine.connection.rows(
      sql`SELECT ${join(answers)} FROM (SELECT ${merge} AS s FROM (${parts}))`,
    );
    for (const [i, fraction] of fractions.entries())
      assert.ok(Math.abs(Number(row?.[i]) / count - fraction) <= 2 / (8 * 16), `${row?.[i]} at ${fraction}`);
  });

  it('null, text that is no number, and NaN do not count', async () => {
    const odd = sql`(VALUES ('1'), (NULL), ('abc'), ('NaN'), ('1e1')) AS v(x)`;
    const text = foldQuantiles({ sql: sql`x`, type: 'STRING' }, k, sql``);
    const [row] = await engine.connection.rows(
      sql`SELECT s.n, s.least, s.greatest FROM (SELECT ${text} AS s FROM ${odd})`,
    );
    assert.deepEqual(row, [2n, 1, 10]);
  });
});
