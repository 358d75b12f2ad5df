/** Every documented example of every post-aggregator. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  aggregator,
  compilePostAggregator,
  entriesOf,
  type Scope,
  specOf,
  type Value,
} from '../../src/catalog/index.ts';
import { columnOf } from '../../src/query/encode.ts';
import { join, sql } from '../../src/sql.ts';
import { temporaryEngine } from '../support/engine.ts';

const numberValue = (number: number): Value =>
  Number.isInteger(number)
    ? { sql: sql`CAST(${number} AS BIGINT)`, type: 'LONG' }
    : { sql: sql`CAST(${number} AS DOUBLE)`, type: 'DOUBLE' };

/** A sketch of these values, as state or finished. */
function sketchValue(sketch: string | object, values: readonly (string | number)[], as: 'value' | 'state'): Value {
  const { fold, finish, stateType } = aggregator(
    specOf('aggregator').parse({
      ...(typeof sketch === 'string' ? { type: sketch } : sketch),
      name: 's',
      fieldName: 'x',
    }),
  );
  const scope: Scope = { time: sql`NULL::TIMESTAMP`, column: () => ({ sql: sql`x`, type: 'STRING' }) };
  const rows = sql`(VALUES ${join(values.map((value) => sql`(${String(value)})`))}) AS v(x)`;
  const state = sql`(SELECT ${fold({ scope })} FROM ${rows})`;
  return as === 'state' ? { sql: state, type: stateType() } : finish(state);
}

describe('post-aggregators', () => {
  let engine: Awaited<ReturnType<typeof temporaryEngine>>;
  before(async () => {
    engine = await temporaryEngine();
  });
  after(() => engine[Symbol.asyncDispose]());

  const evaluate = async (spec: unknown, field: (name: string, as: 'value' | 'state') => Value | undefined) => {
    const column = columnOf('p', compilePostAggregator(specOf('postAggregator').parse(spec), { field }));
    const [row] = await engine.connection.rows(sql`SELECT ${column.sql}`);
    return JSON.parse(column.encode(row?.[0]));
  };

  for (const entry of entriesOf('postAggregator')) {
    it(`${entry.type} has an example`, () => assert.ok(entry.examples.length > 0));
    for (const { spec, row, sketch = '', result } of entry.examples) {
      const field = (name: string, as: 'value' | 'state') => {
        const given = row[name];
        return typeof given === 'object' ? sketchValue(sketch, given, as) : numberValue(Number(given));
      };
      it(`${entry.type} ${JSON.stringify(spec)}`, async () => {
        assert.deepEqual(await evaluate(spec, field), result);
      });
    }
  }

  it('arithmetic with a null is null, and greatest leaves nulls out', async () => {
    const nothing: Value = { sql: sql`NULL::BIGINT`, type: 'LONG' };
    const fields = ['x', 'y'].map((fieldName) => ({ type: 'fieldAccess', fieldName }));
    const field = (name: string) => (name === 'x' ? nothing : numberValue(0));
    for (const fn of ['+', '-', '*', '/', 'quotient', 'pow'])
      assert.equal(await evaluate({ type: 'arithmetic', name: 'p', fn, fields }, field), null, fn);
    assert.equal(await evaluate({ type: 'longGreatest', name: 'p', fields }, field), 0);
  });

  it('a name that the query does not have is a mistake', async () => {
    const spec = { type: 'fieldAccess', name: 'p', fieldName: 'cuont' };
    await assert.rejects(
      evaluate(spec, () => undefined),
      { code: 'invalidInput', message: /'cuont'/ },
    );
  });
});
