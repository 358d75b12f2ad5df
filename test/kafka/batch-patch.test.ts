import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { patchProducer } from '../../src/kafka/batch-patch.ts';
import { codecs, encodeBatch } from '../../src/kafka/index.ts';
import { BatchView, checksum } from '../../src/kafka/record-batch.ts';
import { kafkaForTests, newTopicName } from './fetching.ts';

const { cluster, scribe } = await kafkaForTests();

const producer = fc.record({
  id: fc.maxSafeNat(),
  epoch: fc.integer({ min: -1, max: 2 ** 15 - 1 }),
  sequence: fc.integer({ min: -1, max: 2 ** 31 - 1 }),
});

const intact = (batch: Buffer) => {
  const view = new BatchView(batch);
  return view.next() && view.isIntact();
};

test('the checksum is the one that a computation over all of the batch gives, whatever the length', () => {
  const batches = fc.record({
    length: fc.oneof(fc.nat(300), fc.nat(70_000)),
    codec: fc.constantFrom(...codecs),
    transactional: fc.boolean(),
    from: producer,
    to: producer,
    transactionalTo: fc.boolean(),
  });
  fc.assert(
    fc.property(batches, ({ length, codec, transactional, from, to, transactionalTo }) => {
      const records = [{ value: Buffer.alloc(length, 'a value ') }];
      const written = { codec, timestamp: 1_000, producer: from, transactional, baseOffset: 77, leaderEpoch: 3 };
      const batch = encodeBatch(records, written);
      patchProducer(batch, to, transactionalTo);
      assert.equal(batch.readUInt32BE(17), checksum(batch.subarray(21)));
      // And it is the batch that this producer would have written itself.
      assert.ok(
        batch.equals(encodeBatch(records, { codec, timestamp: 1_000, producer: to, transactional: transactionalTo })),
      );
    }),
    { numRuns: 200 },
  );
});

test('a bit that flipped before the patch is still found', () => {
  fc.assert(
    fc.property(fc.integer({ min: 23 * 8, max: 43 * 8 - 1 }), fc.nat(), producer, (inHeader, inRecords, to) => {
      const batch = encodeBatch([{ value: Buffer.alloc(500, 'x') }], { timestamp: 1_000 });
      const bits = [inHeader, 61 * 8 + (inRecords % ((batch.length - 61) * 8))];
      for (const bit of bits) {
        const flipped = Buffer.from(batch);
        flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
        patchProducer(flipped, to, true);
        assert.equal(intact(flipped), false);
      }
    }),
  );
});

test('a broker takes what was patched, and refuses what was damaged before it was patched', async () => {
  const topic = newTopicName('patched');
  await scribe.createTopic(topic);
  const none = { id: -1, epoch: -1, sequence: -1 };
  for (const codec of codecs) {
    const from = { codec, timestamp: Date.now(), producer: { id: 7, epoch: 1, sequence: 40 }, transactional: true };
    const batch = encodeBatch([{ value: Buffer.alloc(5000, 'abc') }], { ...from, baseOffset: 1234, leaderEpoch: 9 });
    const damaged = Buffer.from(batch);
    damaged[damaged.length - 5] = (damaged.at(-5) as number) ^ 0x10;
    for (const one of [batch, damaged]) patchProducer(one, none, false);
    const [taken] = await cluster.produce([{ topic, partition: 0, batch }]);
    assert.equal(taken?.errorCode, 0, codec);
    const [refused] = await cluster.produce([{ topic, partition: 0, batch: damaged }]);
    // CORRUPT_MESSAGE
    assert.equal(refused?.errorCode, 2, codec);
  }
});
