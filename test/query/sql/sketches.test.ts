/** Sketches in SQL where no Druid was asked: it lacks the extension of approxHistogram, and takes literals only. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type TestBackend, temporaryBackend } from '../../support/backend.ts';

let backend: TestBackend;
before(async () => {
  backend = await temporaryBackend();
  await backend.define({
    dataSource: 'delays',
    timestampSpec: { column: 'time', format: 'iso' },
    dimensionsSpec: { dimensions: [{ type: 'long', name: 'k' }] },
    metricsSpec: [
      { type: 'approxHistogramFold', name: 'histogram', fieldName: 'ms' },
      { type: 'quantilesDoublesSketch', name: 'p', fieldName: 'ms' },
    ],
    granularitySpec: { segmentGranularity: 'day', queryGranularity: 'day' },
  });
  for (const ms of [10, 20, 30, 40])
    await backend.push('delays', [{ time: '2020-01-01T00:00:00Z', k: ms > 20 ? 20 : 10, ms }]);
});
after(() => backend[Symbol.asyncDispose]());

const rows = (query: string) => backend.sql(query);

test('APPROX_QUANTILE of stored histograms and of values', async () => {
  assert.deepEqual(
    await rows(
      'SELECT APPROX_QUANTILE(histogram, 0.75), APPROX_QUANTILE(histogram, 0.5, 100), APPROX_QUANTILE(k, 0.5) FROM delays',
    ),
    [[30, 20, 10]],
  );
  assert.deepEqual(await rows('SELECT APPROX_QUANTILE(histogram, 0.5) FILTER (WHERE k = 20) FROM delays'), [[30]]);
});

test('columns may be named as what is inside of the functions', async () => {
  assert.deepEqual(await rows('SELECT k, DS_RANK(DS_QUANTILES_SKETCH(p), k) AS s FROM delays GROUP BY k ORDER BY k'), [
    [10, 0.5],
    [20, 0],
  ]);
  assert.deepEqual(
    await rows('SELECT k, DS_CDF(DS_QUANTILES_SKETCH(p), k, k + 10) AS v FROM delays GROUP BY k ORDER BY k'),
    [
      [10, '[0.5,1.0,1.0]'],
      [20, '[0.0,0.5,1.0]'],
    ],
  );
});
