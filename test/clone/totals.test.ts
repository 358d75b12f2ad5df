import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Interval } from '../../src/catalog/time.ts';
import { parseInterval } from '../../src/catalog/time.ts';
import { areEqual, askOf, totalsOf } from '../../src/clone/totals.ts';
import { pageViews, temporaryBackend } from '../support/backend.ts';

test('sums may be apart by the order of adding, whole numbers and rows not at all', () => {
  const totals = { rows: 3_000_000_000, sum0: 5_000_000_000, sum1: 0.1, scale1: 1e6 };
  assert.equal(areEqual(totals, { ...totals, sum1: 0.1000001 }), true);
  assert.equal(areEqual(totals, { ...totals, sum1: 0.11 }), false);
  assert.equal(areEqual(totals, { ...totals, sum0: 5_000_000_001 }), false);
  assert.equal(areEqual(totals, { ...totals, rows: 3_000_000_001 }), false);
  assert.equal(areEqual({ ...totals, sum1: 'NaN' }, { ...totals, sum1: 'NaN' }), true);
  assert.equal(areEqual({ ...totals, sum1: 'NaN' }, totals), false);
});

test('fractions that cancel out, and what is no number', async () => {
  await using millrace = await temporaryBackend();
  const dimensions = [
    ...['whole', 'part', 'odd'].map((name) => ({ type: name === 'whole' ? 'long' : 'double', name })),
  ];
  await millrace.define(pageViews({ dimensionsSpec: { dimensions }, metricsSpec: [] }));
  await millrace.push('pageviews', [
    { time: '2026-01-01T00:00:00Z', whole: 1, part: 2.5, odd: 'NaN' },
    { time: '2026-01-01T00:01:00Z', whole: 2, part: -2.5, odd: 1 },
  ]);
  const columns = [
    { name: 'whole', type: 'LONG' },
    { name: 'part', type: 'DOUBLE' },
    { name: 'odd', type: 'DOUBLE' },
  ] as const;
  const day = parseInterval('2026-01-01/P1D') as Interval;
  assert.deepEqual(await totalsOf(askOf(millrace.backend), 'pageviews', day, columns), {
    rows: 2,
    sum0: 3,
    sum1: 0,
    sum2: 'NaN',
    scale1: 5,
    scale2: 'NaN',
  });
});
