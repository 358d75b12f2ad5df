import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kafkaForTests, newTopicName } from './fetching.ts';

const { cluster, scribe } = await kafkaForTests();

const partitionsOf = async (name: string) => (await cluster.metadata([name])).topics[0]?.partitions.length;

test('a topic is created once', async () => {
  const name = newTopicName('created');
  assert.equal(await cluster.createTopic({ name, partitions: 3, replicationFactor: 1 }), true);
  assert.equal(await cluster.createTopic({ name, partitions: 5, replicationFactor: 1 }), false);
  assert.equal(await partitionsOf(name), 3);
});

test('of several who create it at once one does', async () => {
  const name = newTopicName('raced');
  const created = await Promise.all(
    Array.from({ length: 4 }, () => cluster.createTopic({ name, partitions: 1, replicationFactor: 1 })),
  );
  assert.deepEqual(created.toSorted(), [false, false, false, true]);
});

test('partitions are added, and never taken away', async () => {
  const name = newTopicName('grown');
  await scribe.createTopic(name, 2);
  assert.equal(await cluster.addPartitions(name, 4), true);
  assert.equal(await cluster.addPartitions(name, 4), false);
  assert.equal(await cluster.addPartitions(name, 3), false);
  assert.equal(await partitionsOf(name), 4);
});

test('what Kafka refuses is told in its words', async () => {
  const name = newTopicName('refused');
  await assert.rejects(cluster.createTopic({ name, partitions: 1, replicationFactor: 9 }), {
    code: 'unavailable',
    message: /^topic 'refused-.*replication factor of 9 .*INVALID_REPLICATION_FACTOR/,
  });
  await assert.rejects(cluster.addPartitions(newTopicName('absent'), 2), { message: /UNKNOWN_TOPIC_OR_PARTITION/ });
});
