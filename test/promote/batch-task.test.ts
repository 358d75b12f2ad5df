/** How time chunks become requests and tasks. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pieces } from '../../src/promote/batch-task.ts';
import { tasksOf } from '../../src/promote/history.ts';

const hour = 3_600_000;
const chunk = (n: number, rows: number) => ({
  startMs: n * hour,
  endMs: (n + 1) * hour,
  rows,
  liveRows: 0,
  version: 'v',
});

test('small chunks next to each other are one request, a large one is cut by time', () => {
  assert.deepEqual(pieces([chunk(0, 10), chunk(1, 10), chunk(5, 10)]), [
    { start: 0, end: 2 * hour },
    { start: 5 * hour, end: 6 * hour },
  ]);
  assert.deepEqual(pieces([chunk(0, 600_000), chunk(1, 600_000)]).length, 2);
  assert.deepEqual(pieces([chunk(0, 1_900_000), chunk(1, 1)]), [
    { start: 0, end: hour / 2 },
    { start: hour / 2, end: hour },
    { start: hour, end: 2 * hour },
  ]);
});

test('requests cover each moment of the chunks once', () => {
  const chunks = Array.from({ length: 50 }, (_, n) => chunk(n, 1 + ((n * 97_003) % 3_300_000)));
  const cut = pieces(chunks);
  assert.equal(cut[0]?.start, 0);
  assert.equal(cut.at(-1)?.end, 50 * hour);
  for (const [i, { start }] of cut.entries()) if (i > 0) assert.equal(start, cut[i - 1]?.end);
});

test('a task takes some millions of rows, and each chunk is in one', () => {
  const chunks = Array.from({ length: 12 }, (_, n) => chunk(n, 1_500_000));
  const tasks = tasksOf([...chunks, chunk(20, 9_000_000)]);
  assert.deepEqual(
    tasks.map((task) => task.length),
    [3, 3, 3, 3, 1],
  );
});
