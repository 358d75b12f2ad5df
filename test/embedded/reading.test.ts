/** What is done about a batch while the one before it is committed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Reading, type RoutedBatch } from '../../src/embedded/reading.ts';
import type { Part, Work } from '../../src/ingest/work.ts';
import type { Stream, StreamBatch } from '../../src/sources/stream.ts';
import { readDataSource } from '../../src/spec/data-schema.ts';

const dataSource = readDataSource({ dataSource: 'd' });

function batch(offset: bigint): StreamBatch {
  const lines = Buffer.from(`{"n":${offset}}\n`);
  const progress = new Map([['t/0', { from: offset, to: offset + 1n }]]);
  return { lines, records: 1, bytes: lines.length, progress, latest: new Map() };
}

/** As for a topic of its own: what is routed has other lines than the batch. */
const copyOf = (one: StreamBatch): RoutedBatch[] => [{ batch: { ...one, lines: one.lines.slice() }, dataSource }];

/** Reads batches of which all but the first were told of as full, while the first is committed; stops once so many are submitted. */
async function read(batches: readonly StreamBatch[], most: number) {
  const begun: Uint8Array[] = [];
  const submitted: Uint8Array[] = [];
  const forgotten: Uint8Array[] = [];
  const stream: Pick<Stream, 'read'> = {
    async *read(_from, signal, _origins, onFull) {
      yield* batches.slice(0, 1);
      for (const full of batches.slice(1)) onFull?.(full);
      yield* batches.slice(1);
      if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
    },
  };
  const stopped = Promise.withResolvers<void>();
  const reading: Reading = new Reading({
    stream: stream as Stream,
    committer: {
      begin: ({ lines }: Part) => begun.push(lines),
      forget: ({ lines }: Part) => forgotten.push(lines),
      submit: async ({ parts }: Work) => {
        submitted.push(...parts.map(({ lines }) => lines));
        if (submitted.length === most) void reading.stop().then(() => stopped.resolve());
        return { received: 1, sent: 1, dropped: {}, droppedEvents: [] };
      },
    },
    source: 'test',
    from: new Map([['t/0', 0n]]),
    origins: new Map(),
    route: copyOf,
    keepUnparseable: 0,
    onCommit: () => {},
    onDelay: () => {},
  });
  await stopped.promise;
  return { begun, submitted, forgotten };
}

test('a batch that was told of as full is begun, and submitted as it was begun', async () => {
  const { begun, submitted, forgotten } = await read([batch(0n), batch(1n), batch(2n)], 3);
  assert.equal(submitted.length, 3);
  assert.equal(begun.length, 2);
  for (const [index, lines] of begun.entries()) assert.equal(submitted[index + 1], lines);
  assert.deepEqual(forgotten, []);
});

test('what was begun and is not submitted any more is forgotten', async () => {
  const { begun, submitted, forgotten } = await read([batch(0n), batch(1n), batch(2n)], 2);
  assert.equal(submitted.length, 2);
  assert.equal(submitted[1], begun[0]);
  assert.equal(forgotten.length, 1);
  assert.equal(forgotten[0], begun[1]);
});
