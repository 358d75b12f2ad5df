import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BatchView, checksum, endOfBatches, readInt64, writeInt64 } from '../../src/kafka/record-batch.ts';

/**
 * One record, key null and value `hello`, offset 3, in Kafka's own layout, written by hand from its documentation:
 * timestamp 1,000 ms, leader epoch 4, no producer.
 */
const fields = [
  ['0000000000000003', 'base offset'],
  ['0000003d', 'length: 49 of the header, 12 of the record'],
  ['00000004', 'leader epoch'],
  ['02', 'magic'],
  ['00000000', 'CRC'],
  ['0000', 'attributes'],
  ['00000000', 'last offset delta'],
  ['00000000000003e8', 'base timestamp'],
  ['00000000000003e8', 'max timestamp'],
  ['ffffffffffffffff', 'producer id'],
  ['ffff', 'producer epoch'],
  ['ffffffff', 'base sequence'],
  ['00000001', 'records'],
  ['16 00 00 00 01 0a 68656c6c6f 00', 'length 11, attributes, deltas, key -1, value 5, headers 0'],
] as const;
const bytes = Buffer.from(fields.map(([hex]) => hex.replaceAll(' ', '')).join(''), 'hex');

test("CRC-32C has Castagnoli's check value", () => {
  assert.equal(checksum(Buffer.from('123456789')), 0xe3069283);
  // RFC 3720, B.4: 32 bytes of zeros.
  assert.equal(checksum(Buffer.alloc(32)), 0x8a9136aa);
});

test('the fields of a batch are where Kafka has them', () => {
  const view = new BatchView(bytes);
  assert.ok(view.next());
  assert.deepEqual(
    [view.baseOffset, view.lastOffset, view.leaderEpoch, view.magic, view.attributes, view.recordCount],
    [3, 3, 4, 2, 0, 1],
  );
  assert.deepEqual([view.maxTimestamp, view.producerId, view.recordsStart, view.end], [1000, -1, 61, 73]);
  assert.equal(view.isIntact(), false);
  bytes.writeUInt32BE(checksum(bytes.subarray(21)), 17);
  assert.equal(view.isIntact(), true);
  assert.equal(view.next(), false);
});

test('a length that leads nowhere ends the batches', () => {
  for (const length of [-13, -12, 0x7fffffff]) {
    const broken = Buffer.from(bytes);
    broken.writeInt32BE(length, 8);
    assert.equal(new BatchView(broken).next(), false, String(length));
    assert.equal(endOfBatches(broken), undefined);
  }
});

test('64-bit integers as numbers', () => {
  const buffer = Buffer.alloc(8);
  for (const value of [0, 1, -1, -2, 2 ** 31, 2 ** 32, -(2 ** 32), 2 ** 53 - 1, -(2 ** 40) - 7]) {
    buffer.writeBigInt64BE(BigInt(value));
    assert.equal(readInt64(buffer, 0), value);
    writeInt64(buffer, value, 0);
    assert.equal(buffer.readBigInt64BE(), BigInt(value));
  }
});
