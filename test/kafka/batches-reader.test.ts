import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findBatches } from '../../src/kafka/batches-reader.ts';
import { encodeBatch } from '../../src/kafka/encode-batch.ts';
import { batchLayout } from '../../src/kafka/record-batch.ts';

const timestamp = Date.UTC(2026, 0, 1);
const abort = { key: Buffer.from([0, 0, 0, 0]), value: Buffer.from([0, 0, 0, 0, 0, 0]) };
const transactional = { transactional: true, producer: { id: 7, epoch: 0, sequence: 0 } };

const plain = (baseOffset: number) => encodeBatch([{ value: Buffer.from('plain') }], { timestamp, baseOffset });
const aborted = encodeBatch([{ value: Buffer.from('gone') }], { timestamp, baseOffset: 1, ...transactional });
const marker = encodeBatch([abort], { timestamp, baseOffset: 2, control: true, ...transactional });
const transactions = [{ producerId: 7, firstOffset: 1 }];

function withFlippedBit(batch: Buffer, at: number): Buffer {
  const flipped = Buffer.from(batch);
  flipped.writeUInt8(flipped.readUInt8(at) ^ 1, at);
  return flipped;
}

const find = (...batches: readonly Buffer[]) =>
  findBatches({ batches: Buffer.concat(batches), offset: 0, aborted: transactions });

test('what is left out was checked, as nobody else sees it', () => {
  const length = plain(0).length;
  assert.deepEqual(find(plain(0), aborted, marker, plain(3)), {
    nextOffset: 4,
    leaderEpoch: -1,
    records: 2,
    aborted: 1,
    maxTimestamp: timestamp,
    starts: [0, length + aborted.length + marker.length],
    fault: undefined,
  });
  for (const [flipped, nextOffset] of [
    [[plain(0), withFlippedBit(aborted, aborted.length - 1), marker, plain(3)], 1],
    // Were it taken for the mark of a commit, the aborted transaction would go on.
    [[plain(0), aborted, withFlippedBit(marker, batchLayout.records + 8), plain(3)], 2],
  ] as const) {
    const found = find(...flipped);
    assert.equal(found.nextOffset, nextOffset);
    assert.deepEqual(found.starts, [0]);
    assert.deepEqual(found.fault, {
      reason: 'corruptBatch',
      what: 'the CRC-32C does not fit',
      nextOffset: nextOffset + 1,
    });
  }
});

test('what goes on is left to the broker that takes it', () => {
  const flipped = withFlippedBit(plain(0), plain(0).length - 1);
  assert.deepEqual(find(flipped).starts, [0]);
});

test('a batch that is cut off ends what can be taken; one of an unknown format is a fault', () => {
  const cut = plain(1).subarray(0, -1);
  assert.deepEqual(find(plain(0), cut), {
    nextOffset: 1,
    leaderEpoch: -1,
    records: 1,
    aborted: 0,
    maxTimestamp: timestamp,
    starts: [0],
    fault: undefined,
  });
  assert.equal(find(cut).fault?.reason, 'corruptBatch');
  const unknown = plain(1);
  unknown.writeInt8(3, batchLayout.magic);
  const found = find(plain(0), unknown);
  assert.equal(found.fault?.reason, 'unsupportedFormat');
  assert.equal(found.nextOffset, 1);
});
