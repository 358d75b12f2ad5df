import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Scratch } from '../../src/kafka/buffer-pool.ts';
import { parseConfig } from '../../src/kafka/config.ts';
import { Connections } from '../../src/kafka/connections.ts';
import { decodeValues } from '../../src/kafka/decode.ts';
import { fetch, fetchVersions } from '../../src/kafka/fetch.ts';
import { codecs, encodeBatch } from '../../src/kafka/index.ts';
import { filled, kafkaForTests, newTopicName, readToEnd } from './fetching.ts';

const { cluster, scribe, bootstrapServers } = await kafkaForTests();
const lineFeed = /\n$/;

test('metadata by name and by pattern', async () => {
  const topic = newTopicName('metadata');
  await scribe.createTopic(topic, 3);
  const named = await cluster.metadata([topic, 'no-such-topic']);
  assert.deepEqual(
    named.topics.map(({ topic: name, errorCode, partitions }) => [name, errorCode, partitions.length]).toSorted(),
    [
      [topic, 0, 3],
      ['no-such-topic', 3, 0],
    ].toSorted(),
  );
  assert.match(named.topics.find(({ topic: name }) => name === topic)?.topicId ?? '', /^[0-9a-f-]{36}$/);
  const found = async (pattern: RegExp) => (await cluster.metadata(pattern)).topics.map((one) => one.topic);
  assert.deepEqual(await found(new RegExp(`${topic.slice(0, -1)}.`)), [topic]);
  // The whole name has to match, as in Druid and Tranquility.
  assert.deepEqual(await found(new RegExp(topic.slice(0, -1))), []);
  const all = await found(/.*/);
  assert.ok(all.includes(topic));
  assert.ok(!all.some((name) => name.startsWith('__')));
});

test('asking for a topic does not create it', async () => {
  const topic = newTopicName('absent');
  await cluster.metadata([topic]);
  assert.equal((await cluster.metadata([topic])).topics[0]?.errorCode, 3);
});

test('offsets: earliest, latest, by time', async () => {
  const topic = newTopicName('offsets');
  // The broker takes away what is as old as these timestamps whenever it looks.
  await scribe.createTopic(topic, 2, { 'retention.ms': -1 });
  const timestamps = [1_000_000, 2_000_000, 3_000_000];
  for (const timestamp of timestamps) {
    const batch = encodeBatch([{ value: Buffer.from(String(timestamp)) }], { timestamp });
    await cluster.produce([{ topic, partition: 1, batch }]);
  }
  const partitions = [
    { topic, partition: 1 },
    { topic, partition: 0 },
  ];
  const offsets = async (time: Parameters<typeof cluster.listOffsets>[1]) =>
    (await cluster.listOffsets(partitions, time)).map(({ partition, offset }) => [partition, offset]);
  const both = (one: number | undefined, zero: number | undefined) => [
    [1, one],
    [0, zero],
  ];
  assert.deepEqual(await offsets('earliest'), both(0, 0));
  assert.deepEqual(await offsets('latest'), both(3, 0));
  assert.deepEqual(await offsets(1_500_000), both(1, undefined));
  assert.deepEqual(await offsets(3_000_000), both(2, undefined));
  assert.deepEqual(await offsets(3_000_001), both(undefined, undefined));
  await assert.rejects(cluster.listOffsets([{ topic, partition: 2 }], 'latest'), /-2: .*UNKNOWN_TOPIC_OR_PARTITION/);
});

test('produced batches are appended as they are, and read back', async () => {
  const topic = newTopicName('produce');
  await scribe.createTopic(topic, 2);
  const batch = (codec: (typeof codecs)[number]) =>
    encodeBatch(
      filled(codec, 100).map((value) => ({ value: Buffer.from(value) })),
      { codec, timestamp: Date.now() },
    );
  for (const [index, codec] of codecs.entries()) {
    const produced = await cluster.produce([
      { topic, partition: 1, batch: batch(codec) },
      { topic, partition: 0, batch: batch('none') },
    ]);
    const expected = [1, 0].map((partition) => ({ topic, partition, errorCode: 0, baseOffset: index * 100 }));
    assert.deepEqual(produced, expected);
  }
  const read = await readToEnd(cluster, [{ topic, partition: 1, offset: 0 }]);
  assert.deepEqual(
    read.lines,
    codecs.flatMap((codec) => filled(codec, 100)),
  );
});

test('a batch that Kafka refuses says so', async () => {
  const topic = newTopicName('refused');
  await scribe.createTopic(topic);
  const batch = encodeBatch([{ value: Buffer.from('v') }], { timestamp: Date.now() });
  batch[batch.length - 2] = 0;
  const [produced] = await cluster.produce([{ topic, partition: 0, batch }]);
  // CORRUPT_MESSAGE
  assert.deepEqual([produced?.errorCode, produced?.baseOffset], [2, -1]);
});

test('every version of Fetch that a broker of ours may speak', async () => {
  const topic = newTopicName('versions');
  await scribe.createTopic(topic, 2);
  await scribe.openProducer(topic, { 'transactional.id': topic });
  await scribe.begin(topic);
  await scribe.fill(topic, topic, 5, 'aborted');
  await scribe.flush(topic);
  await scribe.abort(topic);
  await scribe.begin(topic);
  await scribe.fill(topic, topic, 5, 'value');
  await scribe.commit(topic);
  await scribe.marked(topic);
  const [host, port] = bootstrapServers.split(':');
  const connections = new Connections('test', parseConfig({ 'bootstrap.servers': bootstrapServers }).connection);
  const connection = await connections.to({ host: host as string, port: Number(port) });
  const topicId = (await cluster.metadata([topic])).topics[0]?.topicId;
  const limits = { maxWaitMs: 100, minBytes: 1, maxBytes: 100_000, maxPartitionBytes: 100_000 };
  const partitions = [0, 1].map((partition) => ({
    ...{ topic, topicId, partition, offset: 0 },
    ...{ leaderEpoch: -1, lastFetchedEpoch: -1 },
  }));
  for (let version: number = fetchVersions.oldest; version <= fetchVersions.newest; version++) {
    const request = { isolation: 'read_committed', ...limits, partitions } as const;
    const { errorCode, partitions: answers } = await fetch(connection, request, Buffer.alloc, version);
    assert.equal(errorCode, 0, `version ${version}`);
    const filledOne = answers.find(({ partition }) => partition === 0);
    assert.ok(filledOne, `version ${version}`);
    assert.deepEqual([filledOne.topic, filledOne.highWatermark, filledOne.lastStableOffset], [topic, 12, 12]);
    assert.equal(filledOne.logStartOffset, version >= 5 ? 0 : -1);
    assert.equal(filledOne.aborted.length, 1);
    const { batches, aborted } = filledOne;
    const { values } = decodeValues({ batches, aborted, offset: 0, scratch: new Scratch() });
    assert.deepEqual(Buffer.from(values).toString().replace(lineFeed, '').split('\n'), filled('value', 5));
  }
  await connections.close();
});
