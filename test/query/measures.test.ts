/** Expected values: arithmetic by hand over the table of page views. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { countSum, march, pages } from './pages.ts';
import { queryHarness, type Row } from './support.ts';

describe('aggregators and post-aggregators of a query', () => {
  const { ask } = queryHarness(pages);
  const over = (queryType: string, more: Row) => ({
    queryType,
    dataSource: 'pages',
    intervals: march,
    granularity: 'all',
    ...more,
  });

  it('post-aggregators read dimensions and results', async () => {
    const query = over('groupBy', {
      dimensions: [{ type: 'default', dimension: 'status', outputName: 's', outputType: 'LONG' }],
      aggregations: [countSum],
      postAggregations: [
        { type: 'expression', name: 'text', expression: "concat(s, ': ', count)" },
        { type: 'expression', name: 'next', expression: 'count + 1' },
        { type: 'expression', name: 'long', expression: 'strlen(text)' },
        { type: 'expression', name: 'list', expression: 'array(s, count)' },
      ],
      having: { type: 'filter', filter: { type: 'expression', expression: 'long > 6' } },
    });
    // 200: 2, 404: 1, 500: 8 have six characters; nothing has none.
    assert.deepEqual(await ask(query), []);
    const all = (await ask({ ...query, having: undefined })) as { event: Row }[];
    assert.deepEqual(all[1]?.event, { s: 200, count: 2, text: '200: 2', next: 3, long: 6, list: [200, 2] });
  });

  it('a post-aggregator that reads what is not there is a mistake', () =>
    assert.rejects(
      ask(over('timeseries', { postAggregations: [{ type: 'expression', name: 'p', expression: 'nothing + 1' }] })),
      { code: 'invalidInput', message: /'nothing'/ },
    ));

  it('any of a multi-value dimension is all of a row', async () => {
    const anyOf = (more: Row) => ({ type: 'stringAny', name: 'any', fieldName: 'tags', ...more });
    const ofBob = (aggregation: Row) =>
      ask(
        over('timeseries', {
          filter: { type: 'selector', dimension: 'url', value: '/a' },
          intervals: '2018-03-06T01:00/PT1H',
          aggregations: [aggregation],
        }),
      );
    const results = async (aggregation: Row) => ((await ofBob(aggregation)) as { result: Row }[])[0]?.result;
    assert.deepEqual(await results(anyOf({})), { any: '[x, y]' });
    assert.deepEqual(await results(anyOf({ aggregateMultipleValues: false })), { any: 'x' });
    assert.deepEqual(await results(anyOf({ fieldName: undefined, expression: 'count * 2' })), { any: '4' });
  });
});
