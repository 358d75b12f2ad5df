/** Druid's cachedNamespace as it is written. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import cachedNamespace from '../../../src/spec/lookups/cached-namespace.ts';

const read = (extractionNamespace: object) =>
  cachedNamespace.schema.safeParse({ type: 'cachedNamespace', extractionNamespace, firstCacheTimeout: 0 });
const uri = (fields: object) =>
  read({ type: 'uri', uri: 'file:/data/a.csv', namespaceParseSpec: { format: 'simpleJson' }, ...fields });

test("a file's path and how often it is looked at", () => {
  assert.deepEqual(uri({}).data?.file, { path: '/data/a.csv', pollMs: 0 });
  assert.deepEqual(uri({ uri: 'file:///data/a%20b.csv', pollPeriod: 'PT5M' }).data?.file, {
    path: '/data/a b.csv',
    pollMs: 300_000,
  });
  assert.deepEqual(uri({ uri: '/data/a.csv', pollPeriod: 2000 }).data?.file, { path: '/data/a.csv', pollMs: 2000 });
});

test('what names no single file, and what is looked at too often, is refused', () => {
  for (const fields of [
    { uri: 'data/a.csv' },
    { uri: 'file:/data/*.csv' },
    { uri: 'hdfs://data/a.csv' },
    { pollPeriod: 'soon' },
    { pollPeriod: 10 },
    { pollPeriod: 'PT0.5S' },
  ])
    assert.equal(uri(fields).success, false, JSON.stringify(fields));
});

test('a static map has no file', () => {
  assert.equal(read({ type: 'staticMap', map: { a: 'b' } }).data?.file, undefined);
});
