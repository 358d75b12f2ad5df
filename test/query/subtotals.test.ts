/**
 * Subtotals of a groupBy. What a real Druid 33 does: the total over a multi-value dimension counts each value, a limitSpec
 * orders and cuts all of them together.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { countSum, march, pages } from './pages.ts';
import { queryHarness, type Row } from './support.ts';

describe('groupBy with a subtotalsSpec', () => {
  const { ask } = queryHarness(pages);
  const query = (more: Row) => ({
    queryType: 'groupBy',
    dataSource: 'pages',
    intervals: march,
    granularity: 'all',
    dimensions: ['url', { type: 'default', dimension: 'user', outputName: 'who' }],
    subtotalsSpec: [['url'], ['who'], []],
    aggregations: [countSum],
    context: { resultAsArray: true },
    ...more,
  });
  const total = [null, null, 15];

  it('has the rows of each grouping, one after the other; a dimension that is left out is null', async () => {
    assert.deepEqual(await ask(query({})), [
      ['/a', null, 6],
      ['/b', null, 1],
      ['/c', null, 8],
      [null, null, 4],
      [null, 'alice', 1],
      [null, 'bob', 10],
      total,
    ]);
    assert.deepEqual(await ask(query({ subtotalsSpec: [[], []] })), [total, total]);
    assert.deepEqual(((await ask(query({ subtotalsSpec: [['who', 'url'], []] }))) as unknown[]).length, 5);
  });

  it('orders and limits all of them together', async () => {
    const columns = [{ dimension: 'count', direction: 'descending' }];
    assert.deepEqual(await ask(query({ limitSpec: { type: 'default', columns, limit: 2 } })), [
      total,
      [null, 'bob', 10],
    ]);
    assert.deepEqual(await ask(query({ limitSpec: { type: 'default', limit: 1 } })), [['/a', null, 6]]);
    const having = { type: 'greaterThan', aggregation: 'count', value: 9 };
    assert.deepEqual(await ask(query({ having })), [[null, 'bob', 10], total]);
  });

  it('by bucket: each grouping in the order of time, or with a limitSpec all of them', async () => {
    const days = { granularity: 'day', dimensions: ['user'], subtotalsSpec: [['user'], []] };
    const [first, second] = [Date.parse('2018-03-06T00:00:00Z'), Date.parse('2018-03-08T00:00:00Z')];
    assert.deepEqual(await ask(query(days)), [
      [first, null, 4],
      [first, 'alice', 1],
      [first, 'bob', 2],
      [second, 'bob', 8],
      [first, null, 7],
      [second, null, 8],
    ]);
    assert.deepEqual(await ask(query({ ...days, limitSpec: { columns: ['count'] } })), [
      [first, 'alice', 1],
      [first, 'bob', 2],
      [first, null, 4],
      [first, null, 7],
      [second, 'bob', 8],
      [second, null, 8],
    ]);
  });

  it('a total counts each of several values', async () => {
    assert.deepEqual(await ask(query({ dimensions: ['tags'], subtotalsSpec: [[]] })), [[null, 17]]);
  });

  it('the aggregator grouping tells by a bit for each dimension what a row is not grouped by', async () => {
    const aggregations = [{ type: 'grouping', name: 'g', groupings: ['url', 'who'] }];
    const rows = (await ask(query({ aggregations }))) as unknown[][];
    assert.deepEqual(
      rows.map(([, , g]) => g),
      [1, 1, 1, 2, 2, 2, 3],
    );
    assert.deepEqual(await ask(query({ aggregations, subtotalsSpec: null, dimensions: ['tags'] })), [
      [null, 0],
      ['x', 0],
      ['y', 0],
    ]);
  });

  it('without rows there is no total; an empty spec says nothing', async () => {
    assert.deepEqual(await ask(query({ intervals: '2000/2001' })), []);
    assert.deepEqual(await ask(query({ dimensions: [], subtotalsSpec: [] })), [[15]]);
  });

  it('dimensions of other types, and results that are computed', async () => {
    const dimensions = [{ type: 'default', dimension: 'status', outputType: 'LONG' }, 'url'];
    const limitSpec = { columns: [{ dimension: 'url', dimensionOrder: 'alphanumeric' }, 'status'] };
    const filter = { type: 'selector', dimension: 'user', value: 'bob' };
    assert.deepEqual(await ask(query({ dimensions, subtotalsSpec: [['status'], ['url']], limitSpec, filter })), [
      [200, null, 2],
      [500, null, 8],
      [null, '/a', 2],
      [null, '/c', 8],
    ]);
  });

  it('an unknown dimension is told, with the nearest one', async () => {
    await assert.rejects(ask(query({ subtotalsSpec: [[], ['ulr']] })), {
      code: 'invalidInput',
      message: /\$\.subtotalsSpec\[1\]\[0\].*'ulr'.*'url'/,
    });
  });
});
