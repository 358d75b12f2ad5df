import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byTopic } from '../../../src/embedded/tranquility-kafka/by-topic.ts';
import type { BatchStep, StreamBatch } from '../../../src/sources/stream.ts';

const step = (partition: string, from: bigint, to: bigint, lines: string): BatchStep => ({
  ...{ partition, from, to },
  lineBytes: lines.length,
  records: lines.length / 2,
  bytes: lines.length / 2,
});

/** Lines of one letter. */
function batchOf(...parts: readonly (readonly [step: BatchStep, lines: string])[]): StreamBatch {
  const lines = Buffer.from(parts.map(([, text]) => text).join(''));
  const progress = new Map<string, { from: bigint; to: bigint }>();
  for (const [{ partition, from, to }] of parts)
    progress.set(partition, { from: progress.get(partition)?.from ?? from, to });
  const records = lines.length / 2;
  return { lines, records, bytes: records, progress, steps: parts.map(([one]) => one), latest: new Map([['a/0', 9n]]) };
}

const part = (partition: string, from: bigint, to: bigint, lines: string) =>
  [step(partition, from, to, lines), lines] as const;

test('a batch of several topics is one for each, in the order of each partition', () => {
  const parts = byTopic(
    batchOf(
      part('a/0', 0n, 2n, 'p\nq\n'),
      part('b/0', 5n, 6n, 'x\n'),
      part('a/1', 7n, 8n, 'r\n'),
      // Aborted records have positions and no lines.
      part('b/0', 6n, 9n, ''),
      part('a/0', 2n, 3n, 's\n'),
    ),
  );
  const shown = [...parts].map(([topic, { lines, records, bytes, progress }]) => [
    topic,
    String(lines),
    [records, bytes],
    [...progress].map(([partition, { from, to }]) => [partition, from, to]),
  ]);
  assert.deepEqual(shown, [
    [
      'a',
      'p\nq\nr\ns\n',
      [4, 4],
      [
        ['a/0', 0n, 3n],
        ['a/1', 7n, 8n],
      ],
    ],
    ['b', 'x\n', [1, 1], [['b/0', 5n, 9n]]],
  ]);
  assert.equal(parts.get('b')?.latest.get('a/0'), 9n);
});

test('a batch of one topic is left as it is', () => {
  const batch = batchOf(part('a/0', 0n, 1n, 'p\n'), part('a/1', 3n, 4n, 'q\n'));
  assert.deepEqual([...byTopic(batch)], [['a', batch]]);
  assert.equal(byTopic(batch).get('a'), batch);
});
