/** Sorting orders, by the examples of https://druid.apache.org/docs/latest/querying/sorting-orders */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Ordering, orderingKey } from '../../src/catalog/ordering.ts';
import { join, sql } from '../../src/sql.ts';
import { temporaryEngine } from '../support/engine.ts';

describe('orderings', () => {
  let engine: Awaited<ReturnType<typeof temporaryEngine>>;
  before(async () => {
    engine = await temporaryEngine();
  });
  after(() => engine[Symbol.asyncDispose]());

  const sorted = async (ordering: Ordering, values: readonly (string | null)[]) => {
    const rows = join(values.map((value) => sql`(${value}::VARCHAR)`));
    const key = orderingKey(ordering, { sql: sql`x`, type: 'STRING' });
    const result = await engine.connection.rows(
      sql`SELECT x FROM (VALUES ${rows}) AS t(x) ORDER BY ${key} NULLS FIRST`,
    );
    return result.map(([value]) => value);
  };

  const cases: readonly [Ordering, readonly (string | null)[]][] = [
    ['lexicographic', [null, '', '1', '10', '2', 'B', 'a', 'é', '😀']],
    ['alphanumeric', [null, '1', '2', '10', 'file1', 'file2', 'file10', 'file10a', 'filea']],
    // What is no number comes first, by its text.
    ['numeric', [null, 'a', 'b', '-1e3', '-2', '0', '2', '10', '9007199254740992', '9007199254740993']],
    ['strlen', [null, '', 'b', 'aa', 'bb', 'aaa']],
  ];
  for (const [ordering, values] of cases) {
    it(ordering, async () => {
      assert.deepEqual(await sorted(ordering, values.toReversed()), values);
    });
  }
});
