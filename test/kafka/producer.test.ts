import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseConfig } from '../../src/kafka/config.ts';
import { Connections } from '../../src/kafka/connections.ts';
import { batchesOfLines, codecs, type KafkaProperties, openCluster, type Producer } from '../../src/kafka/index.ts';
import { Producer as RawProducer } from '../../src/kafka/producer.ts';
import { FlakyRelay } from '../services/kafka/flaky-relay.ts';
import { temporaryFolder } from '../support/engine.ts';
import { filled, kafkaForTests, newTopicName, readToEnd } from './fetching.ts';

const { cluster: reader, scribe, bootstrapServers } = await kafkaForTests();
const folder = await temporaryFolder();
after(() => folder[Symbol.asyncDispose]());

function clusterWith(properties: KafkaProperties = {}) {
  return openCluster({ 'bootstrap.servers': bootstrapServers, ...properties });
}

/** What Kafka's own consumer reads of a topic. */
async function readWithJava(topic: string): Promise<string[]> {
  const file = join(folder.path, topic);
  await scribe.readCommitted(topic, file);
  return (await readFile(file, 'utf8')).split('\n').slice(0, -1);
}

const bodyOf = (lines: readonly string[]) => Buffer.from(`${lines.join('\n')}\n`);

/** All to partition 0, in batches of so many bytes. */
function sendLines(producer: Producer, topic: string, lines: readonly string[], batchBytes = 1000): Promise<number>[] {
  const { codec } = producer.settings;
  const batches = batchesOfLines({
    bodies: [bodyOf(lines)],
    partitions: undefined,
    codec,
    batchBytes,
    timestamp: Date.now(),
  });
  return batches.map(({ partition, bytes }) => producer.send(topic, partition, bytes));
}

test("lines in every codec, as Kafka's own consumer reads them", async () => {
  for (const codec of codecs) {
    await using cluster = clusterWith({ 'compression.type': codec });
    const producer = cluster.producer();
    const topic = newTopicName(`lines-${codec}`);
    await scribe.createTopic(topic);
    const lines = [...filled('v', 3000), 'ü'.repeat(40_000), '{"a": 1}'];
    const offsets = await Promise.all(sendLines(producer, topic, lines, 5000));
    assert.equal(offsets[0], 0);
    assert.deepEqual(
      offsets,
      offsets.toSorted((one, other) => one - other),
    );
    assert.deepEqual(await readWithJava(topic), lines, codec);
    assert.equal(producer.pendingBytes, 0);
  }
});

test('blank lines are no records, and each other goes where it is told to', async () => {
  const topic = newTopicName('places');
  await scribe.createTopic(topic, 2);
  await using cluster = clusterWith();
  const producer = cluster.producer();
  const bodies = [Buffer.from('a\n\n \t\r\nb\r\nc'), Buffer.from('\nd\n e \n')];
  const batches = batchesOfLines({
    bodies,
    partitions: Int32Array.of(1, 0, -1, 1, 0),
    codec: 'none',
    batchBytes: 1000,
    timestamp: Date.now(),
  });
  assert.deepEqual(
    batches.map(({ partition, records, firstLine, lastLine }) => ({ partition, records, firstLine, lastLine })),
    [
      { partition: 0, records: 2, firstLine: 1, lastLine: 4 },
      { partition: 1, records: 2, firstLine: 0, lastLine: 3 },
    ],
  );
  await Promise.all(batches.map(({ partition, bytes }) => producer.send(topic, partition, bytes)));
  const linesOf = async (partition: number) => (await readToEnd(reader, [{ topic, partition, offset: 0 }])).lines;
  assert.deepEqual(await linesOf(0), ['b', ' e ']);
  assert.deepEqual(await linesOf(1), ['a', 'd']);
});

/** A broker remembers the last five batches of a producer; of more it is asked how far it has come. */
for (const maxInFlight of [5, 50]) {
  test(`what lost its answer is sent again, and is there once, in order; ${maxInFlight} requests at a time`, async () => {
    const topic = newTopicName(`flaky-${maxInFlight}`);
    await scribe.createTopic(topic, 2);
    const [host, port] = bootstrapServers.split(':');
    let answers = 0;
    await using flaky = await relayTo({ host: host as string, port: Number(port) }, () => ++answers % 7 === 5);
    const config = parseConfig({ 'bootstrap.servers': bootstrapServers, 'max.request.size': 3000 });
    await using cluster = clusterWith();
    const viaRelay = {
      metadata: async (topics: readonly string[]) => {
        const metadata = await cluster.metadata(topics);
        return { ...metadata, brokers: new Map([...metadata.brokers.keys()].map((id) => [id, flaky.address])) };
      },
      producerIdentity: () => cluster.producerIdentity(),
    };
    await using producer = new RawProducer(viaRelay, new Connections('test', config.connection), {
      ...config.produce,
      maxInFlight,
    });
    const lines = filled('v', 20_000);
    const place = (line: number) => Math.floor(line / 100) % 2;
    const batches = batchesOfLines({
      bodies: [bodyOf(lines)],
      partitions: Int32Array.from(lines, (_, line) => place(line)),
      codec: 'none',
      batchBytes: 1000,
      timestamp: Date.now(),
    });
    const offsets = await Promise.all(batches.map(({ partition, bytes }) => producer.send(topic, partition, bytes)));
    assert.ok(flaky.broken > 5, `${flaky.broken} connections broke`);
    const ends = [0, 0];
    for (const [index, { partition, records }] of batches.entries()) {
      const end = ends[partition] as number;
      // Where it is not known, -1.
      assert.ok(
        offsets[index] === end || offsets[index] === -1,
        `batch ${index}: ${offsets[index]} rather than ${end}`,
      );
      ends[partition] = end + records;
    }
    assert.ok(offsets.filter((offset) => offset >= 0).length > batches.length / 2);
    for (const partition of [0, 1]) {
      const read = await readToEnd(reader, [{ topic, partition, offset: 0 }]);
      assert.deepEqual(
        read.lines,
        lines.filter((_, line) => place(line) === partition),
      );
    }
  });
}

async function relayTo(broker: { host: string; port: number }, breaks: () => boolean) {
  const relay = await FlakyRelay.open(broker, breaks);
  return Object.assign(relay, { [Symbol.asyncDispose]: () => relay.close() });
}

test('a batch that is too large for its topic goes in pieces, in any codec, and those behind it stay behind it', async () => {
  for (const codec of codecs) {
    const topic = newTopicName(`large-${codec}`);
    await scribe.createTopic(topic, 1, { 'max.message.bytes': 2000 });
    await using cluster = clusterWith({ 'compression.type': codec });
    const lines = filled(`${codec} `, 8000);
    const sent = sendLines(cluster.producer(), topic, lines, 40_000);
    assert.ok(sent.length > 3);
    assert.equal((await Promise.all(sent))[0], 0);
    assert.deepEqual(await readWithJava(topic), lines);
  }
});

test('one event that is too large is told; what comes after it is written', async () => {
  const topic = newTopicName('huge');
  await scribe.createTopic(topic, 1, { 'max.message.bytes': 2000 });
  await using cluster = clusterWith();
  const producer = cluster.producer();
  const [before, huge, ...behind] = sendLines(producer, topic, ['a', 'x'.repeat(3000), ...filled('v', 500)]);
  await assert.rejects(huge as Promise<number>, {
    code: 'tooLarge',
    message: /MESSAGE_TOO_LARGE.*max\.message\.bytes/,
  });
  await Promise.all([before, ...behind]);
  assert.deepEqual(await readWithJava(topic), ['a', ...filled('v', 500)]);
});

test('what cannot be written in time is told, with the reason', async () => {
  await using cluster = clusterWith({ 'delivery.timeout.ms': 700 });
  const producer = cluster.producer();
  const missing = newTopicName('missing');
  const [sent] = sendLines(producer, missing, ['a']);
  await assert.rejects(sent as Promise<number>, {
    code: 'unavailable',
    message: new RegExp(`${missing}-0: .*UNKNOWN_TOPIC_OR_PARTITION.*It was not written`),
    retryAfterSeconds: 5,
  });
  await scribe.createTopic(missing);
  await Promise.all(sendLines(producer, missing, ['b']));
  assert.deepEqual(await readWithJava(missing), ['b']);
});

test('more than buffer.memory is not taken', async () => {
  await using cluster = clusterWith({ 'buffer.memory': 1500, 'delivery.timeout.ms': 500 });
  const [first, second] = sendLines(cluster.producer(), newTopicName('full'), filled('v', 150));
  await assert.rejects(second as Promise<number>, { code: 'bufferFull' });
  await assert.rejects(first as Promise<number>, { code: 'unavailable' });
});

test('a producer that is closed has written what it was given', async () => {
  const topic = newTopicName('closed');
  await scribe.createTopic(topic);
  const cluster = clusterWith();
  const producer = cluster.producer();
  const sent = sendLines(producer, topic, filled('v', 2000));
  await cluster.close();
  await Promise.all(sent);
  assert.deepEqual(await readWithJava(topic), filled('v', 2000));
  await assert.rejects(producer.send(topic, 0, Buffer.alloc(0)), { code: 'cancelled' });
});

test('a producer that does not wait for all replicas, or has more on its way than a broker remembers, is refused', () => {
  assert.throws(() => clusterWith({ acks: 1 }), /'acks' is '1'; expected all/);
  assert.throws(() => clusterWith({ 'max.in.flight.requests.per.connection': 6 }), /expected 1 to 5/);
  assert.throws(() => clusterWith({ 'compression.type': 'brotli' }), /'brotli'; expected none, gzip, snappy/);
});
