/** Batches that are too much for the engine at once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Reading } from '../../src/embedded/reading.ts';
import { MillraceError } from '../../src/errors.ts';
import type { Work, WorkOutcome } from '../../src/ingest/work.ts';
import { readDataSource } from '../../src/spec/data-schema.ts';
import { MemoryLog } from '../support/memory-log.ts';
import { settled, supervised } from '../support/supervised.ts';

/** 500 values of 9 bytes with their line feeds in each of two partitions, which the log gives out in steps of 20. */
function log(): MemoryLog {
  const log = new MemoryLog('t/0', 't/1');
  for (const name of ['t/0', 't/1'])
    log.append(name, ...Array.from({ length: 500 }, (_, n) => `${name} ${String(n).padStart(4, '0')}`));
  return log;
}

/** Reads all of it; refuses what is larger than `limit()` says. */
async function read(limit: (submitted: number) => number) {
  const sizes: number[] = [];
  const lines: string[] = [];
  const refused: number[] = [];
  const delays: string[] = [];
  const positions = new Map([
    ['t/0', 0n],
    ['t/1', 0n],
  ]);
  const submit = async ({ parts, progress }: Work): Promise<WorkOutcome> => {
    const text = Buffer.from(parts[0]?.lines ?? []).toString();
    if (text.length > limit(sizes.length)) {
      refused.push(text.length);
      throw new MillraceError(refused.length % 2 === 0 ? 'tooLarge' : 'capacityExceeded', 'too much');
    }
    sizes.push(text.length);
    lines.push(...text.split('\n').slice(0, -1));
    assert.equal(parts[0]?.events, text.length / 9);
    for (const [name, { from, to }] of progress?.partitions ?? []) {
      assert.equal(positions.get(name), from);
      positions.set(name, to);
    }
    return { received: 0, sent: 0, dropped: {}, droppedEvents: [] };
  };
  let bytes = 0;
  const dataSource = readDataSource({ dataSource: 'd' });
  const reading = new Reading({
    stream: log().stream(),
    committer: { submit, begin: () => {}, forget: () => {} },
    source: 'test',
    from: new Map(positions),
    origins: new Map(),
    route: (batch) => [{ batch, dataSource }],
    keepUnparseable: 0,
    onCommit: (batch) => {
      bytes += batch.bytes;
    },
    onDelay: (error) => delays.push(error.message),
  });
  const whole = () => assert.equal(lines.length, 1000);
  await Promise.race([settled(whole), reading.ended]);
  const end = await reading.stop();
  return { sizes, refused, lines, delays, bytes, end };
}

test('a batch that is too much is divided where it can be, each half with its positions, and nothing is twice', async () => {
  const { sizes, refused, lines, delays, bytes, end } = await read(() => 2500);
  // 9,000 bytes, then half, then a quarter: twelve steps of 180 bytes are 2,160.
  assert.deepEqual(refused, [9000, 4500]);
  assert.deepEqual(sizes, [2160, 2160, 180, 2160, 2160, 180]);
  assert.equal(new Set(lines).size, 1000);
  assert.deepEqual(lines, lines.toSorted());
  assert.equal(bytes, 8000);
  assert.match(
    delays[0] ?? '',
    /1000 events, 9000 bytes, is too much for the engine at once: it is committed in smaller ones/,
  );
  assert.deepEqual(end, { kind: 'stopped' });
});

test('what cannot be divided any more ends the reading with its error', async () => {
  const { sizes, end } = await read(() => 100);
  assert.deepEqual(sizes, []);
  assert.equal(end.kind === 'failed' && end.error.code, 'tooLarge');
});

test('a batch that the engine has no memory for is taken in smaller ones', async () => {
  await using s = await supervised(undefined, { memoryLimitBytes: 96 * 1024 * 1024 });
  const events = Array.from({ length: 400 }, (_, i) => ({
    time: '2026-06-01T00:00:00Z',
    page: String(i).repeat(20_000),
    n: 1,
  }));
  s.log.append('clicks/0', ...events);
  await s.submit();
  await s.reads(400);
});
