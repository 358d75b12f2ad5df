/** The answers are those of a real Druid 33, of a router's where only that has them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDataSource } from '../../src/spec/data-schema.ts';
import { pageViews } from '../support/backend.ts';
import { startServer } from './support.ts';

test('what clients ask of the parts of a cluster is answered by the one process', async (t) => {
  const { url, backend } = await startServer(t);
  await backend.define(readDataSource(pageViews()));
  const expected: Readonly<Record<string, unknown>> = {
    '/druid/coordinator/v1/isLeader': { leader: true },
    '/druid/indexer/v1/isLeader?capabilities': { leader: true },
    '/proxy/enabled': { enabled: true },
    '/status/selfDiscovered/status': { selfDiscovered: true },
    '/druid/broker/v1/loadstatus': { inventoryInitialized: true },
    '/druid/indexer/v1/workers': [],
    '/druid/coordinator/v1/datasources': ['pageviews'],
    '/druid/coordinator/v1/metadata/datasources?includeUnused': ['pageviews'],
    '/druid/coordinator/v1/loadstatus': { pageviews: 100 },
    '/druid/coordinator/v1/loadstatus?simple': { pageviews: 0 },
    '/druid/v2/datasources/pageviews/dimensions': ['url', 'user'],
    '/druid/v2/datasources/pageviews/metrics/': ['views', 'bytes'],
    '/druid/v2/datasources/nothing/metrics': [],
  };
  for (const [path, body] of Object.entries(expected)) {
    const answer = await fetch(url + path);
    assert.deepEqual([answer.status, await answer.json()], [200, body], path);
  }
  assert.equal((await fetch(`${url}/status/selfDiscovered`)).status, 200);
  assert.equal(await (await fetch(`${url}/druid/indexer/v1/leader`)).text(), url);
  for (const part of ['coordinator', 'overlord']) {
    const { version } = (await (await fetch(`${url}/proxy/${part}/status`)).json()) as { version: string };
    assert.match(version, /^\d+\.\d+/);
  }
});

test('a summary of each dataSource', async (t) => {
  const { url, backend } = await startServer(t);
  await backend.define(readDataSource(pageViews()));
  const lines = Buffer.from('{"time":3600000,"url":"/","user":"u"}\n{"time":7200000,"url":"/","user":"u"}\n');
  await backend.push({ dataSource: 'pageviews', format: 'json', lines, events: 2 });
  const [summary, ...others] = (await (
    await fetch(`${url}/druid/coordinator/v1/datasources?simple`)
  ).json()) as object[];
  assert.partialDeepStrictEqual(summary, {
    name: 'pageviews',
    properties: {
      tiers: { _default_tier: { segmentCount: 2 } },
      segments: { count: 2, minTime: '1970-01-01T01:00:00.000Z', maxTime: '1970-01-01T03:00:00.000Z' },
    },
  });
  assert.deepEqual(others, []);
});
