import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Assignment,
  codecs,
  type FetchedBatches,
  type FetchSettings,
  type PartitionProblem,
} from '../../src/kafka/index.ts';
import { BatchView } from '../../src/kafka/record-batch.ts';
import { filled, kafkaForTests, newTopicName, readToEnd, writeTransactions } from './fetching.ts';

const { cluster, scribe } = await kafkaForTests();

async function newTopic(name: string, partitions = 1, settings = {}): Promise<string> {
  const topic = newTopicName(name);
  await scribe.createTopic(topic, partitions, settings);
  return topic;
}

const copiesOf = ({ buffer, starts }: FetchedBatches) =>
  starts.map((start) => Buffer.from(buffer.subarray(start, start + 12 + buffer.readInt32BE(start + 8))));

interface Passed {
  /** Copies of the batches. */
  readonly batches: Buffer[];
  readonly fetched: FetchedBatches[];
  problem?: PartitionProblem;
}

/** Takes a partition's batches up to the end that it has when this begins. */
async function takeBatches(assignment: Assignment, settings: Partial<FetchSettings> = {}): Promise<Passed> {
  const [end] = await cluster.listOffsets([assignment], 'latest');
  await using fetcher = cluster.fetchBatches([assignment], settings);
  const passed: Passed = { batches: [], fetched: [] };
  for await (const fetched of fetcher) {
    if (fetched.kind === 'problem') return { ...passed, problem: fetched };
    passed.batches.push(...copiesOf(fetched));
    fetched.release();
    passed.fetched.push(fetched);
    if (fetched.nextOffset >= (end?.offset as number)) break;
  }
  return passed;
}

/** Appends the batches elsewhere, as nobody's: without a producer. What is read there then. */
async function appendElsewhere(batches: readonly Buffer[]): Promise<string[]> {
  const topic = await newTopic('copy');
  for (const batch of batches) {
    const copy = Buffer.from(batch);
    copy.writeBigInt64BE(0n);
    const [{ errorCode } = { errorCode: -1 }] = await cluster.produce([{ topic, partition: 0, batch: copy }]);
    assert.equal(errorCode, 0);
  }
  return (await readToEnd(cluster, [{ topic, partition: 0, offset: 0 }])).lines;
}

for (const codec of codecs) {
  test(`batches that Kafka's own producer compressed with ${codec}, untouched`, async () => {
    const topic = await newTopic(`raw-${codec}`);
    await scribe.openProducer(topic, { 'compression.type': codec, 'enable.idempotence': 'false', 'batch.size': 2000 });
    await scribe.fill(topic, topic, 1000, 'value-');
    await scribe.flush(topic);
    const { batches, fetched } = await takeBatches({ topic, partition: 0, offset: 0 });
    assert.ok(batches.length > 1);
    assert.equal(
      fetched.reduce((sum, { records }) => sum + records, 0),
      1000,
    );
    assert.deepEqual(await appendElsewhere(batches), filled('value-', 1000));
  });
}

test('answers follow each other without a gap, and a batch in whose middle is begun comes whole', async () => {
  const topic = await newTopic('raw-small');
  await scribe.openProducer(topic, { 'batch.size': 200 });
  await scribe.fill(topic, topic, 500, 'value-');
  await scribe.flush(topic);
  const { fetched } = await takeBatches({ topic, partition: 0, offset: 0 }, { maxPartitionBytes: 1000 });
  assert.ok(fetched.length > 5);
  let next = 0;
  for (const { firstOffset, nextOffset } of fetched) {
    assert.equal(firstOffset, next);
    next = nextOffset;
  }
  assert.equal(next, 500);

  const first = fetched[0] as FetchedBatches;
  const middle = await takeBatches({ topic, partition: 0, offset: 1 });
  assert.equal(middle.fetched[0]?.firstOffset, 1);
  const view = new BatchView(middle.batches[0] as Buffer);
  view.next();
  assert.equal(view.baseOffset, 0);
  assert.equal(first.topicId, middle.fetched[0]?.topicId);
});

test('what was aborted and the marks of transactions are left out, but counted and passed over', async () => {
  const topic = await newTopic('raw-transactions');
  await writeTransactions(scribe, topic);
  const { fetched, batches } = await takeBatches({ topic, partition: 0, offset: 0 });
  assert.equal(
    fetched.reduce((sum, { aborted }) => sum + aborted, 0),
    7,
  );
  assert.equal(fetched.at(-1)?.nextOffset, 14);
  const views = batches.map((batch) => {
    const view = new BatchView(batch);
    view.next();
    return { baseOffset: view.baseOffset, records: view.recordCount };
  });
  // Offsets by the order of writing: A 0–2, its mark 3, B 4–5, its mark 6, C 7–10, its mark 11, D 12, its mark 13.
  assert.deepEqual(views, [
    { baseOffset: 4, records: 2 },
    { baseOffset: 12, records: 1 },
  ]);
  const all = await takeBatches({ topic, partition: 0, offset: 0 }, { isolation: 'read_uncommitted' });
  assert.equal(
    all.fetched.reduce((sum, { records }) => sum + records, 0),
    10,
  );
});

test('nothing more is fetched while too much is held, and nobody writes into what is held', async () => {
  const topic = await newTopic('raw-held');
  await scribe.openProducer(topic, { 'batch.size': 1000, 'enable.idempotence': 'false' });
  await scribe.fill(topic, topic, 5000, 'value-');
  await scribe.flush(topic);
  await using fetcher = cluster.fetchBatches([{ topic, partition: 0, offset: 0 }], {
    maxPartitionBytes: 4000,
    maxHeldBytes: 20_000,
  });
  const held: FetchedBatches[] = [];
  const batches: Buffer[] = [];
  let nextOffset = 0;
  const reading = fetcher[Symbol.asyncIterator]();
  while (nextOffset < 5000) {
    const next = reading.next();
    // What comes is held until nothing comes any more: then all of it is as it was, and goes.
    const isPaused = await Promise.race([next.then(() => false), new Promise((wake) => setTimeout(wake, 300, true))]);
    if (isPaused) {
      for (const one of held.splice(0)) {
        batches.push(...copiesOf(one));
        one.release();
      }
    }
    const { value } = await next;
    assert.ok(value?.kind === 'batches');
    held.push(value);
    // 20,000 bytes, the answer that went beyond them, and two that had been asked for.
    assert.ok(held.length < 12, `${held.length} answers are held`);
    nextOffset = value.nextOffset;
  }
  batches.push(...held.flatMap(copiesOf));
  assert.deepEqual(await appendElsewhere(batches), filled('value-', 5000));
});
