import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AbortedTransaction } from '../../src/kafka/aborted-transactions.ts';
import { Scratch } from '../../src/kafka/buffer-pool.ts';
import { decodeValues } from '../../src/kafka/decode.ts';
import { encodeBatch } from '../../src/kafka/encode-batch.ts';

const timestamp = Date.UTC(2026, 0, 1);
const abort = 0;
const commit = 1;

/** A log of transactional batches (`[producer, value]`) and markers (`[producer, abort or commit]`), an offset each. */
function log(...entries: readonly (readonly [number, string | number])[]): Buffer {
  const batches = entries.map(([id, what], baseOffset) => {
    const options = { timestamp, baseOffset, transactional: true, producer: { id, epoch: 0, sequence: 0 } };
    if (typeof what === 'string') return encodeBatch([{ value: Buffer.from(what) }], options);
    const marker = { key: Buffer.from([0, 0, 0, what]), value: Buffer.from([0, 0, 0, 0, 0, 0]) };
    return encodeBatch([marker], { ...options, control: true });
  });
  return Buffer.concat(batches);
}

function committed(batches: Buffer, aborted: readonly AbortedTransaction[] | undefined, offset = 0) {
  const decoded = decodeValues({ batches, offset, aborted, scratch: new Scratch() });
  return { values: Buffer.from(decoded.values).toString().split('\n').slice(0, -1), aborted: decoded.aborted };
}

test('two aborts of one producer in one answer, a commit after each', () => {
  const batches = log([7, 'A'], [7, abort], [7, 'B'], [7, commit], [7, 'C'], [7, abort], [7, 'D'], [7, commit]);
  const aborted = [
    { producerId: 7, firstOffset: 4 },
    { producerId: 7, firstOffset: 0 },
  ];
  assert.deepEqual(committed(batches, aborted), { values: ['B', 'D'], aborted: 2 });
});

test('an abort whose marker lies beyond the answer', () => {
  assert.deepEqual(committed(log([7, 'A'], [8, 'b'], [8, commit]), [{ producerId: 7, firstOffset: 0 }]), {
    values: ['b'],
    aborted: 1,
  });
});

test('a transaction that began before the wanted offset', () => {
  const batches = log([7, 'A'], [7, 'A'], [7, abort], [7, 'B'], [7, commit]);
  assert.deepEqual(committed(batches, [{ producerId: 7, firstOffset: -5 }], 1).values, ['B']);
});

test('transactions of several producers, one within the other', () => {
  const batches = log(
    [7, 'A'],
    [8, 'b'],
    [7, 'A'],
    [8, commit],
    [9, 'C'],
    [7, abort],
    [7, 'D'],
    [9, abort],
    [7, commit],
  );
  const aborted = [
    { producerId: 7, firstOffset: 0 },
    { producerId: 9, firstOffset: 4 },
  ];
  assert.deepEqual(committed(batches, aborted), { values: ['b', 'D'], aborted: 3 });
});

test('what the same producer wrote without a transaction is not aborted', () => {
  const plain = encodeBatch([{ value: Buffer.from('plain') }], {
    timestamp,
    baseOffset: 1,
    producer: { id: 7, epoch: 0, sequence: 0 },
  });
  const batches = Buffer.concat([log([7, 'A']), plain]);
  assert.deepEqual(committed(batches, [{ producerId: 7, firstOffset: 0 }]).values, ['plain']);
});

test('uncommitted records are read when they are wanted', () => {
  assert.deepEqual(committed(log([7, 'A'], [7, abort], [7, 'B']), undefined).values, ['A', 'B']);
});
