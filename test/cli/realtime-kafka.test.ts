/** Druid's tutorial of the realtime node: the sample's spec and events, Kafka's console producer as the writer. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { json, post } from '../server/support.ts';
import { kafkaTool } from '../services/kafka/tools.ts';
import { type SharedKafka, sharedKafka } from '../services/on-demand.ts';
import { settled } from '../support/supervised.ts';
import { type Serving, startCommand, temporaryFolder } from './support.ts';

const samples = new URL('../fixtures/samples/', import.meta.url);
const sample = (name: string) => readFileSync(new URL(name, samples), 'utf8');
const events = sample('wikipedia-events.ndjson');

let kafka: SharedKafka;

before(async () => {
  kafka = await sharedKafka();
});

after(() => kafka?.release());

/** Topics are of this run. */
const topicOf = (name: string) => `realtime-${name}-${process.pid}`;

const write = (topic: string, lines: string) =>
  kafkaTool(
    'org.apache.kafka.tools.ConsoleProducer',
    ['--bootstrap-server', kafka.bootstrapServers, '--topic', topic],
    lines,
  );

interface Node extends Serving {
  /** What stands on standard output by now. */
  said(): string;
}

async function startNode(t: TestContext, folder: string, spec: string): Promise<Node> {
  const file = join(folder, 'wikipedia.spec');
  writeFileSync(file, spec);
  const serving = await startCommand(t, ['realtime', file, '--data', join(folder, 'data')]);
  let said = serving.stdout;
  serving.child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  return { ...serving, said: () => said };
}

async function ask(url: string, query: object): Promise<unknown> {
  const { text } = await post(`${url}/druid/v2/?pretty`, JSON.stringify(query), json);
  return JSON.parse(text);
}

/** How many events the dataSource has. */
async function counted(url: string, dataSource: string): Promise<number> {
  const aggregations = [{ type: 'longSum', name: 'count', fieldName: 'count' }];
  const query = { queryType: 'timeseries', dataSource, granularity: 'all', intervals: '2013/2014', aggregations };
  const [bucket] = (await ask(url, query)) as { result: { count: number | null } }[];
  return bucket?.result.count ?? 0;
}

const timeBoundary = { queryType: 'timeBoundary', dataSource: 'wikipedia' };
const announcement =
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d,\d{3} INFO \[chief-wikipedia\] io\.druid\.server\.coordination\.BatchDataSegmentAnnouncer - Announcing segment\[wikipedia_2013-08-31T00:00:00\.000Z_2013-09-01T00:00:00\.000Z_2013-08-31T00:00:00\.000Z\] at path\[\/druid\/segments\/localhost:\d+\/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z0\]$/m;

test('the sample: five events, the line that announces them, timeBoundary; a kill -9 in between neither loses nor doubles', async (t) => {
  const folder = temporaryFolder(t);
  const topic = topicOf('sample');
  const spec = sample('wikipedia.spec')
    .replace('"localhost:9092"', JSON.stringify(kafka.bootstrapServers))
    .replace('"feed": "wikipedia"', `"feed": "${topic}"`);
  const node = await startNode(t, folder, spec);
  // The first write makes the topic; what it brings is not before its end, although the spec says largest.
  await write(topic, events);
  await settled(() => assert.match(node.said(), announcement));
  await settled(async () => assert.equal(await counted(node.url, 'wikipedia'), 5));
  assert.deepEqual(await ask(node.url, timeBoundary), [
    {
      timestamp: '2013-08-31T01:02:33.000Z',
      result: { minTime: '2013-08-31T01:02:33.000Z', maxTime: '2013-08-31T12:41:27.000Z' },
    },
  ]);
  const exited = once(node.child, 'exit');
  node.child.kill('SIGKILL');
  await exited;
  // Written while nobody reads.
  await write(topic, '{"timestamp": "2013-08-31T12:50:00Z", "page": "x", "added": 1}\n');
  const again = await startNode(t, folder, spec);
  await settled(async () => assert.equal(await counted(again.url, 'wikipedia'), 6));
  assert.match(again.said(), announcement);
  const { stderr } = await stopped(again);
  const warned = ['zookeeper.connect', 'fetch.message.max.bytes', 'auto.offset.reset', 'auto.commit.enable'];
  for (const name of warned) assert.equal(stderr.split(`"msg":"'${name}'`).length, 2, `one warning of ${name}`);
});

async function stopped({ child, ended }: Serving) {
  child.kill('SIGTERM');
  return ended;
}

test('a group that has not read a topic begins at its end or at its beginning, as the spec says, in either layout', async (t) => {
  const topic = topicOf('reset');
  const [first, second] = events.split('\n') as [string, string];
  await write(topic, `${first}\n`);
  const { bootstrapServers } = kafka;
  const aggregators = [{ type: 'count', name: 'count' }];
  const firehose = (consumerProps: object) => ({
    type: 'kafka-0.7.2',
    feed: topic,
    consumerProps: { 'zk.connect': 'localhost:2181', 'bootstrap.servers': bootstrapServers, ...consumerProps },
    parser: { timestampSpec: { column: 'timestamp', format: 'auto' }, data: { format: 'json' } },
  });
  const old = (dataSource: string, consumerProps: object) => ({
    schema: { dataSource, aggregators, indexGranularity: 'minute', shardSpec: { type: 'none' } },
    config: { maxRowsInMemory: 500000, intermediatePersistPeriod: 'PT10m' },
    firehose: firehose(consumerProps),
    plumber: { type: 'realtime', segmentGranularity: 'day', rejectionPolicy: { type: 'none' } },
  });
  const specs = [
    old('from-end', { groupid: 'end', 'autooffset.reset': 'largest' }),
    old('from-beginning', { groupid: 'beginning', 'autooffset.reset': 'smallest' }),
  ];
  const { url } = await startNode(t, temporaryFolder(t), JSON.stringify(specs));
  await settled(async () => {
    const metrics = await (await fetch(`${url}/metrics`)).text();
    for (const name of ['from-end/kafka/end', 'from-beginning/kafka/beginning'])
      assert.ok(metrics.includes(`millrace_stream_lag_records{supervisor="realtime/${name}/${topic}"`), name);
  });
  await write(topic, `${second}\n`);
  await settled(async () => {
    assert.deepEqual([await counted(url, 'from-end'), await counted(url, 'from-beginning')], [1, 2]);
  });
});
