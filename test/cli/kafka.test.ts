/** `millrace kafka` with Tranquility Kafka's file of the samples and others, against a real broker and Kafka's own producers. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { post } from '../server/support.ts';
import { kafkaTool } from '../services/kafka/tools.ts';
import { settled } from '../support/supervised.ts';
import {
  brokerForTests,
  event,
  fileOf,
  isReading,
  kept,
  manyEvents,
  own,
  startReader,
  times,
} from './kafka-support.ts';
import { runCommand, startCommand, temporaryFolder } from './support.ts';

const { bootstrapServers, scribe } = await brokerForTests();
const sample = readFileSync(new URL('../fixtures/samples/tranquility-kafka.json', import.meta.url), 'utf8');

test("the sample: page views by Kafka's console producer, queried over HTTP", async (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, 'tranquility-kafka.json');
  assert.match(sample, /"localhost:9092"/);
  writeFileSync(file, sample.replace('localhost:9092', bootstrapServers));
  const reader = await startReader(t, file, join(folder, 'data'));
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
  const options = ['--bootstrap-server', bootstrapServers, '--topic', 'pageViews'];
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
  writeFileSync(
    file,
    fileOf(bootstrapServers, properties, { 'kafka.group.id': prefix, 'kafka.metadata.max.age.ms': 100 }),
  );
  const reader = await startReader(t, file, join(folder, 'data'), '-f');
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

test('two processes share the partitions; what one leaves the other goes on with: each record is in one store', async (t) => {
  const folder = temporaryFolder(t);
  const topic = own('shared');
  await scribe.createTopic(topic, 4);
  const [file, lines] = [join(folder, 'f.json'), join(folder, 'lines')];
  writeFileSync(file, fileOf(bootstrapServers, { shared: { topicPattern: topic } }, { 'kafka.group.id': topic }));
  const { text, rows } = manyEvents(30_000);
  writeFileSync(lines, text);
  const stays = await startReader(t, file, join(folder, 'one'));
  await isReading(stays);
  const leaves = await startReader(t, file, join(folder, 'two'));
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
  writeFileSync(
    file,
    fileOf(bootstrapServers, { strict: { topicPattern: topic, reportParseExceptions: 'true' } }, group),
  );
  let reader = await startReader(t, file, join(folder, 'data'));
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

  writeFileSync(
    file,
    fileOf(bootstrapServers, { strict: { topicPattern: topic, reportDropsAsExceptions: 'true' } }, group),
  );
  reader = await startReader(t, file, join(folder, 'data'));
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
