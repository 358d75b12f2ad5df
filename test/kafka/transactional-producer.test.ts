import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { MillraceError } from '../../src/errors.ts';
import { encodeBatch, openCluster } from '../../src/kafka/index.ts';
import { KafkaBroker } from '../services/kafka/broker.ts';
import { Scribe } from '../services/kafka/scribe.ts';
import { temporaryFolder } from '../support/engine.ts';
import { filled, kafkaForTests, newTopicName } from './fetching.ts';

const { cluster, scribe } = await kafkaForTests();
const folder = await temporaryFolder();
after(() => folder[Symbol.asyncDispose]());

/** What Kafka's own consumer reads of a topic with read_committed. */
async function committed(topic: string, reader = scribe): Promise<string[]> {
  const file = join(folder.path, topic);
  await reader.readCommitted(topic, file);
  return (await readFile(file, 'utf8')).split('\n').slice(0, -1);
}

async function newTopic(name: string, partitions = 1, settings = {}): Promise<string> {
  const topic = newTopicName(name);
  await scribe.createTopic(topic, partitions, settings);
  return topic;
}

const transactional = (id: string) => cluster.transactional(id, { timeoutMs: 60_000 });
const batchOf = (...values: readonly string[]) =>
  encodeBatch(
    values.map((value) => ({ value: Buffer.from(value) })),
    { timestamp: Date.now() },
  );

const hasCode = (code: string) => (error: unknown) => error instanceof MillraceError && error.code === code;

test('what is committed is seen, and what is aborted is not', async () => {
  const topic = await newTopic('ends', 2);
  const producer = transactional(topic);
  await producer.init();
  for (const [name, end] of [
    ['A', () => producer.commit()],
    ['B', () => producer.abort()],
    ['C', () => producer.commit()],
  ] as const) {
    // The offsets of a transaction follow those of the one before, and its mark in each partition.
    const offsets = await Promise.all([
      producer.send(topic, 0, batchOf(`${name}0`, `${name}1`)),
      producer.send(topic, 1, batchOf(`${name}2`)),
      producer.send(topic, 0, batchOf(`${name}3`)),
    ]);
    const round = name.charCodeAt(0) - 'A'.charCodeAt(0);
    assert.deepEqual(offsets, [4 * round, 2 * round, 4 * round + 2]);
    await end();
  }
  assert.deepEqual((await committed(topic)).sort(), ['A0', 'A1', 'A2', 'A3', 'C0', 'C1', 'C2', 'C3']);
  // Without anything sent there is nothing to do.
  await producer.commit();
  await producer.abort();
  await producer.close();
});

test('hundreds of batches at once stay in order', async () => {
  const topic = await newTopic('order', 3);
  const producer = transactional(topic);
  await producer.init();
  const lines = filled('v', 900);
  for (let part = 0; part < 3; part++) {
    const sent = lines
      .slice(300 * part, 300 * part + 300)
      .flatMap((line) => [0, 1, 2].map((partition) => [line, partition] as const));
    await Promise.all(
      sent.map(([line, partition]) => producer.send(topic, partition, batchOf(`${partition} ${line}`))),
    );
    await producer.commit();
  }
  const read = await committed(topic);
  for (const partition of [0, 1, 2]) {
    const prefix = `${partition} `;
    assert.deepEqual(
      read.filter((line) => line.startsWith(prefix)),
      lines.map((line) => prefix + line),
    );
  }
  assert.equal(producer.pendingBytes, 0);
  await producer.close();
});

test('a successor takes the id over: what its predecessor left open is aborted, and what that one still sends is refused', async () => {
  const topic = await newTopic('fenced');
  const predecessor = transactional(topic);
  await assert.rejects(predecessor.send(topic, 0, batchOf('too early')), hasCode('conflict'));
  await predecessor.init();
  await predecessor.send(topic, 0, batchOf('left open'));

  const successor = transactional(topic);
  await successor.init();
  await successor.send(topic, 0, batchOf('committed'));
  await assert.rejects(predecessor.commit(), hasCode('conflict'));
  await assert.rejects(predecessor.send(topic, 0, batchOf('refused')), hasCode('conflict'));
  await assert.rejects(predecessor.abort(), hasCode('conflict'));
  await successor.commit();
  assert.deepEqual(await committed(topic), ['committed']);
  await successor.close();
  await predecessor.close();
});

test('a failure spoils the transaction alone: it is aborted, and the next one goes', async () => {
  const topic = await newTopic('spoilt', 1, { 'max.message.bytes': 1000 });
  const producer = transactional(topic);
  await producer.init();
  const sent = [batchOf('before'), batchOf('x'.repeat(2000)), batchOf('behind')].map((batch) =>
    producer.send(topic, 0, batch),
  );
  const outcomes = await Promise.allSettled(sent);
  const refused = outcomes[1];
  assert.ok(refused?.status === 'rejected');
  assert.equal(refused.reason.context.kafkaError, 'MESSAGE_TOO_LARGE');
  assert.equal(refused.reason.context.topic, topic);
  assert.equal(outcomes[2]?.status, 'rejected');
  await assert.rejects(producer.commit(), { message: refused.reason.message });
  await producer.abort();
  await producer.send(topic, 0, batchOf('after'));
  await producer.commit();
  assert.deepEqual(await committed(topic), ['after']);
  await producer.close();
});

test('a topic that is about to be created is waited for, and can be written to as soon as it is there', async () => {
  const topics = filled(newTopicName('soon'), 5);
  const producer = transactional(topics[0] as string);
  await producer.init();
  const sent = topics.flatMap((topic) => ['a', 'b', 'c'].map((value) => producer.send(topic, 0, batchOf(value))));
  for (const topic of topics) await scribe.createTopic(topic);
  await Promise.all(sent);
  await producer.commit();
  for (const topic of topics) assert.deepEqual(await committed(topic), ['a', 'b', 'c']);
  await producer.close();
});

test('an aborted transaction does not send what waits', async () => {
  const topic = await newTopic('dropped');
  const producer = transactional(topic);
  await producer.init();
  const outcomes = Promise.allSettled(filled('v', 500).map((line) => producer.send(topic, 0, batchOf(line))));
  await producer.abort();
  assert.ok((await outcomes).some(({ status }) => status === 'rejected'));
  await producer.send(topic, 0, batchOf('after'));
  await producer.commit();
  assert.deepEqual(await committed(topic), ['after']);
  await producer.close();
});

test('a broker that is killed within a transaction, before a commit, and between two', async () => {
  const broker = await KafkaBroker.start({ isKilledOften: true });
  const reader = new Scribe(broker.bootstrapServers);
  const own = openCluster({ 'bootstrap.servers': broker.bootstrapServers, 'delivery.timeout.ms': 120_000 });
  try {
    const topic = 'killed';
    await reader.createTopic(topic, 2);
    const producer = own.transactional(topic, { timeoutMs: 60_000 });
    await producer.init();
    const send = (name: string) =>
      Promise.allSettled(filled(name, 100).map((line, i) => producer.send(topic, i % 2, batchOf(line))));
    const restart = async () => {
      await broker.kill();
      await broker.restart();
    };

    const unanswered = send('lost');
    await restart();
    const isSpoilt = (await unanswered).some(({ status }) => status === 'rejected');
    if (isSpoilt) await assert.rejects(producer.commit(), hasCode('unavailable'));
    await producer.abort();

    await send('whole');
    const restarting = restart();
    await producer.commit();
    await restarting;

    await restart();
    for (let isDone = false; !isDone; ) {
      const outcomes = await send('after');
      isDone = outcomes.every(({ status }) => status === 'fulfilled');
      // The broken connection is found out by sending.
      await (isDone ? producer.commit() : producer.abort());
    }
    const read = await committed(topic, reader);
    const even = (lines: readonly string[]) => lines.filter((line) => Number(/\d+/.exec(line)?.[0]) % 2 === 0);
    assert.deepEqual(even(read), even([...filled('whole', 100), ...filled('after', 100)]));
    assert.equal(read.length, 200);
  } finally {
    await own.close();
    await reader.stop();
    await broker.stop();
  }
});
