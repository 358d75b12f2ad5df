/** The map of offsets against a naive one: an entry for each record, and a search from its beginning. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  mostExactChunks,
  mostRunsInChunk,
  type OffsetChunk,
  OffsetRuns,
} from '../../../src/mirror/ledger/offset-runs.ts';
import { decodeRuns, encodeRuns } from '../../../src/mirror/ledger/run-coding.ts';

class NaiveMap {
  /** Source offset → target offset, ascending. */
  records: [number, number][] = [];
  next = 0;

  append(source: number, target: number, count: number): void {
    for (let i = 0; i < count; i++) this.records.push([source + i, target + i]);
    this.next = source + count;
  }

  rewind(source: number): void {
    this.records = this.records.filter(([offset]) => offset < source);
    this.next = source;
  }

  translate(source: number): { offset: number; isExact: boolean } | undefined {
    const first = this.records[0];
    const last = this.records.at(-1);
    if (first === undefined || last === undefined) return undefined;
    const found = this.records.find(([offset]) => offset >= source);
    return { offset: found?.[1] ?? last[1] + 1, isExact: source >= first[0] && source <= this.next };
  }
}

/** As the ledger's topic: what was written, one after the other; compaction keeps of each key what was written last. */
class NaiveLedger {
  written: OffsetChunk[] = [];

  /** Up to there, as it is done: the newest part of a topic is left as it is. */
  compact(share: number): void {
    const end = Math.floor(this.written.length * share);
    const last = new Map(this.written.slice(0, end).map(({ number }, at) => [number, at]));
    this.written = this.written.filter(({ number }, at) => at >= end || last.get(number) === at);
  }

  read(): OffsetRuns {
    const runs = new OffsetRuns();
    for (const chunk of this.written) runs.load(chunk);
    return runs;
  }
}

type Step =
  | { readonly do: 'append'; readonly sourceGap: number; readonly targetGap: number; readonly count: number }
  | { readonly do: 'advance'; readonly by: number }
  | { readonly do: 'rewind'; readonly share: number }
  | { readonly do: 'compact'; readonly share: number }
  | { readonly do: 'commit' };

const share = fc.double({ min: 0, max: 1, noNaN: true });
const step = fc.oneof(
  {
    weight: 30,
    arbitrary: fc.record({
      do: fc.constant('append' as const),
      sourceGap: fc.constantFrom(0, 0, 0, 1, 7),
      targetGap: fc.constantFrom(0, 1, 1, 1, 30),
      count: fc.integer({ min: 1, max: 5 }),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('advance' as const), by: fc.integer({ min: 0, max: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('rewind' as const), share }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('compact' as const), share }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('commit' as const) }) },
);
// Several chunks long, and cut into commits as it comes.
const history = fc.array(step, { minLength: 50, maxLength: 500, size: 'max' });

function play(steps: readonly Step[]): { runs: OffsetRuns; naive: NaiveMap; ledger: NaiveLedger } {
  const runs = new OffsetRuns();
  const naive = new NaiveMap();
  const ledger = new NaiveLedger();
  let targetEnd = 0;
  runs.advance(0);
  for (const one of steps) {
    if (one.do === 'append') {
      const source = naive.next + one.sourceGap;
      const target = targetEnd + one.targetGap;
      runs.append(source, target, one.count);
      naive.append(source, target, one.count);
      targetEnd = target + one.count;
    } else if (one.do === 'advance') {
      naive.next += one.by;
      runs.advance(naive.next);
    } else if (one.do === 'rewind') {
      naive.rewind(Math.floor(naive.next * one.share));
      runs.rewind(naive.next);
    } else if (one.do === 'compact') ledger.compact(one.share);
    else ledger.written.push(...runs.takeChanges());
  }
  ledger.written.push(...runs.takeChanges());
  return { runs, naive, ledger };
}

function assertSame(runs: OffsetRuns, naive: NaiveMap): void {
  assert.equal(runs.next, naive.next);
  const end = Math.max(naive.next, (naive.records.at(-1)?.[0] ?? 0) + 1);
  for (let source = 0; source <= end + 2; source++) {
    assert.deepEqual(runs.translate(source), naive.translate(source), `source offset ${source}`);
  }
}

test('every offset is translated as by a map of each record, before and after it went through the ledger', () => {
  fc.assert(
    fc.property(history, (steps) => {
      const { runs, naive, ledger } = play(steps);
      assertSame(runs, naive);
      assertSame(ledger.read(), naive);
    }),
  );
});

test('a chunk holds no more runs than it may, and one that is full is not written again', () => {
  const runs = new OffsetRuns();
  const chunks: OffsetChunk[] = [];
  for (let i = 0; i < 3 * mostRunsInChunk + 1; i++) {
    runs.append(10 * i, 11 * i, 10);
    chunks.push(...runs.takeChanges());
  }
  assert.deepEqual(
    [...Map.groupBy(chunks, ({ number }) => number)].map(([number, written]) => [number, written.length]),
    [
      [0, mostRunsInChunk],
      [1, mostRunsInChunk],
      [2, mostRunsInChunk],
      [3, 1],
    ],
  );
  assert.ok(chunks.every((chunk) => (chunk.runs?.length ?? 0) <= 3 * mostRunsInChunk));
  assert.deepEqual(runs.takeChanges(), []);
});

test('what goes on where it ended, at both sides, stays one run', () => {
  const runs = new OffsetRuns();
  runs.append(100, 7, 50);
  runs.append(150, 57, 50);
  assert.deepEqual(runs.takeChanges(), [{ number: 0, runs: [100, 7, 100], next: 200 }]);
});

test('what is in neither log any more is forgotten, in the ledger too, and the rest is translated as before', () => {
  fc.assert(
    fc.property(history, share, share, (steps, sourceShare, targetShare) => {
      const { runs, naive, ledger } = play(steps);
      const last = naive.records.at(-1);
      if (last === undefined) return;
      const sourceStart = Math.floor(naive.next * sourceShare);
      const targetStart = Math.floor(last[1] * targetShare);
      runs.prune(sourceStart, targetStart);
      ledger.written.push(...runs.takeChanges());
      for (const pruned of [runs, ledger.read()]) {
        for (let source = sourceStart; source <= naive.next; source++) {
          const expected = naive.translate(source)?.offset as number;
          if (expected >= targetStart) assert.equal(pruned.translate(source)?.offset, expected);
        }
      }
    }),
  );
  const runs = new OffsetRuns();
  for (let i = 0; i < 3 * mostRunsInChunk; i++) runs.append(2 * i, 3 * i, 2);
  runs.takeChanges();
  runs.prune(2 * 2 * mostRunsInChunk, 0);
  const forgotten = runs.takeChanges().map(({ number, runs }) => [number, runs]);
  assert.deepEqual(forgotten, [
    [0, undefined],
    [1, undefined],
  ]);
});

test('of what is old only the beginnings of chunks are kept, and nothing is skipped', () => {
  const runs = new OffsetRuns();
  const ledger = new NaiveLedger();
  const chunks = mostExactChunks + 3 * mostRunsInChunk;
  // Ten records, then the marker of a transaction.
  for (let commit = 0; commit < chunks * mostRunsInChunk; commit++) {
    runs.append(10 * commit, 11 * commit, 10);
    if (commit % mostRunsInChunk === 0) ledger.written.push(...runs.takeChanges());
  }
  ledger.written.push(...runs.takeChanges());
  ledger.compact(1);
  const kept = ledger.written.filter((chunk) => chunk.runs !== undefined).length;
  assert.equal(kept, 3 + mostExactChunks);
  const end = 10 * chunks * mostRunsInChunk;
  const placeOf = (source: number) => source + Math.floor(source / 10);
  const exactFrom = 3 * mostRunsInChunk * mostRunsInChunk * 10;
  const read = ledger.read();
  for (let source = 0; source <= end; source += 96) {
    const expected = source < exactFrom ? placeOf(source - (source % (10 * mostRunsInChunk))) : placeOf(source);
    const isEnd = source === end;
    const translated = {
      offset: isEnd ? expected - 1 : expected,
      isExact: source >= exactFrom || placeOf(source) === expected,
    };
    assert.deepEqual(runs.translate(source), translated, `source offset ${source}`);
    assert.deepEqual(read.translate(source), translated);
  }
  read.prune(exactFrom / 2, 0);
  assert.equal(read.translate(exactFrom)?.offset, placeOf(exactFrom));
  read.rewind(exactFrom / 2);
  read.append(exactFrom / 2, placeOf(end), 10);
  assert.deepEqual(read.translate(exactFrom / 2 + 1), { offset: placeOf(end) + 1, isExact: true });
  assert.deepEqual(read.translate(exactFrom / 2 - 1)?.isExact, false);
});

test('offsets that the mirror has not reached, and those before it began, are said not to be exact', () => {
  const runs = new OffsetRuns();
  assert.equal(runs.translate(0), undefined);
  runs.append(100, 1000, 10);
  runs.advance(115);
  assert.deepEqual(runs.translate(99), { offset: 1000, isExact: false });
  assert.deepEqual(runs.translate(115), { offset: 1010, isExact: true });
  assert.deepEqual(runs.translate(116), { offset: 1010, isExact: false });
});

test('records that are on the target at nobody knows which place are never skipped', () => {
  const runs = new OffsetRuns();
  runs.append(100, 500, 10);
  runs.append(110, -1, 10);
  runs.append(120, 521, 10);
  assert.deepEqual(runs.translate(110), { offset: 510, isExact: true });
  assert.deepEqual(runs.translate(120), { offset: 521, isExact: true });
});

test('mirroring an offset twice without rewinding is refused', () => {
  const runs = new OffsetRuns();
  runs.append(100, 0, 10);
  assert.throws(() => runs.append(109, 20, 1), /source offset 109 is mirrored a second time: the ledger is at 110/);
  runs.rewind(105);
  runs.append(105, 20, 5);
  assert.deepEqual(runs.translate(106), { offset: 21, isExact: true });
});

test('runs are read from their bytes as they were, offsets beyond 32 bits and targets that began anew too', () => {
  const offset = fc.integer({ min: 0, max: 2 ** 51 - 1 });
  const run = fc.tuple(fc.integer({ min: 0, max: 2 ** 40 }), offset, fc.integer({ min: 1, max: 2 ** 40 }));
  fc.assert(
    fc.property(fc.array(run, { maxLength: mostRunsInChunk }), (parts) => {
      let source = 0;
      const runs = parts.flatMap(([gap, target, count]) => {
        const run = [source + gap, target, count];
        source += gap + count;
        return run;
      });
      assert.deepEqual(decodeRuns(encodeRuns(runs)), runs);
    }),
  );
});

test('a run costs few bytes of memory', () => {
  const perChunk = encodeRuns(
    Array.from({ length: mostRunsInChunk }, (_, i) => [1e9 + 500 * i, 2e9 + 501 * i, 500]).flat(),
  ).length;
  assert.ok(perChunk < 5 * mostRunsInChunk, `${perChunk} bytes`);
});

test('of what another mirror has brought both ends are known: too early a place for who is behind, never too late a one', () => {
  const runs = new OffsetRuns();
  runs.append(0, 5, 0);
  runs.append(100, 95, 0);
  assert.equal(runs.next, 100);
  assert.deepEqual(runs.translate(40), { offset: 5, isExact: false });
  assert.deepEqual(runs.translate(100), { offset: 95, isExact: true });
  // A transaction's mark came between.
  runs.append(100, 96, 10);
  assert.deepEqual(runs.translate(99), { offset: 5, isExact: false });
  assert.deepEqual(runs.translate(100), { offset: 96, isExact: true });
  assert.deepEqual(runs.translate(105), { offset: 101, isExact: true });
});
