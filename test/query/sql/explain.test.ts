/** EXPLAIN PLAN FOR, SET, and the places of mistakes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MillraceError } from '../../../src/errors.ts';
import { sqlHarness } from './support.ts';

const { rows } = sqlHarness();

test('a plan names the statement, what it reads and the types of its rows', async () => {
  const query = 'EXPLAIN PLAN FOR SELECT url, COUNT(*) AS c FROM views v JOIN people p ON v."user" = p.name GROUP BY 1';
  const [header, [plan, resources, attributes]] = (await rows(query, { header: true })) as [
    string[],
    [string, string, string],
  ];
  assert.deepEqual(header, ['PLAN', 'RESOURCES', 'ATTRIBUTES']);
  const [{ query: planned, signature, columnMappings }] = JSON.parse(plan);
  assert.equal(planned.queryType, 'duckdb');
  assert.match(planned.statement, /^SELECT .* GROUP BY /s);
  assert.deepEqual(signature, [
    { name: 'c0', type: 'STRING' },
    { name: 'c1', type: 'LONG' },
  ]);
  assert.deepEqual(columnMappings, [
    { queryColumn: 'c0', outputColumn: 'url' },
    { queryColumn: 'c1', outputColumn: 'c' },
  ]);
  assert.deepEqual(JSON.parse(resources), [
    { name: 'people', type: 'DATASOURCE' },
    { name: 'views', type: 'DATASOURCE' },
  ]);
  assert.deepEqual(JSON.parse(attributes), { statementType: 'SELECT' });
});

test('SET changes the context of its query, whatever the request says', async () => {
  const query = "SELECT FLOOR(TIMESTAMP '2020-01-01 12:00:00' TO DAY)";
  const context = { sqlTimeZone: 'UTC' };
  assert.deepEqual(await rows(`SET sqlTimeZone = 'Europe/Berlin'; SET "x" = -1; ${query}`, { context }), [
    ['2020-01-01T00:00:00.000+01:00'],
  ]);
  assert.deepEqual(await rows("SET sqlOuterLimit = 1; SELECT url FROM views WHERE url = '/foo'"), [['/foo']]);
  assert.deepEqual(await rows('set sqlStringifyArrays = FALSE; SELECT ARRAY[1, NULL]'), [[[1, null]]]);
  await assert.rejects(rows('SET timeout = soon; SELECT 1'), /unexpected token \[soon\] \(line \[1\], column \[15\]\)/);
  await assert.rejects(rows("SET timeout = 'soon'; SELECT 1"), /timeout/);
});

/** Query → line, column, endLine, endColumn, as Druid 33 gives them. */
const places: Readonly<Record<string, readonly [string, string, string, string]>> = {
  'SELECT channel, foo(added, 1) FROM views': ['1', '8', '1', '14'],
  'SELECT url, foo(ms, 1) FROM views': ['1', '13', '1', '22'],
  'SELECT url, ms FROM views GROUP BY url': ['1', '13', '1', '14'],
  'SELECT\n  v.nope\nFROM views v': ['2', '5', '2', '8'],
  'SELECT * FROM sys.nope': ['1', '15', '1', '22'],
};

for (const [query, [line, column, endLine, endColumn]] of Object.entries(places)) {
  test(`the place of the mistake in ${query.replaceAll('\n', ' ')}`, async () => {
    await assert.rejects(rows(query), (error: MillraceError) => {
      assert.ok(error instanceof MillraceError);
      assert.deepEqual(error.context, { sourceType: 'sql', line, column, endLine, endColumn });
      return true;
    });
  });
}
