/** The examples are those of https://protobuf.dev/programming-guides/encoding */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode, encode, type Message } from '../../../src/server/avatica/wire.ts';

const inner: Message = { a: { number: 1, type: 'uint32' } };
const message: Message = {
  a: { number: 1, type: 'uint32' },
  b: { number: 2, type: 'string' },
  c: { number: 3, type: () => inner },
  f: { number: 6, type: 'sint64' },
  g: { number: 7, type: 'uint64' },
  h: { number: 8, type: 'double' },
  i: { number: 9, type: 'bool' },
  j: { number: 10, type: { names: ['NONE', 'SOME'] } },
  k: { number: 11, type: 'string', repeated: true },
};

const examples: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
  ['089601', { a: 150 }],
  ['120774657374696e67', { b: 'testing' }],
  ['1a03089601', { c: { a: 150 } }],
  // Zigzag: 0, -1, 1, -2 are 0, 1, 2, 3; the greatest and the smallest.
  ['3000', { f: 0n }],
  ['3001', { f: -1n }],
  ['3002', { f: 1n }],
  ['3003', { f: -2n }],
  ['30feffffffffffffffff01', { f: 9223372036854775807n }],
  ['30ffffffffffffffffff01', { f: -9223372036854775808n }],
  // Two's complement.
  ['08ffffffff0f', { a: -1 }],
  ['38ffffffffffffffffff01', { g: -1 }],
  ['41000000000000f83f', { h: 1.5 }],
  ['4801', { i: true }],
  ['5001', { j: 'SOME' }],
  ['5a01785a0179', { k: ['x', 'y'] }],
];

test('values are written as Protocol Buffers have them, and read back', () => {
  for (const [hex, values] of examples) {
    assert.equal(encode(message, values).toString('hex'), hex);
    assert.deepEqual(decode(message, Buffer.from(hex, 'hex')), values);
  }
});

test('fields that nobody knows are passed over, whatever their type', () => {
  // Numbers 12 to 15: a varint, eight bytes, two bytes, four bytes.
  const unknown = '60ac02' + '690102030405060708' + '72020102' + '7d01020304';
  assert.deepEqual(decode(message, Buffer.from(`${unknown}089601`, 'hex')), { a: 150 });
});

test('what ends too soon, or is no message, is refused', () => {
  for (const hex of ['08', '0896', '1207746573', '41000000', '0b', `08${'ff'.repeat(11)}`]) {
    assert.throws(() => decode(message, Buffer.from(hex, 'hex')), { code: 'invalidInput' }, hex);
  }
});
