import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { kafkaTool } from '../../services/kafka/tools.ts';
import { kafkaForTests, newTopicName } from '../fetching.ts';

const { cluster, scribe, bootstrapServers } = await kafkaForTests();
const { admin } = cluster;

const groupTool = (...options: string[]) =>
  kafkaTool('org.apache.kafka.tools.consumer.group.ConsumerGroupCommand', [
    '--bootstrap-server',
    bootstrapServers,
    ...options,
  ]);

/** Partition → offset, as Kafka's own tool tells. */
async function offsetsByTool(groupId: string, topic: string): Promise<Record<string, number>> {
  const described = await groupTool('--describe', '--group', groupId, '--offsets');
  const rows = described.split('\n').map((line) => line.trim().split(/\s+/));
  return Object.fromEntries(rows.filter((row) => row[1] === topic).map((row) => [row[2], Number(row[3])]));
}

const stateOf = async (groupId: string) => (await admin.listGroups()).find((group) => group.groupId === groupId)?.state;

async function newTopic(name: string, partitions: number): Promise<string> {
  const topic = newTopicName(name);
  await scribe.createTopic(topic, partitions);
  return topic;
}

test('what a group has committed is read of all its partitions', async () => {
  const topic = await newTopic('committed', 3);
  await scribe.openProducer('records');
  for (const partition of [0, 1, 2]) await scribe.fill('records', topic, 5, 'v', partition);
  await scribe.flush('records');
  const reset = ['--reset-offsets', '--to-offset', '4', '--execute'];
  await groupTool('--group', topic, '--topic', `${topic}:0,2`, ...reset);
  const offsets = (await admin.groupOffsets(topic)).map(({ partition, offset }) => [partition, offset]);
  assert.deepEqual(offsets.sort(), [
    [0, 4],
    [2, 4],
  ]);
  assert.equal(await stateOf(topic), 'Empty');
  assert.deepEqual(await admin.groupOffsets(newTopicName('nobody')), []);
});

test("offsets are set of a group without members, and Kafka's tool sees them", async () => {
  const topic = await newTopic('set', 2);
  const offsets = [
    { topic, partition: 0, offset: 17, metadata: 'by hand' },
    { topic, partition: 1, offset: 2 ** 40 },
  ];
  assert.equal(await admin.setGroupOffsets(topic, offsets), true);
  assert.deepEqual(await offsetsByTool(topic, topic), { 0: 17, 1: 2 ** 40 });
  const read = await admin.groupOffsets(topic);
  assert.deepEqual(
    read.map(({ partition, metadata }) => [partition, metadata]),
    [
      [0, 'by hand'],
      [1, ''],
    ],
  );
  await assert.rejects(
    admin.setGroupOffsets(topic, [{ topic: newTopicName('absent'), partition: 0, offset: 1 }]),
    /UNKNOWN_TOPIC_OR_PARTITION/,
  );
});

for (const protocol of ['classic', 'consumer']) {
  test(`offsets of a group that has members are left to them (${protocol})`, async () => {
    const topic = await newTopic(`members-${protocol}`, 1);
    const consumer = kafkaTool('org.apache.kafka.tools.consumer.ConsoleConsumer', [
      ...['--bootstrap-server', bootstrapServers, '--topic', topic, '--max-messages', '1', '--from-beginning'],
      ...['--consumer-property', `group.id=${topic}`, '--consumer-property', `group.protocol=${protocol}`],
    ]);
    while ((await stateOf(topic)) !== 'Stable') await sleep(50);
    assert.equal(await admin.setGroupOffsets(topic, [{ topic, partition: 0, offset: 9 }]), false);
    await scribe.openProducer(topic);
    await scribe.send(topic, topic, 'the one');
    await scribe.flush(topic);
    assert.equal(await consumer, 'the one\n');
    assert.deepEqual(await offsetsByTool(topic, topic), { 0: 1 });
  });
}

test('offsets that a transaction is about to commit are waited for', async () => {
  const topic = await newTopic('unstable', 1);
  await admin.setGroupOffsets(topic, [{ topic, partition: 0, offset: 3 }]);
  await scribe.openProducer('transaction', { 'transactional.id': topic });
  await scribe.begin('transaction');
  await scribe.sendOffset('transaction', topic, topic, 0, 8);
  let isRead = false;
  const reading = admin.groupOffsets(topic).finally(() => {
    isRead = true;
  });
  // Long enough that several requests were answered.
  await sleep(500);
  assert.equal(isRead, false);
  await scribe.commit('transaction');
  assert.deepEqual(
    (await reading).map(({ offset }) => offset),
    [8],
  );
});
