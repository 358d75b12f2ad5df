/** Every documented example of every filter, over one table of the events it takes and the events it rejects. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { compileFilter, entriesOf, specOf } from '../../src/catalog/index.ts';
import { tableScope } from '../../src/query/source.ts';
import { sql } from '../../src/sql.ts';
import { rowsOf } from '../../src/store/table.ts';
import { eventTable } from '../query/support.ts';
import { temporaryEngine } from '../support/engine.ts';
import { lookups } from './lookups.ts';

describe('filters', () => {
  let engine: Awaited<ReturnType<typeof temporaryEngine>>;
  before(async () => {
    engine = await temporaryEngine();
  });
  after(() => engine[Symbol.asyncDispose]());

  for (const entry of entriesOf('filter')) {
    it(`${entry.type} has an example that rejects and one that takes`, () => {
      const takes = entry.examples.some(({ matches }) => matches.length > 0);
      const rejects = entry.examples.some((example) => example.rejects.length > 0);
      assert.ok(takes || entry.type === 'false');
      assert.ok(rejects || entry.type === 'true');
    });

    for (const { spec, matches, rejects } of entry.examples) {
      it(`${entry.type} ${JSON.stringify(spec)}`, async () => {
        const table = eventTable([...matches, ...rejects]);
        const condition = compileFilter(specOf('filter').parse(spec), tableScope(table, lookups));
        const passes = await engine.connection.rows(sql`SELECT coalesce(${condition}, false) FROM ${rowsOf(table)}`);
        assert.deepEqual(
          passes.map(([pass]) => pass),
          [...matches.map(() => true), ...rejects.map(() => false)],
        );
      });
    }
  }

  it('NOT of a filter rejects null, whichever the filter', async () => {
    const fields = [
      { type: 'selector', dimension: 'a', value: 'x' },
      { type: 'in', dimension: 'a', values: ['x'] },
      { type: 'bound', dimension: 'a', lower: 'x' },
      { type: 'bound', dimension: 'a', upper: 'm' },
      { type: 'like', dimension: 'a', pattern: 'x%' },
      { type: 'regex', dimension: 'a', pattern: 'x' },
      { type: 'equals', column: 'a', matchValueType: 'STRING', matchValue: 'x' },
      { type: 'range', column: 'a', matchValueType: 'STRING', lower: 'x' },
      { type: 'search', dimension: 'a', query: { type: 'contains', value: 'x' } },
    ];
    const table = eventTable([{ a: null }, { a: 'y' }]);
    for (const field of fields) {
      const condition = compileFilter(specOf('filter').parse({ type: 'not', field }), tableScope(table, lookups));
      const [[ofNull]] = (await engine.connection.rows(sql`SELECT ${condition} IS TRUE FROM ${rowsOf(table)}`)) as [
        [boolean],
      ];
      assert.equal(ofNull, false, field.type);
    }
  });

  it('longs beyond 2^53 are told apart', async () => {
    const spec = { type: 'selector', dimension: 'n', value: '9007199254740993' };
    const condition = compileFilter(specOf('filter').parse(spec), {
      time: sql`now()`,
      column: () => ({ sql: sql`n`, type: 'LONG' }),
    });
    const rows = sql`(VALUES (9007199254740992), (9007199254740993)) AS t(n)`;
    assert.deepEqual(await engine.connection.rows(sql`SELECT ${condition} FROM ${rows}`), [[false], [true]]);
  });
});
