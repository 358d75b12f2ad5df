import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Submission } from '../../src/backend.ts';
import { MillraceError } from '../../src/errors.ts';
import { generatePageViews, pageViewLines, seededRandom } from '../../src/sources/generator.ts';

const range = { fromMs: Date.parse('2026-01-01T00:00:00Z'), toMs: Date.parse('2026-01-01T00:01:00Z') };

const parse = (lines: Uint8Array): Record<string, unknown>[] =>
  Buffer.from(lines)
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

test('page views are lines of JSON with ascending times within the range', () => {
  const events = parse(pageViewLines(seededRandom(1), 500, range));
  assert.equal(events.length, 500);
  const times = events.map(({ time }) => Date.parse(String(time)));
  assert.equal(times[0], range.fromMs);
  assert.ok(times.every((time, i) => time < range.toMs && time >= (times[i - 1] ?? 0)));
  for (const event of events) {
    assert.deepEqual(Object.keys(event), ['time', 'url', 'user', 'country', 'latencyMs']);
    assert.match(String(event.url), /^\//);
    assert.ok(Number.isInteger(event.latencyMs) && Number(event.latencyMs) >= 5);
  }
});

test('the same seed gives the same events, another one others', () => {
  const lines = (seed: number) => pageViewLines(seededRandom(seed), 100, range).toString();
  assert.equal(lines(7), lines(7));
  assert.notEqual(lines(7), lines(8));
});

test('the past comes first, a full buffer does not end the stream, another error does', async () => {
  const stop = new AbortController();
  const submissions: Submission[] = [];
  const failures = [
    new MillraceError('bufferFull', 'full'),
    undefined,
    new MillraceError('runtimeFailure', 'disk full'),
  ];
  const backend = {
    async push(submission: Submission) {
      submissions.push(submission);
      const failure = failures[submissions.length - 1];
      if (failure) throw failure;
      return { received: submission.events, sent: submission.events, dropped: {}, droppedEvents: [] };
    },
  };
  const generated = generatePageViews({
    backend,
    dataSource: 'views',
    eventsPerSecond: 1000,
    backfillMs: 60_000,
    signal: stop.signal,
  });
  await assert.rejects(generated, /disk full/);
  assert.equal(submissions.length, 3);
  assert.ok(
    submissions.every(({ dataSource, lines, events }) => dataSource === 'views' && parse(lines).length === events),
  );
  const firstTime = parse((submissions[0] as Submission).lines)[0]?.time;
  assert.ok(Date.now() - Date.parse(String(firstTime)) >= 60_000);
});

test('the stream ends with its signal', async () => {
  const signal = AbortSignal.abort();
  const backend = { push: () => Promise.reject(new Error('must not be called')) };
  await generatePageViews({ backend, dataSource: 'views', eventsPerSecond: 1, backfillMs: 0, signal });
});
