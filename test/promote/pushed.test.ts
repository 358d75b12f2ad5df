/** A dataSource that events are pushed into goes to a Druid while they come; the command is stopped on the way and run again. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { onCluster } from '../cluster/support.ts';
import { freePort, startMillrace } from '../services/millrace.ts';
import { sharedDruid } from '../services/on-demand.ts';
import { temporaryFolder } from '../support/engine.ts';
import { phaseOf, postJson, promoted, startPromotion, stoppedWhileDraining } from './support.ts';

const servers = await sharedDruid();
const { newDataSource } = onCluster(servers);

const start = Date.parse('2026-03-01T00:00:00Z');
const history = 20_000;
const colors = ['red', 'green', null, 'a "quoted" one'];

/** Columns of all kinds, over two days. */
const event = (i: number) => ({
  t: new Date(start + (i % 48) * 3_600_000 + i).toISOString(),
  n: i,
  color: colors[i % 4],
  tags: i % 3 === 0 ? ['b', 'a'] : 'c',
  size: i % 5 === 0 ? null : i % 5,
  ratio: i % 10 === 0 ? 'NaN' : (i % 10) / 4,
  more: { deep: [i % 2, 'x'] },
});

const dataSchema = (dataSource: string) => ({
  dataSource,
  timestampSpec: { column: 't', format: 'iso' },
  dimensionsSpec: {
    dimensions: [
      'color',
      'tags',
      { type: 'long', name: 'size' },
      { type: 'double', name: 'ratio' },
      { type: 'json', name: 'more' },
    ],
  },
  metricsSpec: [
    { type: 'count', name: 'count' },
    { type: 'longSum', name: 'n', fieldName: 'n' },
    { type: 'longMin', name: 'least', fieldName: 'n' },
    { type: 'doubleMax', name: 'most', fieldName: 'n' },
    { type: 'longLast', name: 'last', fieldName: 'n' },
    { type: 'stringFirst', name: 'first', fieldName: 'color' },
    { type: 'hyperUnique', name: 'users', fieldName: 'n' },
  ],
  granularitySpec: { segmentGranularity: 'day', queryGranularity: 'hour', rollup: true },
});

const tranquility = (dataSource: string) => ({
  dataSources: {
    [dataSource]: {
      spec: {
        dataSchema: dataSchema(dataSource),
        ioConfig: { type: 'realtime' },
        tuningConfig: { type: 'realtime', rejectionPolicy: { type: 'none' } },
      },
    },
  },
  properties: { 'http.port': '0' },
});

type Row = Readonly<Record<string, unknown>>;

/** Of the events before `end`, how many there are of each value. */
function countsBy(end: number, valuesOf: (i: number) => readonly unknown[]): Row[] {
  const counts = new Map<unknown, number>();
  for (let i = 0; i < end; i++) for (const value of valuesOf(i)) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].map(([v, c]) => ({ v, c }));
}

const sorted = (rows: readonly Row[]) =>
  [...rows].sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));

test('every acknowledged event is there once, with all its columns', async (t) => {
  const name = newDataSource(t, 'promoted-pushes');
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'server.json');
  await writeFile(file, JSON.stringify(tranquility(name)));
  const options = { command: ['server', '-configFile', file], data: join(folder.path, 'data') };
  let millrace = await startMillrace({ ...options, port: await freePort() });
  t.after(() => millrace.stop('SIGKILL'));
  const post = (path: string, body: string) => postJson(`${millrace.url}${path}`, body);
  let pushed = 0;
  const push = async (count: number) => {
    const lines = Array.from({ length: count }, (_, i) => JSON.stringify(event(pushed + i))).join('\n');
    assert.deepEqual(await post(`/v1/post/${name}`, lines), { result: { received: count, sent: count } });
    pushed += count;
  };
  await push(history);

  const refused = startPromotion(servers, name, '--server', millrace.url);
  assert.equal(await refused.ended, 1);
  assert.match(refused.output(), /what is stored of 'users' cannot become a Druid's.*--without users/);
  const more = ['--server', millrace.url, '--without', 'users'];
  const plan = await promoted(startPromotion(servers, name, ...more, '--dry-run'));
  assert.match(plan, /2026-03-01T00:00:00.000Z\/2026-03-03T00:00:00.000Z/);

  const stopped = new AbortController();
  const writing = (async () => {
    while (!stopped.signal.aborted) {
      await push(20);
      await sleep(100);
    }
  })();
  const first = startPromotion(servers, name, ...more);
  await first.hasWritten('copying segments');
  first.signal('SIGINT');
  assert.equal(await first.ended, 1);
  assert.match(first.output(), /run the same command again/);

  // Given up after its stream has turned, all is here again: what was here, what went to the topic, and what comes.
  await stoppedWhileDraining(startPromotion(servers, name, ...more), millrace.url, name);
  const turned = pushed;
  while (pushed < turned + 100) await sleep(50);
  await promoted(startPromotion(servers, name, '--server', millrace.url, '--back'));
  assert.equal(await phaseOf(millrace.url, name), 'history');
  const here = async () => {
    const end = pushed;
    const [row] = await post('/druid/v2/sql', JSON.stringify({ query: `SELECT SUM("count") AS c FROM "${name}"` }));
    return { end, count: row.c as number };
  };
  const { end, count } = await here();
  assert.ok(count >= end, `${count} of ${end} acknowledged events`);
  await promoted(startPromotion(servers, name, ...more));
  stopped.abort();
  await writing;

  await servers.client.untilSum(name, 'count', pushed);
  const by = async (value: string) =>
    sorted(await servers.client.sql(`SELECT ${value} AS v, SUM("count") AS c FROM "${name}" GROUP BY 1`));
  assert.deepEqual(await by('color'), sorted(countsBy(pushed, (i) => [event(i).color])));
  assert.deepEqual(await by('tags'), sorted(countsBy(pushed, (i) => [event(i).tags].flat())));
  assert.deepEqual(await by('size'), sorted(countsBy(pushed, (i) => [event(i).size])));
  assert.deepEqual(await by('ratio'), sorted(countsBy(pushed, (i) => [event(i).ratio])));
  const deep = `JSON_VALUE(more, '$.deep[0]' RETURNING BIGINT)`;
  assert.deepEqual(await by(deep), sorted(countsBy(pushed, (i) => [i % 2])));
  const query = {
    queryType: 'timeseries',
    dataSource: name,
    granularity: 'all',
    intervals: '2026/2027',
    aggregations: [
      { type: 'longSum', name: 'n', fieldName: 'n' },
      { type: 'longMin', name: 'least', fieldName: 'least' },
      { type: 'doubleMax', name: 'most', fieldName: 'most' },
      { type: 'longLast', name: 'last', fieldName: 'last' },
      { type: 'stringFirst', name: 'first', fieldName: 'first' },
    ],
  };
  const latest = Array.from({ length: pushed }, (_, i) => i).reduce((a, b) => (event(b).t > event(a).t ? b : a));
  const [{ result }] = (await post('/druid/v2', JSON.stringify(query))) as [{ result: Row }];
  const n = (pushed * (pushed - 1)) / 2;
  assert.deepEqual(result, { n, least: 0, most: pushed - 1, last: latest, first: 'red' });

  // It stays there.
  await millrace.stop();
  millrace = await startMillrace({ ...options, port: await freePort() });
  await push(1);
  await servers.client.untilSum(name, 'count', pushed);
  const [sum] = await post('/druid/v2/sql', JSON.stringify({ query: `SELECT SUM("count") AS c FROM "${name}"` }));
  assert.deepEqual(sum, { c: pushed });
});
