/** Rows as a Druid stores them, part by part. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDataSource } from '../../src/spec/data-schema.ts';
import { Promotions } from '../../src/store/promotions.ts';
import { eternity, pageViews, temporaryBackend } from '../support/backend.ts';

const hour = 3_600_000;
const start = Date.UTC(2015, 8, 12);
const parts = [0, 1].map((n) => ({ start: start + n * hour, end: start + (n + 1) * hour }));
const [first, second] = parts as [(typeof parts)[0], (typeof parts)[0]];

const lines = (...rows: readonly unknown[][]) => Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));

const options = {
  dataSource: readDataSource(pageViews()),
  found: [],
  origin: 'a cluster',
  replace: false,
  sample: 1,
};

const totals = {
  queryType: 'timeseries',
  dataSource: 'pageviews',
  granularity: 'all',
  intervals: eternity,
  aggregations: [
    { type: 'count', name: 'rows' },
    { type: 'longSum', name: 'views', fieldName: 'views' },
  ],
};

test('what was stopped goes on: parts that are done stay, the one under way begins anew', async () => {
  await using millrace = await temporaryBackend();
  {
    await using rows = await millrace.backend.importRows(options);
    await rows.begin(first);
    assert.equal(await rows.add(rows.columns, lines([start, '/a', 'bob', 3, 10], [start, '/b', null, 4, null])), 2);
    await rows.end(first, 2);
    await rows.begin(second);
    await rows.add(rows.columns, lines([start + hour, '/half', 'of it', 100, 1]));
  }
  await millrace.reopen();
  await using rows = await millrace.backend.importRows(options);
  assert.deepEqual([rows.rowsOf(first), rows.rowsOf(second)], [2, undefined]);
  await rows.begin(second);
  await rows.add(rows.columns, lines([start + hour, '/c', 'eve', 5, 1]));
  await rows.end(second, 1);
  await rows.finish();
  assert.deepEqual((await millrace.query(totals))[0].result, { rows: 3, views: 12 });
  assert.deepEqual(await millrace.rows('pageviews', ['url', 'user', 'views', 'bytes']), [
    ['/a', 'bob', 3, 10],
    ['/b', null, 4, null],
    ['/c', 'eve', 5, 1],
  ]);
});

test('another import begins anew, but only in place of what is there', async () => {
  await using millrace = await temporaryBackend();
  {
    await using rows = await millrace.backend.importRows(options);
    await rows.begin(first);
    await rows.add(rows.columns, lines([start, '/a', 'bob', 3, 10]));
    await rows.end(first, 1);
  }
  const other = { ...options, origin: 'another cluster' };
  await assert.rejects(millrace.backend.importRows(other), { code: 'conflict' });
  await using rows = await millrace.backend.importRows({ ...other, replace: true });
  assert.equal(rows.rowsOf(first), undefined);
  await rows.finish();
  assert.equal((await millrace.query(totals))[0].result.rows, 0);
});

test('a dataSource that is pushed to is not imported into', async () => {
  await using millrace = await temporaryBackend();
  await millrace.define(pageViews());
  await millrace.push('pageviews', [{ time: '2015-09-12', url: '/' }]);
  await assert.rejects(millrace.backend.importRows(options), { code: 'conflict' });
  assert.equal((await millrace.query(totals))[0].result.rows, 1);
});

test('several values, nested values and arrays are as they were', async () => {
  await using millrace = await temporaryBackend();
  const dataSource = readDataSource({
    dataSource: 'pageviews',
    dimensionsSpec: {
      dimensions: [
        'tags',
        'text',
        { name: 'n', type: 'json' },
        { name: 'longs', type: 'auto', castToType: 'ARRAY<LONG>' },
      ],
    },
    granularitySpec: { rollup: false },
  });
  const found = [{ name: 'tags', type: 'string', multiValue: true } as const];
  await using rows = await millrace.backend.importRows({ ...options, dataSource, found });
  const stored = [
    [start, ['b', 'a', 'b'], '["no list"]', { a: [1, 'x'] }, [1, null]],
    [start, 'single', '5', 'text', []],
    [start, null, '', null, null],
  ];
  await rows.begin(first);
  await rows.add(rows.columns, lines(...stored));
  await rows.end(first, 3);
  await rows.finish();
  const answered = await millrace.rows('pageviews', ['tags', 'text', 'n', 'longs']);
  const byText = (a: unknown, b: unknown) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
  assert.deepEqual(answered, stored.map(([, ...values]) => values).sort(byText));
});

test('what replaces a dataSource that was promoted is here', async () => {
  await using millrace = await temporaryBackend();
  await millrace.define(pageViews());
  const promotions = new Promotions(millrace.backend.store);
  await promotions.write({ dataSource: 'pageviews', phase: 'done', settings: '{}', task: undefined });
  await promotions.writeChunks('pageviews', [{ startMs: start, version: '1', agrees: true }]);
  await using rows = await millrace.backend.importRows({ ...options, replace: true });
  await rows.finish();
  assert.deepEqual([await promotions.all(), await promotions.chunks('pageviews')], [[], new Map()]);
});
