import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { march, pages } from './pages.ts';
import { queryHarness, type Row, tableOf } from './support.ts';

const sample = async (name: string) => readFile(new URL(`../fixtures/samples/${name}`, import.meta.url), 'utf8');
const metricsEvents = (await sample('metrics-events.ndjson'))
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));
const metrics = tableOf({
  dataSource: 'metrics-kafka',
  dimensions: { url: 'STRING', user: 'STRING' },
  metrics: { latencyMs: 'LONG' },
  rows: metricsEvents.map(({ time, ...event }) => ({ ...event, __time: time })),
});

describe('search', () => {
  const { ask } = queryHarness(pages, metrics);
  const query = (more: Row) => ({
    queryType: 'search',
    dataSource: 'pages',
    intervals: march,
    query: { type: 'insensitive_contains', value: 'B' },
    ...more,
  });
  const day = '2018-03-06T00:00:00.000Z';
  const hit = (dimension: string, value: string | null, count: number) => ({ dimension, value, count });

  it('the sample finds bob twice', async () => {
    assert.deepEqual(await ask(JSON.parse(await sample('metrics-search.json'))), [
      { timestamp: day, result: [hit('user', 'bob', 2)] },
    ]);
  });

  it('searches all dimensions, or those that are named, in the order of values', async () => {
    const all = [hit('url', '/b', 1), hit('user', 'bob', 2)];
    assert.deepEqual(await ask(query({})), [{ timestamp: day, result: all }]);
    assert.deepEqual(await ask(query({ searchDimensions: ['user'] })), [{ timestamp: day, result: all.slice(1) }]);
    assert.deepEqual(await ask(query({ limit: 1 })), [{ timestamp: day, result: all.slice(0, 1) }]);
  });

  it('sorts as it is told, and equal values by their dimension', async () => {
    const tags = { type: 'default', dimension: 'tags', outputName: 'again' };
    const more = { searchDimensions: ['tags', 'user', tags], query: { type: 'regex', pattern: '^(x|bob)$' } };
    assert.deepEqual(await ask(query({ ...more, sort: { type: 'strlen' } })), [
      { timestamp: day, result: [hit('again', 'x', 2), hit('tags', 'x', 2), hit('user', 'bob', 2)] },
    ]);
  });

  it('rows without a hit give an empty result, no rows give none', async () => {
    const none = { type: 'contains', value: 'B', caseSensitive: true };
    assert.deepEqual(await ask(query({ query: none })), [{ timestamp: day, result: [] }]);
    assert.deepEqual(await ask(query({ filter: { type: 'false' } })), [{ timestamp: day, result: [] }]);
    assert.deepEqual(await ask(query({ intervals: '2000/2001' })), []);
    assert.deepEqual(await ask(query({ dataSource: 'nowhere' })), []);
  });

  it('all finds every value, null among them', async () => {
    assert.deepEqual(await ask(query({ searchDimensions: ['user'], query: { type: 'all' } })), [
      { timestamp: day, result: [hit('user', null, 1), hit('user', 'alice', 1), hit('user', 'bob', 2)] },
    ]);
  });
});
