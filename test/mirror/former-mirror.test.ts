/** Where a MirrorMaker 2 was, by what it leaves on the target: written here as it writes it, which test/cli/mirror-run.test.ts has a real one do. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import { partitionKey } from '../../src/kafka/index.ts';
import { FormerMirror } from '../../src/mirror/former-mirror.ts';
import { startMirror } from '../../src/mirror/index.ts';
import { MirrorMetrics } from '../../src/mirror/metrics.ts';
import { filled, kafkaForTests, newTopicName, readToEnd } from '../kafka/fetching.ts';
import { eventually, flowOf } from './topics/watching.ts';

const { cluster, scribe, bootstrapServers } = await kafkaForTests();
const log = pino({ level: 'silent' });
const properties = { 'bootstrap.servers': bootstrapServers };
const ends = { source: { alias: 'A', properties }, target: { alias: 'B', properties } };
const connector = 'MirrorSourceConnector';

/** Kafka Connect's topic of offsets. */
async function newOffsetsTopic() {
  const topic = newTopicName('mm2-offsets');
  await scribe.createTopic(topic, 3, { 'cleanup.policy': 'compact' });
  await scribe.openProducer(topic, { 'transactional.id': topic });
  await scribe.begin(topic);
  const say = (name: string, place: object, offset: number | null, partition = 0) =>
    scribe.send(topic, topic, offset === null ? null : JSON.stringify({ offset }), {
      key: JSON.stringify([name, place]),
      partition,
    });
  return { topic, say };
}

test('the last word of each connector counts, for the flow that it is of, once no transaction is open', async () => {
  const { topic, say } = await newOffsetsTopic();
  const events = (partition: number, alias = 'A') => ({ cluster: alias, partition, topic: 'events' });
  await say(connector, events(0), 10);
  await say(connector, events(0), 41);
  await say(connector, events(1), 7, 1);
  await say(connector, events(1), null, 1);
  await say(connector, events(3, 'C'), 5);
  await say('MirrorHeartbeatConnector', { sourceClusterAlias: 'A', targetClusterAlias: 'B' }, 1);
  await say(connector, events(2), 30, 2);
  await say('another', events(2), 20, 2);
  await scribe.flush(topic);
  const former = new FormerMirror(flowOf('A', 'B', /x/, { ...ends, formerOffsetsTopic: topic }), cluster, { log });
  await assert.rejects(former.next(), /MirrorMaker 2 has a transaction open in 'mm2-offsets.* of B: stop it/);
  await scribe.commit(topic);
  const isDecided = () =>
    former.next().then(
      () => true,
      () => false,
    );
  await eventually('the brokers have heard of it', isDecided);
  const known = [
    [partitionKey('events', 0), 42],
    [partitionKey('events', 2), 21],
  ];
  assert.deepEqual([...(await former.next())].sort(), known);
});

test('nothing is taken over of another topic of the same name', async (context) => {
  const { topic: formerOffsetsTopic, say } = await newOffsetsTopic();
  const topic = newTopicName('events');
  const remoteTopic = `A.${topic}`;
  for (const name of [topic, remoteTopic]) await scribe.createTopic(name, 3);
  await scribe.openProducer(topic);
  for (const partition of [0, 1, 2]) await scribe.fill(topic, topic, 50, 'v', partition);
  // Half way; beyond the end of what is there now; and into a remote topic that is not there any more.
  await say(connector, { cluster: 'A', partition: 0, topic }, 29);
  await say(connector, { cluster: 'A', partition: 1, topic }, 99);
  await say(connector, { cluster: 'A', partition: 2, topic }, 29);
  await scribe.commit(formerOffsetsTopic);
  await scribe.fill(topic, remoteTopic, 30, 'v', 0);
  await scribe.fill(topic, remoteTopic, 100, 'former', 1);
  await scribe.flush(topic);
  const flow = flowOf('A', 'B', new RegExp(`^${topic}$`), { ...ends, name: topic, formerOffsetsTopic, lanes: 2 });
  const mirror = startMirror([flow], { log, metrics: new MirrorMetrics() });
  context.after(() => mirror.close());
  const arrived = async (partition: number) =>
    (await readToEnd(cluster, [{ topic: remoteTopic, partition, offset: 0 }])).lines;
  await eventually('all is there', async () => (await arrived(2)).length >= 50 && (await arrived(1)).length >= 150);
  await eventually('it went on', async () => (await arrived(0)).length >= 50);
  await mirror.close();
  const all = filled('v', 50);
  assert.deepEqual(await Promise.all([0, 1, 2].map(arrived)), [all, [...filled('former', 100), ...all], all]);
});
