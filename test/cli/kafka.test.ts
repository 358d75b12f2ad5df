/** `millrace kafka` with Tranquility Kafka's file of the samples and others, against a real broker and Kafka's own producers. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { post } from '../server/support.ts';
import { Scribe } from '../services/kafka/scribe.ts';
import { kafkaTool } from '../services/kafka/tools.ts';
import { type SharedKafka, sharedKafka } from '../services/on-demand.ts';
import { settled } from '../support/supervised.ts';
import { runCommand, type Serving, startCommand, temporaryFolder } from './support.ts';

const sample = readFileSync(new URL('../fixtures/samples/tranquility-kafka.json', import.meta.url), 'utf8');

let kafka: SharedKafka;
let scribe: Scribe;

before(async () => {
  kafka = await sharedKafka();
  scribe = new Scribe(kafka.bootstrapServers);
  await scribe.openProducer('writer');
});

after(async () => {
  await scribe?.stop();
  await kafka?.release();
});

/** Topics and groups are of this run. */
const own = (name: string) => `tk-${name}-${process.pid}`;

interface Reader extends Serving {
  /** What it has logged by now. */
  log(): string;
}

async function start(t: TestContext, file: string, data: string, option = '-configFile'): Promise<Reader> {
  const serving = await startCommand(t, ['kafka', option, file, '--data', data]);
  let log = '';
  serving.child.stderr.on('data', (chunk) => {
    log += chunk;
  });
  return { ...serving, log: () => log };
}

const isReading = (reader: Reader, times = 1) =>
  settled(async () => assert.ok(reader.log().split('reading what the group').length > times, reader.log()));

/** Each dataSource has `key` as its dimension, counts its events, sums their `n`, and takes events of all times. */
function fileOf(own: Readonly<Record<string, object>>, shared: Readonly<Record<string, unknown>>): string {
  const dataSources = Object.entries(own).map(([dataSource, properties]) => ({
    spec: {
      dataSchema: {
        dataSource,
        parser: {
          parseSpec: {
            format: 'json',
            timestampSpec: { column: 'time', format: 'auto' },
            dimensionsSpec: { dimensions: ['key'] },
          },
        },
        granularitySpec: { segmentGranularity: 'day', queryGranularity: 'hour' },
        metricsSpec: [
          { type: 'count', name: 'events' },
          { type: 'longSum', name: 'n', fieldName: 'n' },
        ],
      },
      tuningConfig: { rejectionPolicy: { type: 'none' } },
    },
    properties,
  }));
  const ofAll = { 'kafka.bootstrap.servers': kafka.bootstrapServers, 'commit.periodMillis': 100, ...shared };
  return JSON.stringify({ dataSources, properties: ofAll });
}

const event = (key: string, n: number) => JSON.stringify({ time: '2026-06-01T00:00:00Z', key, n });

/** By key: the number of events, and the sum of their `n`. */
async function kept(url: string, dataSource: string): Promise<Readonly<Record<string, readonly [number, number]>>> {
  const query = {
    queryType: 'groupBy',
    dataSource,
    granularity: 'all',
    intervals: '2000/2100',
    dimensions: ['key'],
    aggregations: ['events', 'n'].map((name) => ({ type: 'longSum', name, fieldName: name })),
  };
  const rows = JSON.parse((await post(`${url}/druid/v2`, JSON.stringify(query))).text) as {
    event: { key: string; events: number; n: number };
  }[];
  return Object.fromEntries(rows.map(({ event: { key, events, n } }) => [key, [events, n]]));
}

test("the sample: page views by Kafka's console producer, queried over HTTP", async (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, 'tranquility-kafka.json');
  assert.match(sample, /"localhost:9092"/);
  writeFileSync(file, sample.replace('localhost:9092', kafka.bootstrapServers));
  const reader = await start(t, file, join(folder, 'data'));
  await isReading(reader);
  const views = [
    ['/foo/bar', 'alice', 32],
    ['/', 'bob', 11],
    ['/foo/bar', 'bob', 45],
    ['/', 'carol', 2.5],
    ['/foo/bar', 'alice', 23],
  ];
  const lines = views.map(([url, user, latencyMs]) =>
    JSON.stringify({ time: new Date().toISOString(), url, user, latencyMs }),
  );
  // Outside of the window of ten minutes, and no JSON at all.
  const others = ['{"time":"2018-05-24T09:26:12Z","url":"/old","user":"alice","latencyMs":1}', 'no JSON'];
  const options = ['--bootstrap-server', kafka.bootstrapServers, '--topic', 'pageViews'];
  await kafkaTool('org.apache.kafka.tools.ConsoleProducer', options, `${[...lines, ...others].join('\n')}\n`);
  const query = {
    queryType: 'topN',
    dataSource: 'pageViews-kafka',
    intervals: '2020/2100',
    granularity: 'all',
    dimension: 'url',
    metric: 'views',
    threshold: 10,
    aggregations: [
      { type: 'longSum', name: 'views', fieldName: 'views' },
      { type: 'doubleSum', name: 'latencyMs', fieldName: 'latencyMs' },
    ],
  };
  await settled(async () => {
    const [answer] = JSON.parse((await post(`${reader.url}/druid/v2`, JSON.stringify(query))).text);
    assert.deepEqual(answer?.result, [
      { url: '/foo/bar', views: 3, latencyMs: 100 },
      { url: '/', views: 2, latencyMs: 13.5 },
    ]);
  });
  const metrics = await (await fetch(`${reader.url}/metrics`)).text();
  assert.match(metrics, /^millrace_stream_records_total\{supervisor="tranquility-kafka\/tranquility-kafka"\} 7$/m);
  assert.match(metrics, /^millrace_stream_lag_records\{.*partition="pageViews\/0"\} 0$/m);
  reader.child.kill('SIGTERM');
  const { code, stderr } = await reader.ended;
  assert.equal(code, 0);
  assert.match(
    stderr,
    /Flushed \{pageViews=\{receivedCount=7, sentCount=5, droppedCount=1, unparseableCount=1\}\} pending messages in \d+ms and committed offsets in \d+ms\./,
  );
  assert.equal(stderr.split("'zookeeper.connect' is about ZooKeeper").length, 2, 'one warning');
});

test('topics go to dataSources by pattern and priority, or to one of their own names', async (t) => {
  const folder = temporaryFolder(t);
  const prefix = own('routes');
  const file = join(folder, 'f.json');
  const properties = {
    rest: { topicPattern: `${prefix}-.*`, 'topicPattern.priority': 0 },
    clicks: { topicPattern: `${prefix}-click.*`, 'topicPattern.priority': '10' },
    own: { topicPattern: `${prefix}-own\\..*`, 'topicPattern.priority': 20, useTopicAsDataSource: 'true' },
  };
  writeFileSync(file, fileOf(properties, { 'kafka.group.id': prefix, 'kafka.metadata.max.age.ms': 100 }));
  const reader = await start(t, file, join(folder, 'data'), '-f');
  await isReading(reader);
  // None of these topics is there before.
  const topics = ['clicks', 'click-2', 'views', 'own.a', 'own.b'];
  for (const [index, topic] of topics.entries()) {
    await scribe.createTopic(`${prefix}-${topic}`, 2);
    await scribe.send('writer', `${prefix}-${topic}`, event(topic, index + 1), { partition: index % 2 });
  }
  await scribe.send('writer', `${prefix}-own.b`, event('own.b', 10));
  await scribe.flush('writer');
  const expected = {
    clicks: { clicks: [1, 1], 'click-2': [1, 2] },
    rest: { views: [1, 3] },
    [`${prefix}-own.a`]: { 'own.a': [1, 4] },
    [`${prefix}-own.b`]: { 'own.b': [2, 15] },
  };
  for (const [dataSource, rows] of Object.entries(expected))
    await settled(async () => assert.deepEqual(await kept(reader.url, dataSource), rows));
  const dataSources = await (await fetch(`${reader.url}/druid/v2/datasources`)).json();
  assert.deepEqual(dataSources, Object.keys(expected).sort());
  const commit = new RegExp(
    `Flushed \\{.*${prefix}-own\\.b=\\{receivedCount=\\d, sentCount=\\d, droppedCount=0, unparse`,
  );
  await settled(async () => assert.match(reader.log(), commit));
});

/** Lines of `key<i mod 5>` and n from 0 up, and what is kept of them. */
function manyEvents(count: number) {
  const lines = Array.from({ length: count }, (_, n) => event(`key${n % 5}`, n));
  const each = count / 5;
  // n = key, key + 5, …: the first `each` of them.
  const rows = Array.from({ length: 5 }, (_, key): [string, readonly [number, number]] => [
    `key${key}`,
    [each, each * key + (5 * each * (each - 1)) / 2],
  ]);
  return { text: lines.map((line) => `${line}\n`).join(''), rows: Object.fromEntries(rows) };
}

/** As if all had come so many times. */
const times = (factor: number, rows: Readonly<Record<string, readonly [number, number]>>) =>
  Object.fromEntries(Object.entries(rows).map(([key, [events, n]]) => [key, [factor * events, factor * n]]));

test('killed again and again while it reads: each record is there once', async (t) => {
  const folder = temporaryFolder(t);
  const topic = own('killed');
  await scribe.createTopic(topic, 3);
  const [file, lines] = [join(folder, 'f.json'), join(folder, 'lines')];
  writeFileSync(file, fileOf({ killed: { topicPattern: topic } }, { 'kafka.group.id': topic }));
  const { text, rows: once } = manyEvents(20_000);
  writeFileSync(lines, text);
  const kills = 5;
  let reader = await start(t, file, join(folder, 'data'));
  await isReading(reader);
  for (let kill = 0; kill < kills; kill++) {
    const writing = scribe.sendLines('writer', topic, lines);
    await sleep(Math.random() * 300);
    reader.child.kill('SIGKILL');
    await reader.ended;
    reader = await start(t, file, join(folder, 'data'));
    await writing;
  }
  const rows = times(kills, once);
  await settled(async () => assert.deepEqual(await kept(reader.url, 'killed'), rows));
  // Ended and started in the orderly way, too.
  reader.child.kill('SIGTERM');
  assert.equal((await reader.ended).code, 0);
  await scribe.send('writer', topic, event('more', 7));
  await scribe.flush('writer');
  reader = await start(t, file, join(folder, 'data'));
  await settled(async () => assert.deepEqual(await kept(reader.url, 'killed'), { ...rows, more: [1, 7] }));
});

test('two processes share the partitions; what one leaves the other goes on with: each record is in one store', async (t) => {
  const folder = temporaryFolder(t);
  const topic = own('shared');
  await scribe.createTopic(topic, 4);
  const [file, lines] = [join(folder, 'f.json'), join(folder, 'lines')];
  writeFileSync(file, fileOf({ shared: { topicPattern: topic } }, { 'kafka.group.id': topic }));
  const { text, rows } = manyEvents(30_000);
  writeFileSync(lines, text);
  const stays = await start(t, file, join(folder, 'one'));
  await isReading(stays);
  const leaves = await start(t, file, join(folder, 'two'));
  await isReading(leaves);
  await isReading(stays, 2);
  const sum = async (...urls: string[]) => {
    const total: Record<string, readonly [number, number]> = {};
    for (const url of urls)
      for (const [key, [events, n]] of Object.entries(await kept(url, 'shared')))
        total[key] = [(total[key]?.[0] ?? 0) + events, (total[key]?.[1] ?? 0) + n];
    return total;
  };
  await scribe.sendLines('writer', topic, lines);
  await settled(async () => assert.deepEqual(await sum(stays.url, leaves.url), rows));
  for (const { url } of [stays, leaves]) assert.notDeepEqual(await kept(url, 'shared'), {});

  const writing = scribe.sendLines('writer', topic, lines);
  leaves.child.kill('SIGTERM');
  assert.equal((await leaves.ended).code, 0);
  await writing;
  const { url } = await startCommand(t, ['serve', '--data', join(folder, 'two')]);
  await settled(async () => assert.deepEqual(await sum(stays.url, url), times(2, rows)));
});

test('reportParseExceptions and reportDropsAsExceptions end it before the bad batch, which is read again', async (t) => {
  const folder = temporaryFolder(t);
  const topic = own('strict');
  await scribe.createTopic(topic, 1);
  const file = join(folder, 'f.json');
  const group = { 'kafka.group.id': topic };
  writeFileSync(file, fileOf({ strict: { topicPattern: topic, reportParseExceptions: 'true' } }, group));
  let reader = await start(t, file, join(folder, 'data'));
  await isReading(reader);
  await scribe.send('writer', topic, event('good', 1));
  await scribe.flush('writer');
  await settled(async () => assert.deepEqual(await kept(reader.url, 'strict'), { good: [1, 1] }));
  await scribe.send('writer', topic, '{"time":"soon"}');
  await scribe.flush('writer');
  const { code, stderr } = await reader.ended;
  assert.equal(code, 1);
  assert.match(
    stderr,
    new RegExp(`Topic '${topic}': of a batch's events 1 of 1 cannot be parsed, such as .*soon.*report`),
  );

  writeFileSync(file, fileOf({ strict: { topicPattern: topic, reportDropsAsExceptions: 'true' } }, group));
  reader = await start(t, file, join(folder, 'data'));
  await settled(async () =>
    assert.match(reader.log(), /receivedCount=1, sentCount=0, droppedCount=0, unparseableCount=1/),
  );
  assert.deepEqual(await kept(reader.url, 'strict'), { good: [1, 1] });
  reader.child.kill('SIGTERM');
  assert.equal((await reader.ended).code, 0);

  const windowed = readFileSync(file, 'utf8').replace('"rejectionPolicy":{"type":"none"}', '"windowPeriod":"PT10M"');
  writeFileSync(file, windowed);
  await scribe.send('writer', topic, event('late', 2));
  await scribe.flush('writer');
  const late = await runCommand(['kafka', '-configFile', file, '--data', join(folder, 'data'), '--port', '0']);
  assert.equal(late.code, 1);
  assert.match(late.stderr, /1 of 1 are too late and 0 too early, and reportDropsAsExceptions is true/);
});

test('a file with only ZooKeeper is told which property to add', async (t) => {
  const file = join(temporaryFolder(t), 'f.json');
  writeFileSync(file, sample.replace(/"kafka\.bootstrap\.servers".*/, ''));
  const { code, stderr } = await runCommand(['kafka', '-configFile', file]);
  assert.equal(code, 1);
  assert.match(stderr, /expected 'kafka\.bootstrap\.servers', the addresses of Kafka's brokers/);
});
