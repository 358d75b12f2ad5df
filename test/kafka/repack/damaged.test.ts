import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { codecs, encodeBatch, Repacker } from '../../../src/kafka/index.ts';
import { checksum } from '../../../src/kafka/record-batch.ts';

const repacker = new Repacker();

const batch = (codec: (typeof codecs)[number], baseOffset: number) =>
  encodeBatch(
    Array.from({ length: 20 }, (_, i) => ({ key: Buffer.from(`k${i}`), value: Buffer.alloc(50, 'value') })),
    { codec, timestamp: 1_000, baseOffset },
  );

function repack(...batches: readonly Buffer[]) {
  const starts = batches.map((_, index) => batches.slice(0, index).reduce((sum, { length }) => sum + length, 0));
  const at = { topic: 'pages', partition: 3, firstOffset: 0, nextOffset: 20 * batches.length };
  return repacker.repack({ ...at, buffer: Buffer.concat(batches), starts, release: () => {} }, 1_000_000);
}

test('a bit that flipped on the way is found before a new checksum hides it, and told with its place', () => {
  for (const codec of codecs) {
    const damaged = batch(codec, 40);
    damaged[80] = (damaged[80] as number) ^ 4;
    const { parcels, nextOffset, problem } = repack(batch(codec, 0), batch(codec, 20), damaged, batch(codec, 60));
    assert.deepEqual(
      parcels.map(({ records, runs }) => ({ records, runs })),
      [{ records: 40, runs: [0, 40] }],
    );
    assert.equal(nextOffset, 40);
    assert.deepEqual([problem?.reason, problem?.offset], ['corruptBatch', 40]);
    assert.match(
      problem?.error.message ?? '',
      /^pages-3 at offset 40: its batch of \d+ bytes .*: its checksum does not fit/,
    );
  }
});

test('what a batch says of itself may be wrong: it is refused, or copied, and harms nothing that comes after', () => {
  const damage = fc.array(fc.record({ at: fc.nat(), to: fc.nat(255) }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(fc.constantFrom(...codecs), damage, (codec, changes) => {
      const damaged = batch(codec, 20);
      for (const { at, to } of changes) damaged[57 + (at % (damaged.length - 57))] = to;
      damaged.writeUInt32BE(checksum(damaged.subarray(21)), 17);
      const tried = repack(batch(codec, 0), damaged);
      assert.ok(tried.problem === undefined || tried.problem.reason === 'corruptBatch');
      assert.ok(tried.nextOffset >= 0);
      tried.release();
      const repacked = repack(batch(codec, 0), batch(codec, 20));
      assert.deepEqual(
        repacked.parcels.map(({ records, runs }) => ({ records, runs })),
        [{ records: 40, runs: [0, 40] }],
      );
      repacked.release();
    }),
    { numRuns: 500 },
  );
});
