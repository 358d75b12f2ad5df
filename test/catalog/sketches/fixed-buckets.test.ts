/** Stored histograms of fixed buckets, in queries. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { pageViews, type TestBackend, temporaryBackend } from '../../support/backend.ts';

const buckets = {
  type: 'fixedBucketsHistogram',
  lowerLimit: 0,
  upperLimit: 200,
  numBuckets: 200,
  outlierHandlingMode: 'overflow',
};
const asked = { ...buckets, name: 'stored', fieldName: 'h' };

async function filled(): Promise<TestBackend> {
  const test = await temporaryBackend();
  const granularitySpec = { segmentGranularity: 'day', queryGranularity: 'hour', rollup: true };
  await test.define(
    pageViews({
      dimensionsSpec: { dimensions: ['page'] },
      metricsSpec: [{ ...buckets, name: 'h', fieldName: 'ms' }],
      granularitySpec,
    }),
  );
  for (let push = 0; push < 2; push++)
    await test.push(
      'pageviews',
      [10, 20, 30, 40, 50].map((ms, i) => ({ time: `2026-06-01T1${i % 2}:00:00Z`, page: '/a', ms })),
    );
  return test;
}

const query = (aggregation: object, postAggregations: readonly object[] = []) => ({
  queryType: 'groupBy',
  dataSource: 'pageviews',
  intervals: '2026-06-01/P1D',
  granularity: 'all',
  dimensions: ['page'],
  aggregations: [aggregation],
  postAggregations,
});

it('parts are merged; of one bucket values lie at equal distances', async () => {
  await using test = await filled();
  const ends = ['min', 'max'].map((type) => ({ type, name: type, fieldName: 'stored' }));
  const quantile = { type: 'quantile', name: 'quantile', fieldName: 'stored', probability: 0.99 };
  const [{ event }] = await test.query(query(asked, [...ends, quantile]));
  // What Druid's own test of the same values expects.
  assert.deepEqual([event.min, event.max, event.quantile], [10, 50, 50.95]);
  assert.match(event.stored, /count=10, max=50.0, min=10.0}$/);
});

it('histograms of other buckets are not merged', async () => {
  await using test = await filled();
  await assert.rejects(test.query(query({ ...asked, numBuckets: 100 })), {
    code: 'invalidInput',
    message: /other buckets than 100 from 0 to 200/,
  });
});

it('what tells of centroids does not tell of buckets', async () => {
  await using test = await filled();
  await assert.rejects(test.query(query(asked, [{ type: 'equalBuckets', name: 'p', fieldName: 'stored' }])), {
    code: 'invalidInput',
    message: /COMPLEX<fixedBucketsHistogram>; expected COMPLEX<approximateHistogram>/,
  });
});
