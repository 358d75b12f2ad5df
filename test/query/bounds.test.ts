/** Absurd queries: answered or refused, never a crash, and never SQL that grows without end. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { planNativeQuery } from '../../src/query/native.ts';
import { countSum, march, pages } from './pages.ts';
import { queryHarness, type Row } from './support.ts';

const query = (more: Row) => ({
  queryType: 'timeseries',
  dataSource: 'pages',
  intervals: march,
  granularity: 'all',
  aggregations: [countSum],
  ...more,
});

/** The value wrapped `times` times. */
const nested = (times: number, inner: Row, wrap: (value: Row) => Row): Row =>
  times === 0 ? inner : nested(times - 1, wrap(inner), wrap);

describe('bounds', () => {
  const { ask } = queryHarness(pages);
  const resultOf = async (more: Row) => ((await ask(query(more))) as { result: Row }[])[0]?.result;
  const bob = { type: 'selector', dimension: 'user', value: 'bob' };

  it('nesting: some is fine, too much is refused', async () => {
    const nots = (times: number) => nested(times, bob, (field) => ({ type: 'not', field }));
    assert.deepEqual(await resultOf({ filter: nots(100) }), { count: 10 });
    await assert.rejects(ask(query({ filter: nots(5000) })), { code: 'invalidInput', message: /nested/ });
  });

  it('thousands of filters, a hundred thousand values, hundreds of intervals', async () => {
    const fields = Array.from({ length: 2000 }, (_, i) => ({ ...bob, value: `user ${i}` }));
    assert.deepEqual(await resultOf({ filter: { type: 'or', fields: [...fields, bob] } }), { count: 10 });
    const values = Array.from({ length: 100_000 }, (_, i) => `user ${i}`);
    assert.deepEqual(await resultOf({ filter: { type: 'in', dimension: 'user', values: [...values, 'bob'] } }), {
      count: 10,
    });
    const minutes = (count: number) =>
      Array.from(
        { length: count },
        (_, i) => `${new Date(Date.parse('2018-03-06T00:00Z') + i * 120_000).toISOString()}/PT1M`,
      );
    // 01:10 and 01:20 begin even minutes, and so do 04:20 and, on the next day but one, 02:20.
    assert.deepEqual(await resultOf({ intervals: minutes(200) }), { count: 7 });
    await assert.rejects(ask(query({ intervals: minutes(1001) })), {
      code: 'invalidInput',
      message: /1001 separate intervals/,
    });
  });

  it('nested arithmetic and chains of post-aggregators do not double their SQL', async () => {
    const half = (left: Row): Row => ({
      type: 'arithmetic',
      name: 'x',
      fn: '/',
      fields: [left, { type: 'constant', value: 2 }],
    });
    const count = { type: 'fieldAccess', fieldName: 'count' };
    const halves = (times: number) => [{ ...nested(times, count, half), name: 'half' }];
    assert.equal((await resultOf({ postAggregations: halves(3) }))?.half, 15 / 8);
    assert.equal((await resultOf({ postAggregations: halves(50) }))?.half, 15 / 2 ** 50);
    const chain = Array.from({ length: 40 }, (_, i) => {
      const fieldName = i === 0 ? 'count' : `p${i - 1}`;
      return {
        type: 'arithmetic',
        name: `p${i}`,
        fn: '-',
        fields: [1, 2].map(() => ({ type: 'fieldAccess', fieldName })),
      };
    });
    assert.equal((await resultOf({ postAggregations: chain }))?.p39, 0);
    const length = (postAggregations: unknown) =>
      planNativeQuery(query({ postAggregations }), { table: () => pages, nowMs: 0 }).plan.statement?.text.length ?? 0;
    assert.ok(length(halves(60)) < 2 * length(halves(30)));
    assert.ok(length(chain) < 3 * length(chain.slice(0, 20)));
  });

  it('cascades of extractions do not, either', async () => {
    const buckets = Array.from({ length: 40 }, () => ({ type: 'bucket', size: 100 }));
    const dimension = {
      type: 'extraction',
      dimension: 'status',
      extractionFn: { type: 'cascade', extractionFns: buckets },
    };
    const groups = (await ask({ ...query({ queryType: 'groupBy' }), dimensions: [dimension] })) as { event: Row }[];
    assert.deepEqual(
      groups.map(({ event }) => event.status),
      [null, '200', '400', '500'],
    );
  });

  it('more parts than the engine takes in one expression is a 400', async () => {
    const fields = Array.from({ length: 3000 }, () => ({ type: 'fieldAccess', fieldName: 'count' }));
    const postAggregations = [{ type: 'arithmetic', name: 'sum', fn: '+', fields }];
    await assert.rejects(ask(query({ postAggregations })), { code: 'invalidInput' });
  });

  it('times at the ends of the calendar', async () => {
    const hours = (intervals: string) => ask(query({ intervals, granularity: 'day' }));
    const expected = [
      { timestamp: '2018-03-06T00:00:00.000Z', result: { count: 7 } },
      { timestamp: '2018-03-08T00:00:00.000Z', result: { count: 8 } },
    ];
    for (const intervals of [
      '-146136543-09-08T08:23:32.096Z/146140482-04-24T15:36:27.903Z',
      '0000/9999',
      '-200000/200000',
    ])
      assert.deepEqual(await hours(intervals), expected, intervals);
    assert.deepEqual(await ask(query({ intervals: [], granularity: 'day' })), []);
  });
});
