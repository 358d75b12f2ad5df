/** How time chunks become requests and tasks. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batchTask, pieces } from '../../src/promote/batch-task.ts';
import { tasksOf } from '../../src/promote/history.ts';
import { sql } from '../../src/sql.ts';

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
  assert.deepEqual(pieces([chunk(0, 1_600_000), chunk(1, 1_600_000)]).length, 2);
  assert.deepEqual(pieces([chunk(0, 4_900_000), chunk(1, 1)]), [
    { start: 0, end: hour / 2 },
    { start: hour / 2, end: hour },
    { start: hour, end: 2 * hour },
  ]);
});

test('a task has subtasks where each has enough to do', () => {
  const dataSchema = { dataSource: 'clicks', granularitySpec: { segmentGranularity: 'hour' } };
  const form = { fields: sql`*`, dimensions: [], metrics: [], renamed: new Map(), formless: [] };
  const subtasks = (...chunks: ReturnType<typeof chunk>[]) => {
    const source = { dataSchema, form, address: 'http://here.test', freeSubtasks: 4 };
    const { spec } = batchTask('id', chunks, source).json as { spec: { tuningConfig: object } };
    return (spec.tuningConfig as { maxNumConcurrentSubTasks: number }).maxNumConcurrentSubTasks;
  };
  assert.equal(subtasks(chunk(0, 1_000_000), chunk(1, 1_000_000)), 1, 'one request');
  assert.equal(subtasks(chunk(0, 2_000_000), chunk(1, 2_000_000)), 2);
  assert.equal(subtasks(chunk(0, 10_000_000), chunk(1, 10_000_000)), 4, 'as many as are free');
  assert.equal(subtasks(chunk(0, 1_000_000), chunk(5, 1_000), chunk(9, 1_000)), 1, 'many small requests');
});

test('requests cover each moment of the chunks once', () => {
  const chunks = Array.from({ length: 50 }, (_, n) => chunk(n, 1 + ((n * 970_003) % 8_300_000)));
  const cut = pieces(chunks);
  assert.equal(cut[0]?.start, 0);
  assert.equal(cut.at(-1)?.end, 50 * hour);
  for (const [i, { start }] of cut.entries()) if (i > 0) assert.equal(start, cut[i - 1]?.end);
});

test('a task takes some millions of rows, and each chunk is in one', () => {
  const chunks = Array.from({ length: 12 }, (_, n) => chunk(n, 3_000_000));
  const tasks = tasksOf([...chunks, chunk(20, 19_000_000)]);
  assert.deepEqual(
    tasks.map((task) => task.length),
    [3, 3, 3, 3, 1],
  );
});
