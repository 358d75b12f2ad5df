import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codecs } from '../../src/kafka/index.ts';
import {
  type Collected,
  filled,
  kafkaForTests,
  newTopicName,
  readToEnd,
  take,
  total,
  writeTransactions,
} from './fetching.ts';

const { cluster, scribe } = await kafkaForTests();

async function newTopic(name: string, partitions = 1, settings = {}): Promise<string> {
  const topic = newTopicName(name);
  await scribe.createTopic(topic, partitions, settings);
  return topic;
}

for (const codec of codecs) {
  test(`records that Kafka's own producer compressed with ${codec}`, async () => {
    const topic = await newTopic(codec);
    await scribe.openProducer(topic, { 'compression.type': codec, 'linger.ms': 20 });
    await scribe.fill(topic, topic, 3000, '{"page":"/products","n":');
    await scribe.send(topic, topic, '{"a":\n1,\r\n"b":"ü 漢"}', { key: 'a key' });
    await scribe.send(topic, topic, null, { key: 'gone' });
    await scribe.send(topic, topic, '');
    assert.equal(await scribe.flush(topic), 3002);

    const read = await readToEnd(cluster, [{ topic, partition: 0, offset: 0 }]);
    assert.deepEqual(read.lines, [...filled('{"page":"/products","n":', 3000), '{"a": 1,  "b":"ü 漢"}', '']);
    assert.equal(total(read, 'tombstones'), 1);
    assert.equal(read.problem, undefined);

    const fromMiddle = await readToEnd(cluster, [{ topic, partition: 0, offset: 1234 }]);
    assert.equal(fromMiddle.batches[0]?.firstOffset, 1234);
    assert.equal(fromMiddle.lines[0], '{"page":"/products","n":1234');
    assert.equal(fromMiddle.lines.length, 3002 - 1234);
  });
}

test('answers follow each other without a gap, however small they are', async () => {
  const topic = await newTopic('small');
  await scribe.openProducer(topic, { 'batch.size': 200 });
  await scribe.fill(topic, topic, 2000, 'value-');
  await scribe.flush(topic);
  const read = await readToEnd(cluster, [{ topic, partition: 0, offset: 0 }], { maxPartitionBytes: 1000 });
  assert.deepEqual(read.lines, filled('value-', 2000));
  assert.ok(read.batches.length > 10);
  let next = 0;
  for (const { firstOffset, nextOffset, records } of read.batches) {
    assert.equal(firstOffset, next);
    assert.equal(nextOffset, firstOffset + records);
    next = nextOffset;
  }
});

test('a batch larger than the limits of a fetch still comes', async () => {
  const topic = await newTopic('large');
  await scribe.openProducer(topic);
  await scribe.send(topic, topic, 'x'.repeat(500_000));
  await scribe.flush(topic);
  const read = await readToEnd(cluster, [{ topic, partition: 0, offset: 0 }], {
    maxPartitionBytes: 100,
    maxBytes: 100,
  });
  assert.equal(read.lines[0]?.length, 500_000);
});

test('A(3) aborted, B(2) committed, C(4) aborted, D(1) committed: B and D', async () => {
  const topic = await newTopic('transactions');
  await writeTransactions(scribe, topic);
  const committed = await readToEnd(cluster, [{ topic, partition: 0, offset: 0 }]);
  assert.deepEqual(committed.lines, ['B0', 'B1', 'D0']);
  assert.equal(total(committed, 'aborted'), 7);
  // 10 records and 4 markers.
  assert.equal(committed.batches.at(-1)?.nextOffset, 14);
  // From within what was aborted.
  assert.deepEqual((await readToEnd(cluster, [{ topic, partition: 0, offset: 1 }])).lines, ['B0', 'B1', 'D0']);
  assert.deepEqual((await readToEnd(cluster, [{ topic, partition: 0, offset: 8 }])).lines, ['D0']);

  const all = await readToEnd(cluster, [{ topic, partition: 0, offset: 0 }], { isolation: 'read_uncommitted' });
  assert.equal(all.lines.length, 10);
});

test('A(200) aborted, B(2) committed, in small answers: B', async () => {
  const topic = await newTopic('long-abort');
  await scribe.openProducer(topic, { 'transactional.id': topic, 'batch.size': 300 });
  await scribe.begin(topic);
  await scribe.fill(topic, topic, 200, 'A');
  await scribe.flush(topic);
  await scribe.abort(topic);
  await scribe.begin(topic);
  await scribe.fill(topic, topic, 2, 'B');
  await scribe.commit(topic);
  await scribe.marked(topic);
  const read = await readToEnd(cluster, [{ topic, partition: 0, offset: 0 }], { maxPartitionBytes: 500 });
  assert.deepEqual(read.lines, ['B0', 'B1']);
  assert.equal(total(read, 'aborted'), 200);
});

test('what is undecided is withheld until it is committed', async () => {
  const topic = await newTopic('open');
  await scribe.openProducer(topic, { 'transactional.id': topic });
  await scribe.openProducer(`${topic}-plain`);
  await scribe.begin(topic);
  await scribe.fill(topic, topic, 1, 'open');
  await scribe.flush(topic);
  await scribe.fill(`${topic}-plain`, topic, 1, 'plain');
  await scribe.flush(`${topic}-plain`);
  await using fetcher = cluster.fetch([{ topic, partition: 0, offset: 0 }], { maxWaitMs: 50 });
  const read: Collected = { lines: [], batches: [] };
  const reading = (async () => {
    for await (const fetched of fetcher) {
      if (fetched.kind === 'values') take(read, fetched);
      if (read.lines.length >= 2) return;
    }
  })();
  while (fetcher.positions()[0]?.highWatermark !== 2) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(fetcher.positions()[0]?.lastStableOffset, 0);
  assert.deepEqual(read.lines, []);
  await scribe.commit(topic);
  await reading;
  assert.deepEqual(read.lines, ['open0', 'plain0']);
});

test('a compacted topic', async () => {
  const compaction = { 'cleanup.policy': 'compact', 'segment.ms': 100, 'min.cleanable.dirty.ratio': 0.001 };
  const topic = await newTopic('compacted', 1, { ...compaction, 'max.compaction.lag.ms': 100 });
  await scribe.openProducer(topic);
  for (let round = 0; round < 3; round++) {
    for (const key of ['a', 'b', 'c']) await scribe.send(topic, topic, `${key}${round}`, { key });
    await scribe.flush(topic);
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  // The active segment is never compacted: one more record begins a new one.
  let read: Collected;
  do {
    await scribe.send(topic, topic, 'z', { key: 'z' });
    await scribe.flush(topic);
    read = await readToEnd(cluster, [{ topic, partition: 0, offset: 0 }]);
  } while (read.lines.includes('a0') || read.lines.includes('b1'));
  assert.deepEqual(
    read.lines.filter((line) => line !== 'z'),
    ['a2', 'b2', 'c2'],
  );
  const [{ offset: end } = { offset: -1 }] = await cluster.listOffsets([{ topic, partition: 0 }], 'latest');
  assert.ok((end ?? 0) >= (read.batches.at(-1)?.nextOffset ?? 0));
});

test('several partitions, one of them empty, and more while it runs', async () => {
  const topic = await newTopic('partitions', 3);
  await scribe.openProducer(topic);
  for (const partition of [0, 2]) await scribe.fill(topic, topic, 100, `p${partition}-`, partition);
  await scribe.flush(topic);
  await using fetcher = cluster.fetch([0, 1, 2].map((partition) => ({ topic, partition, offset: 0 })));
  const read: Collected = { lines: [], batches: [] };
  for await (const fetched of fetcher) {
    assert.equal(fetched.kind, 'values');
    if (fetched.kind === 'values') take(read, fetched);
    if (read.lines.length === 200) {
      await scribe.addPartitions(topic, 4);
      await scribe.fill(topic, topic, 50, 'p3-', 3);
      await scribe.flush(topic);
      fetcher.assign([{ topic, partition: 3, offset: 0 }]);
    }
    if (read.lines.length === 250) break;
  }
  assert.deepEqual(read.lines.toSorted(), [
    ...filled('p0-', 100).toSorted(),
    ...filled('p2-', 100).toSorted(),
    ...filled('p3-', 50).toSorted(),
  ]);
});
