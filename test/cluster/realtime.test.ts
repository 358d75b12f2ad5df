/** `millrace realtime --druid` as a process: a realtime node's file on a Druid cluster. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { runCommand, startCommand, temporaryFolder } from '../cli/support.ts';
import { json, post } from '../server/support.ts';
import { sharedDruid } from '../services/on-demand.ts';
import { createTopic, onCluster, produce } from './support.ts';

const servers = await sharedDruid();
const { newContext, newDataSource } = onCluster(servers);
const samples = new URL('../fixtures/samples/', import.meta.url);
const sample = (name: string) => readFileSync(new URL(name, samples), 'utf8');

function fileOf(t: TestContext, specs: readonly object[]): string {
  const file = join(temporaryFolder(t), 'realtime.spec');
  writeFileSync(file, JSON.stringify(specs));
  return file;
}

/** The sample's, of another name and with another firehose. */
function specOf(dataSource: string, firehose: object, tuningConfig: object = {}): object {
  const [spec] = JSON.parse(sample('wikipedia.spec'));
  return {
    dataSchema: { ...spec.dataSchema, dataSource },
    ioConfig: { ...spec.ioConfig, firehose },
    tuningConfig: { ...spec.tuningConfig, ...tuningConfig },
  };
}

const kafkaFirehose = (feed: string, servers: string) => ({
  type: 'kafka-0.8',
  feed,
  consumerProps: {
    'zookeeper.connect': 'localhost:2181',
    'bootstrap.servers': servers,
    'group.id': 'druid-example',
    'auto.offset.reset': 'smallest',
  },
});

test("the sample's events from its topic, and what is posted to a receiver", async (t) => {
  const context = newContext();
  const [read, posted] = [newDataSource(t, 's-wikipedia'), newDataSource(t, 's-received')];
  const topic = `${read}.feed`;
  await createTopic(context, topic);
  const events = sample('wikipedia-events.ndjson').trim().split('\n');
  await produce(
    context,
    topic,
    events.map((event) => JSON.parse(event)),
  );
  const file = fileOf(t, [
    specOf(read, { type: 'clipped', interval: '2013-08-31T02/P1D', delegate: kafkaFirehose(topic, servers.kafka) }),
    specOf(posted, { type: 'receiver', serviceName: 'chat' }, { rejectionPolicy: { type: 'none' } }),
  ]);
  const { url, child, ended } = await startCommand(t, ['realtime', file, '--druid', servers.router]);
  const chat = `${url}/druid/worker/v1/chat/chat/push-events`;
  const answer = await post(chat, `[${events.join(',')}]`, json);
  assert.deepEqual([answer.status, JSON.parse(answer.text)], [200, { eventCount: events.length }]);
  const later = events.filter((event) => JSON.parse(event).timestamp >= '2013-08-31T02').length;
  assert.ok(later > 0 && later < events.length);
  await servers.client.untilSum(posted, 'count', events.length);
  await servers.client.untilSum(read, 'count', later);
  const sum = (lines: readonly string[]) => lines.reduce((total, line) => total + JSON.parse(line).added, 0);
  for (const [dataSource, added] of [
    [posted, sum(events)],
    [read, sum(events.filter((event) => JSON.parse(event).timestamp >= '2013-08-31T02'))],
  ] as const) {
    const [row] = await servers.client.sql(
      `SELECT SUM("added") AS "added", SUM("count") AS "count" FROM "${dataSource}"`,
    );
    assert.equal(row?.added, added);
  }
  assert.equal((await post(`${url}/druid/worker/v1/chat/chat/shutdown`, '', json)).status, 200);
  assert.equal((await post(chat, `[${events[0]}]`, json)).status, 404);
  child.kill('SIGTERM');
  assert.equal((await ended).code, 0);
});

test('what a supervisor cannot be is told with its place, before anything is made', async (t) => {
  const dataSource = newDataSource(t, 's-unsupported');
  const kafka = (feed: string, at = 'localhost:9092') => kafkaFirehose(feed, at);
  const receiver = { type: 'receiver', serviceName: 'chat' };
  const cases: readonly [object, RegExp][] = [
    [{ type: 'local', baseDir: '.', filter: '*' }, /files are not read: push them/],
    [{ type: 'combining', delegates: [kafka('a'), receiver] }, /either read from Kafka or posted to/],
    [{ type: 'timed', shutoffTime: '2030-01-01', delegate: kafka('a') }, /not shut off at a time/],
    [{ type: 'combining', delegates: [kafka('a'), kafka('b', 'other:9092')] }, /read one Kafka; .* other:9092/],
    [
      { type: 'combining', delegates: [kafka('a'), { type: 'clipped', interval: '2013/2014', delegate: kafka('b') }] },
      /clipped to the same intervals/,
    ],
  ];
  for (const [firehose, message] of cases) {
    const file = fileOf(t, [specOf(dataSource, firehose)]);
    const { code, stderr } = await runCommand([
      ...['realtime', file, '--druid', servers.router, '--kafka', servers.kafka, '--port', '0'],
    ]);
    assert.equal(code, 1);
    assert.match(stderr, message);
    assert.match(stderr, /realtime\.spec, line 1 column \d+/);
  }
  assert.ok(!(await servers.client.json<string[]>('/druid/indexer/v1/supervisor')).includes(dataSource));
});
