import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Scratch } from '../../src/kafka/buffer-pool.ts';
import { codecs } from '../../src/kafka/compression.ts';
import { type Decoded, decodeValues } from '../../src/kafka/decode.ts';
import { type BatchOptions, encodeBatch } from '../../src/kafka/encode-batch.ts';
import { batchLayout, checksum } from '../../src/kafka/record-batch.ts';

const timestamp = Date.UTC(2026, 0, 1);
const batch = (values: readonly (string | null)[], options: Partial<BatchOptions> = {}) =>
  encodeBatch(
    values.map((value) => ({ value: value === null ? null : Buffer.from(value) })),
    { timestamp, ...options },
  );
const decode = (batches: readonly Buffer[], offset = 0, aborted: DecodeAborted = undefined) =>
  decodeValues({ batches: Buffer.concat(batches), offset, aborted, scratch: new Scratch() });
type DecodeAborted = Parameters<typeof decodeValues>[0]['aborted'];
const lines = ({ values }: Decoded) => Buffer.from(values).toString();

test('values become lines, whatever their codec, in the order of their batches', () => {
  for (const codec of codecs) {
    const batches = [batch(['{"a":1}', '{"a":2}'], { codec }), batch(['{"a":3}'], { baseOffset: 2 })];
    const decoded = decode(batches);
    assert.equal(lines(decoded), '{"a":1}\n{"a":2}\n{"a":3}\n', codec);
    assert.equal(decoded.records, 3);
    assert.equal(decoded.nextOffset, 3);
    assert.equal(decoded.maxTimestamp, timestamp);
    assert.equal(decoded.fault, undefined);
  }
});

test('any values, in any batches, come out as they went in, with their line breaks as spaces', () => {
  const value = fc.option(fc.oneof(fc.string(), fc.constantFrom('a\nb', '\r\n', '{"a":\n1}\n')), { freq: 10 });
  const someBatches = fc.array(
    fc.record({ values: fc.array(value, { minLength: 1, maxLength: 20 }), codec: fc.constantFrom(...codecs) }),
    { maxLength: 5 },
  );
  fc.assert(
    fc.property(someBatches, (wanted) => {
      let baseOffset = 0;
      const batches = wanted.map(({ values, codec }) => {
        const encoded = batch(values, { codec, baseOffset });
        baseOffset += values.length;
        return encoded;
      });
      const decoded = decode(batches);
      const all = wanted.flatMap(({ values }) => values);
      const present = all.filter((one) => one !== null);
      assert.equal(lines(decoded), present.map((one) => `${one.replace(/[\r\n]/g, ' ')}\n`).join(''));
      assert.equal(decoded.records, present.length);
      assert.equal(decoded.tombstones, all.length - present.length);
      assert.equal(decoded.nextOffset, all.length);
    }),
    { numRuns: 60 },
  );
});

test('a batch that begins before the wanted offset is read from that offset on', () => {
  for (const codec of codecs) {
    const decoded = decode([batch(['five', 'six', null, 'eight'], { codec, baseOffset: 5 })], 6);
    assert.equal(lines(decoded), 'six\neight\n', codec);
    assert.deepEqual([decoded.records, decoded.tombstones, decoded.nextOffset], [2, 1, 9]);
  }
});

test('offsets that compaction took away are passed over', () => {
  const records = [
    { value: Buffer.from('a'), offset: 10 },
    { value: Buffer.from('b'), offset: 400 },
  ];
  const decoded = decode([encodeBatch(records, { timestamp, baseOffset: 10 })], 10);
  assert.deepEqual([lines(decoded), decoded.nextOffset], ['a\nb\n', 401]);
});

test('what a fetch cut off at its end is not read', () => {
  const second = batch(['b'], { baseOffset: 1 });
  for (const kept of [1, 16, 17, second.length - 1]) {
    const decoded = decode([batch(['a']), second.subarray(0, kept)]);
    assert.deepEqual([lines(decoded), decoded.nextOffset, decoded.fault], ['a\n', 1, undefined], `${kept} bytes`);
  }
});

test('a batch that is cut off although it is the first one is a fault', () => {
  assert.equal(decode([batch(['a']).subarray(0, 40)]).fault?.reason, 'corruptBatch');
});

test('each bit that flips in what the CRC covers is noticed', () => {
  const good = batch(['a']);
  const broken = batch(['b', 'c'], { baseOffset: 1 });
  for (let bit = batchLayout.attributes * 8; bit < broken.length * 8; bit++) {
    const flipped = Buffer.from(broken);
    flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
    const decoded = decode([good, flipped, batch(['d'], { baseOffset: 3 })]);
    assert.deepEqual([lines(decoded), decoded.nextOffset, decoded.fault?.reason], ['a\n', 1, 'corruptBatch']);
  }
});

test('a corrupt batch says where the next one begins', () => {
  const broken = batch(['b', 'c'], { baseOffset: 1 });
  broken[broken.length - 2] = 0xff;
  assert.equal(decode([batch(['a']), broken]).fault?.nextOffset, 3);
});

test("messages of Kafka's old formats are refused, not misread", () => {
  for (const magic of [0, 1]) {
    const old = batch(['a']);
    old.writeInt8(magic, batchLayout.magic);
    assert.equal(decode([old]).fault?.reason, 'unsupportedFormat');
  }
});

test('records that lie about their lengths, under a right CRC, are a fault and nothing worse', () => {
  const records = batchLayout.records;
  const lies: readonly ((broken: Buffer) => void)[] = [
    (broken) => broken.writeInt32BE(0x7fffffff, batchLayout.recordCount),
    (broken) => broken.writeInt32BE(2, batchLayout.recordCount),
    (broken) => broken.fill(0xff, records),
    // The record's length, its key's and its value's.
    (broken) => broken.writeUInt8(2, records),
    (broken) => broken.writeUInt8(100, records + 4),
    (broken) => broken.writeUInt8(100, records + 5),
  ];
  for (const lie of lies) {
    const broken = batch(['value']);
    lie(broken);
    broken.writeUInt32BE(checksum(broken.subarray(batchLayout.attributes)), batchLayout.crc);
    const decoded = decode([broken]);
    assert.equal(decoded.fault?.reason, 'corruptBatch', String(lie));
    assert.equal(lines(decoded), '');
  }
});

test('bytes that are not of their codec, and codecs that do not exist, are a fault', () => {
  for (const codec of [1, 2, 3, 4, 5, 7]) {
    const broken = batch(['value'.repeat(20)]);
    broken.writeInt16BE(codec, batchLayout.attributes);
    broken.writeUInt32BE(checksum(broken.subarray(batchLayout.attributes)), batchLayout.crc);
    assert.equal(decode([broken]).fault?.reason, 'corruptBatch', `codec ${codec}`);
  }
});

test('control batches are no records', () => {
  const marker = { key: Buffer.from([0, 0, 0, 1]), value: Buffer.from([0, 0, 0, 0, 0, 0]) };
  const control = encodeBatch([marker], { timestamp, baseOffset: 1, transactional: true, control: true });
  const decoded = decode([batch(['a'], { transactional: true }), control], 0, []);
  assert.deepEqual([lines(decoded), decoded.records, decoded.nextOffset], ['a\n', 1, 2]);
});
