/** Registered lookups in an embedded backend: durable, and asked by queries. Expected values by hand. */
import assert from 'node:assert/strict';
import { rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadJson } from '../../src/spec/load.ts';
import { readLookupTiers } from '../../src/spec/lookups/index.ts';
import { eternity, pageViews, type TestBackend, temporaryBackend } from '../support/backend.ts';

const map = (entries: object, version = 'v0') => ({ version, lookupExtractorFactory: { type: 'map', map: entries } });

async function open() {
  const backend = await temporaryBackend();
  await backend.define(pageViews());
  await backend.push('pageviews', [
    { time: '2018-05-24T09:00:00Z', url: '/a', user: 'x' },
    { time: '2018-05-24T09:00:00Z', url: '/b', user: 'y' },
    { time: '2018-05-24T09:00:00Z', url: '/c', user: 'z' },
  ]);
  return backend;
}

const submit = ({ backend }: TestBackend, lookups: object, tier = '__default') =>
  backend.lookups.submit(readLookupTiers(loadJson(JSON.stringify({ [tier]: lookups }))));

/** What the lookup has for x, y and z. */
async function values(backend: TestBackend, lookup: string): Promise<unknown> {
  const answer = await backend.query({
    queryType: 'scan',
    dataSource: 'pageviews',
    intervals: eternity,
    virtualColumns: [{ type: 'expression', name: 'v', expression: `lookup(user, '${lookup}')` }],
    columns: ['url', 'v'],
    resultFormat: 'compactedList',
  });
  return answer[0].events.sort().map(([, value]: [string, string | null]) => value);
}

async function entries(backend: TestBackend, id: string): Promise<unknown> {
  const found = [];
  for await (const entry of backend.backend.lookups.entries(id) ?? []) found.push(entry);
  return found;
}

test('lookups are asked by queries, replaced, and there after a restart', async () => {
  await using backend = await open();
  await submit(backend, { letters: map({ x: 'ex', y: '' }), Letters: map({ x: 'EX' }) });
  assert.deepEqual(await values(backend, 'letters'), ['ex', '', null]);
  assert.deepEqual(await values(backend, 'Letters'), ['EX', null, null]);
  await submit(backend, { letters: map({ z: 'zet', x: null }, 'v1') });
  assert.deepEqual(await values(backend, 'letters'), [null, null, 'zet']);
  await backend.reopen();
  assert.deepEqual(await values(backend, 'letters'), [null, null, 'zet']);
  assert.deepEqual([...(backend.backend.lookups.tiers().get('__default')?.keys() ?? [])].sort(), [
    'Letters',
    'letters',
  ]);
});

test('one that is removed is gone, also after a restart', async () => {
  await using backend = await open();
  await submit(backend, { a: map({}), b: map({}) });
  assert.equal(await backend.backend.lookups.remove('__default', 'a'), true);
  assert.equal(await backend.backend.lookups.remove('__default', 'a'), false);
  await assert.rejects(values(backend, 'a'), { status: 400, message: /Lookup \[a\] not found/ });
  await backend.reopen();
  await assert.rejects(values(backend, 'a'), { status: 400 });
  assert.deepEqual(await values(backend, 'b'), [null, null, null]);
});

test('the lookups of another tier are kept, not asked', async () => {
  await using backend = await open();
  await submit(backend, { letters: map({ x: 'ex' }) }, 'other');
  await assert.rejects(values(backend, 'letters'), { status: 400 });
  await backend.reopen();
  assert.deepEqual([...backend.backend.lookups.tiers().keys()], ['other']);
});

test('a file is read, and read again when it has changed', async () => {
  await using backend = await open();
  const file = path.join(backend.folder, 'letters.csv');
  const lookup = (version: string) => ({
    version,
    lookupExtractorFactory: {
      type: 'cachedNamespace',
      extractionNamespace: {
        type: 'uri',
        uri: file,
        namespaceParseSpec: { format: 'csv', columns: ['k', 'v'] },
        pollPeriod: 'PT1S',
      },
    },
  });
  await assert.rejects(submit(backend, { letters: lookup('v0') }), {
    status: 400,
    message: /letters\.csv cannot be read/,
  });
  await writeFile(file, 'x,ex\ny,why\nx,eks\n');
  await submit(backend, { letters: lookup('v0') });
  assert.deepEqual(await entries(backend, 'letters'), [
    ['x', 'eks'],
    ['y', 'why'],
  ]);
  await writeFile(file, 'z,zet\n');
  await utimes(file, 0, 1_000_000);
  while (((await values(backend, 'letters')) as unknown[])[2] !== 'zet') await sleep(50);
  await backend.reopen();
  await rm(file);
  await backend.reopen();
  assert.deepEqual(await entries(backend, 'letters'), [['z', 'zet']]);
});

test('a file that changed while nothing ran is read at the start', async () => {
  await using backend = await open();
  const file = path.join(backend.folder, 'letters.json');
  await writeFile(file, '{"x":"ex"}\n');
  const source = { type: 'uri', uri: file, namespaceParseSpec: { format: 'simpleJson' } };
  const lookup = { version: '1', lookupExtractorFactory: { type: 'cachedNamespace', extractionNamespace: source } };
  await submit(backend, { letters: lookup });
  await writeFile(file, '{"y":"why"}\n');
  await utimes(file, 0, 1_000_000);
  assert.deepEqual(await entries(backend, 'letters'), [['x', 'ex']]);
  await backend.reopen();
  assert.deepEqual(await entries(backend, 'letters'), [['y', 'why']]);
});

test('a file that is not of its format is refused, and changes nothing', async () => {
  await using backend = await open();
  const file = path.join(backend.folder, 'bad.csv');
  await writeFile(file, 'x,ex\ny\n');
  const parse = { format: 'csv', columns: ['k', 'v'] };
  const source = { type: 'uri', uri: file, namespaceParseSpec: parse };
  const bad = { version: '1', lookupExtractorFactory: { type: 'cachedNamespace', extractionNamespace: source } };
  await assert.rejects(submit(backend, { good: map({}), bad }), {
    status: 400,
    message: /lookup 'bad': .*bad\.csv cannot be read: .*Line: 2/,
  });
  assert.deepEqual([...backend.backend.lookups.tiers().keys()], []);
});
