/** Every documented example of every dimension spec and extraction function. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { compileExtraction, dimensionName, entriesOf, specOf } from '../../src/catalog/index.ts';
import { columnOf } from '../../src/query/encode.ts';
import { tableScope } from '../../src/query/source.ts';
import { sql } from '../../src/sql.ts';
import { rowsOf } from '../../src/store/table.ts';
import { eventTable } from '../query/support.ts';
import { temporaryEngine } from '../support/engine.ts';
import { lookups } from './lookups.ts';

describe('dimension specs and extraction functions', () => {
  let engine: Awaited<ReturnType<typeof temporaryEngine>>;
  before(async () => {
    engine = await temporaryEngine();
  });
  after(() => engine[Symbol.asyncDispose]());

  const valuesOf = async (
    spec: unknown,
    events: Parameters<typeof eventTable>[0],
    kind: 'dimension' | 'virtualColumn' = 'dimension',
  ) => {
    const table = eventTable(events);
    const { entry, spec: checked } = specOf(kind).parse(spec);
    const column = columnOf('d', entry.compile(checked, tableScope(table, lookups)));
    const rows = await engine.connection.rows(sql`SELECT ${column.sql} FROM ${rowsOf(table)}`);
    return rows.map(([value]) => JSON.parse(column.encode(value)));
  };

  for (const entry of entriesOf('dimension')) {
    it(`${entry.type} has an example`, () => assert.ok(entry.examples.length > 0));
    for (const { spec, events, values } of entry.examples) {
      it(`${entry.type} ${JSON.stringify(spec)}`, async () => assert.deepEqual(await valuesOf(spec, events), values));
    }
  }

  for (const entry of entriesOf('virtualColumn')) {
    it(`virtual column ${entry.type} has an example`, () => assert.ok(entry.examples.length > 0));
    for (const { spec, events, values } of entry.examples) {
      it(`virtual column ${entry.type} ${JSON.stringify(spec)}`, async () =>
        assert.deepEqual(await valuesOf(spec, events, 'virtualColumn'), values));
    }
  }

  for (const entry of entriesOf('extraction')) {
    it(`${entry.type} has an example`, () => assert.ok(entry.examples.length > 0));
    for (const { spec, pairs } of entry.examples) {
      it(`${entry.type} ${JSON.stringify(spec)}`, async () => {
        const extraction = specOf('extraction').parse(spec);
        for (const [input, output] of pairs) {
          const [row] = await engine.connection.rows(
            sql`SELECT ${compileExtraction(extraction, sql`x`, lookups)} FROM (SELECT CAST(${input} AS VARCHAR) AS x)`,
          );
          assert.equal(row?.[0], output, `of ${JSON.stringify(input)}`);
        }
      });
    }
  }

  it('a bare name is a default dimension', () => {
    const dimension = specOf('dimension').parse('url');
    assert.equal(dimension.spec.type, 'default');
    assert.equal(dimensionName(dimension), 'url');
  });

  it('an extraction goes over each value of a multi-value dimension', async () => {
    const spec = { type: 'extraction', dimension: 'tags', extractionFn: { type: 'upper' } };
    assert.deepEqual(await valuesOf(spec, [{ tags: ['a', 'b'] }, { tags: 'c' }, {}]), [['A', 'B'], 'C', null]);
  });

  it('a time format over __time is the same as over its milliseconds', async () => {
    const extractionFn = {
      type: 'timeFormat',
      format: "yyyy-MM-dd'T'HH",
      timeZone: 'Asia/Kolkata',
      granularity: 'hour',
    };
    const event = { __time: '2015-09-12T20:47:13.000Z', ms: Date.parse('2015-09-12T20:47:13.000Z') };
    for (const dimension of ['__time', 'ms'])
      assert.deepEqual(await valuesOf({ type: 'extraction', dimension, extractionFn }, [event]), ['2015-09-13T01']);
  });

  it('refuses what the engine could not run: unknown letters, groups that are not there, look-around', () => {
    const fails = (spec: unknown) => specOf('extraction').safeParse(spec).error?.issues[0];
    assert.match(String(fails({ type: 'timeFormat', format: 'yyyy-bb' })?.message), /Joda pattern/);
    assert.match(String(fails({ type: 'regex', expr: 'a(b)', index: 2 })?.message), /no group/);
    assert.match(String(fails({ type: 'partial', expr: 'a(b' })?.message), /not a regular expression/);
    assert.match(String(fails({ type: 'partial', expr: 'a(?=b)' })?.message), /look-around/);
  });
});
