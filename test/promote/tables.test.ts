/** Which dataSources a query names decides where it goes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tablesOfNative, tablesOfSql } from '../../src/promote/tables.ts';
import { temporaryBackend } from '../support/backend.ts';

const of = (dataSource: unknown) => [...tablesOfNative({ queryType: 'scan', dataSource })].sort();

test('a native query names tables at any depth', () => {
  const inner = {
    queryType: 'groupBy',
    dataSource: { type: 'union', dataSources: ['b', { type: 'table', name: 'c' }] },
  };
  assert.deepEqual(of('a'), ['a']);
  assert.deepEqual(of({ type: 'query', query: inner }), ['b', 'c']);
  assert.deepEqual(
    of({ type: 'join', left: 'a', right: { type: 'query', query: inner }, condition: 'x == "j.x"', rightPrefix: 'j.' }),
    ['a', 'b', 'c'],
  );
  assert.deepEqual(of({ type: 'unnest', base: { type: 'filter', base: 'a', filter: null }, virtualColumn: {} }), ['a']);
  assert.deepEqual(of({ type: 'lookup', lookup: 'a' }), []);
});

test('SQL names tables, not columns or texts', async () => {
  await using here = await temporaryBackend();
  const named = async (text: string) =>
    [...(await tablesOfSql(text, (statement) => here.backend.store.row(statement)))].sort();
  assert.deepEqual(await named(`SELECT other, 'another' FROM "a b"`), ['a b']);
  assert.deepEqual(
    await named('SELECT * FROM druid.a JOIN (SELECT x FROM b WHERE x IN (SELECT y FROM c)) t ON a.x = t.x'),
    ['a', 'b', 'c'],
  );
  assert.deepEqual(await named('WITH w AS (SELECT * FROM a) SELECT * FROM sys.segments'), ['a']);
  assert.deepEqual(await named('SELECT FLOOR(__time TO DAY) FROM a UNION ALL SELECT x FROM b'), ['a', 'b']);
  // A name of the query's own is no table of Druid's.
  assert.ok((await named('this is no SQL about "a"')).includes('a'));
});
