/** Queries over queries. https://druid.apache.org/docs/latest/querying/datasource#query */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { at, countSum, march, pages } from './pages.ts';
import { queryHarness, type Row } from './support.ts';

describe('queries over queries', () => {
  const { ask } = queryHarness(pages);
  const base = { intervals: march, granularity: 'all', aggregations: [countSum] };
  const groupBy = (more: Row) => ({ ...base, queryType: 'groupBy', dataSource: 'pages', ...more });
  const over = (query: Row) => ({ type: 'query', query });
  const events = async (query: Row) => ((await ask(query)) as { event: Row }[]).map(({ event }) => event);
  const byUserAndUrl = over(
    groupBy({ dimensions: ['user', { type: 'default', dimension: 'url', outputName: 'page' }] }),
  );

  it('a groupBy over a groupBy reads its dimensions, aggregators and post-aggregators', async () => {
    const aggregations = [
      { type: 'count', name: 'pages' },
      { type: 'longMax', name: 'most', fieldName: 'count' },
      { type: 'stringFirst', name: 'first', fieldName: 'page' },
    ];
    assert.deepEqual(await events(groupBy({ dataSource: byUserAndUrl, dimensions: ['user'], aggregations })), [
      { user: null, pages: 1, most: 4, first: '/a' },
      { user: 'alice', pages: 1, most: 1, first: '/b' },
      { user: 'bob', pages: 2, most: 8, first: '/a' },
    ]);
    const inner = groupBy({
      dimensions: ['url'],
      postAggregations: [
        {
          type: 'arithmetic',
          name: 'half',
          fn: '/',
          fields: [
            { type: 'fieldAccess', fieldName: 'count' },
            { type: 'constant', value: 2 },
          ],
        },
      ],
    });
    const halves = [{ type: 'doubleSum', name: 'halves', fieldName: 'half' }];
    assert.deepEqual(await events(groupBy({ dataSource: over(inner), aggregations: halves })), [{ halves: 7.5 }]);
  });

  it("the inner query's having, order, limit and filter count, and so does the outer filter", async () => {
    const limitSpec = { type: 'default', columns: [{ dimension: 'count', direction: 'descending' }], limit: 2 };
    const filter = { type: 'not', field: { type: 'selector', dimension: 'url', value: '/a' } };
    const top = over(groupBy({ dimensions: ['url'], limitSpec }));
    assert.deepEqual(await events(groupBy({ dataSource: top })), [{ count: 14 }]);
    assert.deepEqual(await events(groupBy({ dataSource: top, filter, dimensions: ['url'] })), [
      { url: '/c', count: 8 },
    ]);
    const having = { type: 'lessThan', aggregation: 'count', value: 8 };
    assert.deepEqual(await events(groupBy({ dataSource: over(groupBy({ dimensions: ['url'], having })) })), [
      { count: 7 },
    ]);
  });

  it('rows of a groupBy are of their bucket', async () => {
    const days = over(groupBy({ granularity: 'day', dimensions: ['user'] }));
    const aggregations = [{ type: 'longMax', name: 'most', fieldName: 'count' }];
    const context = { skipEmptyBuckets: true };
    const query = { ...base, queryType: 'timeseries', dataSource: days, granularity: 'day', aggregations, context };
    assert.deepEqual(await ask(query), [
      { timestamp: at('06T00:00'), result: { most: 4 } },
      { timestamp: at('08T00:00'), result: { most: 8 } },
    ]);
    assert.deepEqual(await ask({ ...query, intervals: '2018-03-07/P2D' }), [
      { timestamp: at('08T00:00'), result: { most: 8 } },
    ]);
  });

  it('with one bucket for everything a groupBy sees them where that begins, other queries at 1970', async () => {
    const query = { ...base, queryType: 'timeseries', dataSource: byUserAndUrl, context: { skipEmptyBuckets: true } };
    assert.deepEqual(await ask(query), []);
    assert.deepEqual(await ask({ ...query, intervals: '1970/1971' }), [
      { timestamp: '1970-01-01T00:00:00.000Z', result: { count: 15 } },
    ]);
    assert.deepEqual(await events(groupBy({ dataSource: byUserAndUrl, intervals: '2018-03-01/P1D' })), [{ count: 15 }]);
  });

  it('buckets without rows are filled over the whole interval, within limits', async () => {
    const query = { ...base, queryType: 'timeseries', dataSource: byUserAndUrl, granularity: 'month' };
    assert.deepEqual(await ask({ ...query, intervals: '1969-12/1970-03' }), [
      { timestamp: '1969-12-01T00:00:00.000Z', result: { count: null } },
      { timestamp: '1970-01-01T00:00:00.000Z', result: { count: 15 } },
      { timestamp: '1970-02-01T00:00:00.000Z', result: { count: null } },
    ]);
    const intervals = '-146136543-09-08T08:23:32.096Z/146140482-04-24T15:36:27.903Z';
    assert.deepEqual(await ask({ ...query, intervals, granularity: 'all' }), [
      { timestamp: '-146136543-09-08T08:23:32.096Z', result: { count: 15 } },
    ]);
    await assert.rejects(ask({ ...query, intervals }), { code: 'invalidInput', message: /skipEmptyBuckets/ });
  });

  it('a topN over a groupBy', async () => {
    const aggregations = [{ type: 'count', name: 'pages' }];
    const top = { queryType: 'topN', dimension: 'user', metric: 'pages', threshold: 1 };
    const intervals = '1970/1971';
    assert.deepEqual(await ask({ ...base, ...top, dataSource: byUserAndUrl, aggregations, intervals }), [
      { timestamp: '1970-01-01T00:00:00.000Z', result: [{ user: 'bob', pages: 2 }] },
    ]);
  });

  it('sketches merge further', async () => {
    const users = { type: 'hyperUnique', name: 'users', fieldName: 'user' };
    const inner = over(groupBy({ dimensions: ['url'], aggregations: [users] }));
    const all = { type: 'hyperUnique', name: 'all', fieldName: 'users' };
    assert.deepEqual(await events(groupBy({ dataSource: inner, aggregations: [all] })), [{ all: 2 }]);
  });

  it('a groupBy over a scan keeps times and several values', async () => {
    const scan = { queryType: 'scan', dataSource: 'pages', intervals: march, columns: ['__time', 'tags', 'count'] };
    assert.deepEqual(await events(groupBy({ dataSource: over(scan), dimensions: ['tags'] })), [
      { tags: null, count: 4 },
      { tags: 'x', count: 3 },
      { tags: 'y', count: 10 },
    ]);
    const first = over({ ...scan, order: 'descending', limit: 1 });
    assert.deepEqual(await events(groupBy({ dataSource: first, intervals: '2018-03-08/P1D' })), [{ count: 8 }]);
    const timeless = over({ ...scan, columns: ['count'] });
    assert.deepEqual(await events(groupBy({ dataSource: timeless, intervals: '1970/1971' })), [{ count: 15 }]);
  });

  it('goes as deep as one likes', async () => {
    let dataSource: unknown = 'pages';
    for (let depth = 0; depth < 10; depth++) dataSource = over(groupBy({ dataSource, dimensions: ['url'] }));
    assert.deepEqual(await events(groupBy({ dataSource })), [{ count: 15 }]);
  });

  it('mistakes are told with their place inside', async () => {
    const limitSpec = { columns: ['cuont'] };
    const refused = (query: Row) => ask(groupBy({ dataSource: over(query) }));
    await assert.rejects(refused(groupBy({ limitSpec })), {
      code: 'invalidInput',
      message: /\$\.dataSource\.query\.limitSpec.*'count'/,
    });
    await assert.rejects(refused(groupBy({ filter: { type: 'selectr' } })), {
      code: 'invalidInput',
      message: /\$\.dataSource\.query\.filter\.type.*'selector'/,
    });
    await assert.rejects(refused({ queryType: 'timeBoundary', dataSource: 'pages' }), {
      code: 'invalidInput',
      message: /\$\.dataSource\.query\.queryType.*timeBoundary/,
    });
  });
});
