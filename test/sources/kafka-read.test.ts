/** How batches form, without a broker: what is fetched comes exactly when the test says so. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MillraceError } from '../../src/errors.ts';
import type { Fetched, PartitionProblem, PartitionValues } from '../../src/kafka/index.ts';
import { readBatches } from '../../src/sources/kafka-read.ts';
import type { StreamBatch } from '../../src/sources/stream.ts';

const mebibyte = 2 ** 20;

function values(firstOffset: number, lines: string, changes: Partial<PartitionValues> = {}): PartitionValues {
  const records = lines.split('\n').length - 1;
  return {
    kind: 'values',
    topic: 'clicks',
    topicId: 'T',
    partition: 0,
    firstOffset,
    nextOffset: firstOffset + records,
    highWatermark: 100,
    lastStableOffset: 90,
    logStartOffset: 0,
    values: Buffer.from(lines),
    records,
    valueBytes: lines.length - records,
    tombstones: 0,
    mayBeBlank: false,
    aborted: 0,
    leaderEpoch: 0,
    maxTimestamp: 0,
    ...changes,
  };
}

/** Gives out what it holds, and counts it; then waits until it is closed. */
class Source {
  given = 0;
  /** The offset after the newest record of the first partition. */
  end = 100;
  readonly #closed = Promise.withResolvers<void>();
  readonly #held: readonly Fetched[];

  constructor(...held: readonly Fetched[]) {
    this.#held = held;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Fetched, void, undefined> {
    for (const fetched of this.#held) {
      this.given++;
      yield fetched;
    }
    await this.#closed.promise;
  }

  positions = () => [
    { topic: 'clicks', partition: 0, offset: 9, highWatermark: this.end, lastStableOffset: 90, trouble: undefined },
    { topic: 'clicks', partition: 1, offset: 9, highWatermark: 70, lastStableOffset: -1, trouble: undefined },
    {
      topic: 'clicks',
      partition: 2,
      offset: 9,
      highWatermark: undefined,
      lastStableOffset: undefined,
      trouble: undefined,
    },
  ];

  async close(): Promise<void> {
    this.#closed.resolve();
  }
}

function batchOf({ value }: IteratorResult<StreamBatch, PartitionProblem | undefined>): StreamBatch {
  assert.ok(value && 'lines' in value);
  return value;
}

const text = ({ lines }: StreamBatch) => Buffer.from(lines).toString();

/** All that can happen without something from outside has happened. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('what comes while the reader is busy is one batch, in the order of each partition', async () => {
  const source = new Source(
    values(5, '{"a":1}\n{"a":2}\n'),
    values(0, '{"b":1}\n', { partition: 1 }),
    // Two of these three records were aborted.
    values(7, '{"a":3}\n', { nextOffset: 10, aborted: 2, leaderEpoch: 3 }),
  );
  const stop = new AbortController();
  const batches = readBatches(source, stop.signal);
  const first = batches.next();
  await settled();
  const one = batchOf(await first);
  assert.equal(text(one), '{"a":1}\n{"a":2}\n');
  assert.deepEqual([one.records, one.bytes], [2, 14]);
  const rest = batchOf(await batches.next());
  assert.equal(text(rest), '{"b":1}\n{"a":3}\n');
  assert.deepEqual([rest.records, rest.bytes], [2, 14]);
  assert.deepEqual(
    rest.progress,
    new Map([
      ['clicks/1', { from: 0n, to: 1n, origin: 'T/0' }],
      ['clicks/0', { from: 7n, to: 10n, origin: 'T/3' }],
    ]),
  );
  assert.deepEqual(
    rest.latest,
    new Map([
      ['clicks/0', 90n],
      ['clicks/1', 70n],
    ]),
  );
  stop.abort();
  assert.equal((await batches.next()).done, true);
});

test('a batch of 20 MiB is full, and told of: another one grows, and then nothing more is taken in', async () => {
  const line = `${'x'.repeat(4 * mebibyte - 1)}\n`;
  const source = new Source(...Array.from({ length: 36 }, (_, i) => values(i, line)));
  const stop = new AbortController();
  const full: Uint8Array[] = [];
  const batches = readBatches(source, stop.signal, ({ lines }) => full.push(lines));
  const sizes: number[] = [];
  let taken = 0n;
  for (let next = await batches.next(); !next.done; next = await batches.next()) {
    const { records, progress, lines } = next.value;
    assert.equal(lines === full.shift(), records === 5, 'one that was told of comes with the same lines');
    sizes.push(records);
    assert.equal(progress.get('clicks/0')?.from, taken);
    taken += BigInt(records);
    // It is told of once whoever waits for it could have taken it.
    await settled();
    await settled();
    // What the reader has, twice five that wait, and none beyond.
    assert.equal(source.given, Math.min(36, Number(taken) + 10));
    if (taken === 36n) stop.abort();
  }
  assert.deepEqual(sizes.slice(1, 6), [5, 5, 5, 5, 5]);
});

test('who is far behind waits for a full batch, but not for long', async () => {
  const line = `${'x'.repeat(4 * mebibyte - 1)}\n`;
  const source = new Source(...Array.from({ length: 7 }, (_, i) => values(i, line)));
  source.end = 1_000_000;
  const stop = new AbortController();
  const batches = readBatches(source, stop.signal);
  assert.equal(batchOf(await batches.next()).records, 5);
  // Nothing comes after these.
  assert.equal(batchOf(await batches.next()).records, 2);
  stop.abort();
  await batches.next();
});

test('buffers are used again, and no batch is written over before the next one is asked for', async () => {
  const lines = Array.from({ length: 50 }, (_, i) => `${String(i).repeat(1 + (i % 7))}\n`);
  const stop = new AbortController();
  const batches = readBatches(new Source(...lines.map((line, i) => values(i, line))), stop.signal);
  let read = '';
  for (let next = await batches.next(); !next.done; next = await batches.next()) {
    await settled();
    read += text(next.value);
    if (read.split('\n').length > lines.length) stop.abort();
  }
  assert.equal(read, lines.join(''));
});

test('aborted records alone are a batch without lines, so that they are passed over for good', async () => {
  const stop = new AbortController();
  const batches = readBatches(new Source(values(3, '', { nextOffset: 8, aborted: 4 })), stop.signal);
  const batch = batchOf(await batches.next());
  assert.deepEqual([batch.records, batch.bytes, batch.lines.byteLength], [0, 0, 0]);
  assert.deepEqual(batch.progress, new Map([['clicks/0', { from: 3n, to: 8n, origin: 'T/0' }]]));
  await batches.return(undefined);
});

test('a problem comes after all that came before it', async () => {
  const problem: PartitionProblem = {
    kind: 'problem',
    reason: 'topicMissing',
    topic: 'clicks',
    partition: 0,
    offset: 1,
    error: new MillraceError('unavailable', 'there is no such topic'),
  };
  const batches = readBatches(new Source(values(0, '{}\n'), problem), new AbortController().signal);
  assert.equal(batchOf(await batches.next()).records, 1);
  assert.deepEqual(await batches.next(), { done: true, value: problem });
});

test('a reader that waits is let go when the signal aborts', async () => {
  const stop = new AbortController();
  const batches = readBatches(new Source(), stop.signal);
  const waiting = batches.next();
  await settled();
  stop.abort();
  assert.deepEqual(await waiting, { done: true, value: undefined });
});
