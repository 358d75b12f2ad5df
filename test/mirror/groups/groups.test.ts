import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kafkaForTests } from '../../kafka/fetching.ts';
import { kafkaTool } from '../../services/kafka/tools.ts';
import { askRemoteCluster } from '../../services/mirror-maker/remote-cluster.ts';
import { eventually } from '../topics/watching.ts';
import { everyMs, groupSync, MirroredTopic } from './mirrored-topic.ts';

const kafka = await kafkaForTests();
const { cluster, scribe, bootstrapServers } = kafka;

test("a group's offsets are on the target where its next records are, and follow it forwards only", async (context) => {
  const mirrored = new MirroredTopic(kafka, { groupSync: groupSync(/^(console-consumer-)?events.*$/) });
  const { topic } = mirrored;
  const excluded = `console-consumer-${topic}`;
  // Ten records were aborted in partition 0; twenty stand on the target before the first of partition 1.
  await mirrored.begin([
    [
      [0, 0, 30],
      [40, 31, 60],
    ],
    [[0, 20, 80]],
  ]);
  await mirrored.commit(topic, 35, 0);
  await mirrored.commit(topic, 80, 1);
  await mirrored.commit(excluded, 5);
  await mirrored.run(context);
  await mirrored.synced();
  assert.equal(await mirrored.reached(topic, 0), 31);
  assert.equal(await mirrored.reached(topic, 1), 100);
  assert.equal(await mirrored.reached(excluded), undefined);

  await mirrored.commit(topic, 7, 0);
  await mirrored.mirror([[], [[90, 110, 5]]]);
  await mirrored.commit(topic, 93, 1);
  await mirrored.synced();
  assert.equal(await mirrored.reached(topic, 0), 31);
  assert.equal(await mirrored.reached(topic, 1), 113);
  assert.deepEqual(mirrored.logged, []);
});

test('a group that has members on the target is left to them, which is said once', async (context) => {
  const mirrored = new MirroredTopic(kafka, { groupSync: groupSync(/^events.*$/) });
  const { topic, remoteTopic } = mirrored;
  await mirrored.begin([[[0, 0, 100]]]);
  const consumer = kafkaTool('org.apache.kafka.tools.consumer.ConsoleConsumer', [
    ...['--bootstrap-server', bootstrapServers, '--topic', remoteTopic, '--max-messages', '101', '--from-beginning'],
    ...[
      '--consumer-property',
      `group.id=${topic}`,
      '--consumer-property',
      'enable.auto.commit=false',
      '--timeout-ms',
      '60000',
    ],
  ]);
  const isIn = async () =>
    (await cluster.admin.listGroups()).some(({ groupId, state }) => groupId === topic && state === 'Stable');
  await eventually('a member', isIn);
  // The group has members at the source as well, which is the same cluster here: only a transaction may set its offset.
  await scribe.openProducer('offset', { 'transactional.id': topic });
  await scribe.begin('offset');
  await scribe.sendOffset('offset', topic, topic, 0, 50);
  await scribe.commit('offset');
  await mirrored.run(context);
  await mirrored.synced();
  await mirrored.synced();
  assert.equal(mirrored.logged.length, 1);
  assert.match(mirrored.logged[0] as string, /has members on the target/);
  assert.equal(await mirrored.reached(topic), undefined);

  await scribe.send(remoteTopic, remoteTopic, 'the last');
  await scribe.flush(remoteTopic);
  await consumer;
  await mirrored.synced();
  assert.equal(await mirrored.reached(topic), 50);
});

test("checkpoints and heartbeats are read by MirrorMaker's own client", async (context) => {
  const checkpoints = { intervalMs: everyMs, replicationFactor: 1 };
  const heartbeats = { intervalMs: everyMs, replicationFactor: 1 };
  const mirrored = new MirroredTopic(kafka, { groupSync: { ...groupSync(/^events.*$/), checkpoints }, heartbeats });
  const { topic, remoteTopic, flow } = mirrored;
  await mirrored.begin([[[0, 7, 90]], [[0, 0, 100]]]);
  await mirrored.commit(topic, 50, 0, 'by-hand');
  await mirrored.commit(topic, 100, 1);
  const before = Date.now();
  await mirrored.run(context);
  const ask = () => askRemoteCluster(bootstrapServers, 'A', topic, flow.policy.heartbeatsTopic);
  let answer = await ask();
  const isComplete = async () => {
    answer = await ask();
    return Object.keys(answer.offsets).length === 2 && answer.heartbeat !== undefined;
  };
  await eventually('checkpoints of both partitions', isComplete);
  assert.deepEqual(answer.offsets, { [`${remoteTopic}-0`]: [57, 'by-hand'], [`${remoteTopic}-1`]: [100, ''] });
  const [source, target, timestamp = 0] = answer.heartbeat ?? [];
  assert.deepEqual([source, target], ['A', 'B']);
  assert.ok(timestamp >= before && timestamp <= Date.now());
});

test('a topic that was created anew has no offsets of the former one', async (context) => {
  const former = new MirroredTopic(kafka, {});
  await former.begin([[[0, 10, 80]]]);
  await scribe.deleteTopic(former.remoteTopic);
  await scribe.createTopic(former.remoteTopic, 1);
  await former.commit(former.topic, 40);
  // Of the same flow, so that its rounds are those of the other topic.
  const mirrored = new MirroredTopic(kafka, { name: former.flow.name, groupSync: groupSync(/^events.*$/) });
  await mirrored.begin([[[0, 10, 80]]]);
  await mirrored.commit(mirrored.topic, 40);
  await mirrored.run(context);
  await mirrored.synced();
  assert.equal(await mirrored.reached(mirrored.topic), 50);
  assert.equal(await former.reached(former.topic), undefined);
});
