import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { at, countSum, latencySum, march, pages } from './pages.ts';
import { queryHarness, type Row, tableOf } from './support.ts';

/** Ties, a null metric, and values that sort differently as text and as numbers. */
const scores = tableOf({
  dataSource: 'scores',
  dimensions: { name: 'STRING' },
  metrics: { score: 'DOUBLE' },
  rows: [
    { name: 'file10', score: 5 },
    { name: 'file9', score: 5 },
    { name: 'none', score: null },
    { name: 'file1', score: 7 },
    { name: null, score: 5 },
  ],
});

describe('topN', () => {
  const { ask } = queryHarness(pages, scores);
  const query = (more: Row) => ({
    queryType: 'topN',
    dataSource: 'pages',
    intervals: march,
    granularity: 'all',
    dimension: 'url',
    metric: 'count',
    threshold: 2,
    aggregations: [countSum, latencySum],
    ...more,
  });
  const top = (result: readonly Row[], time = at('06T01:10')) => ({ timestamp: time, result });

  it('gives the first values of a metric, numeric or inverted, or of a post-aggregator', async () => {
    const c = { url: '/c', count: 8, latency: 0.25 };
    const a = { url: '/a', count: 6, latency: 1.5 };
    const b = { url: '/b', count: 1, latency: 3 };
    assert.deepEqual(await ask(query({})), [top([c, a])]);
    assert.deepEqual(await ask(query({ metric: { type: 'numeric', metric: 'latency' } })), [top([b, a])]);
    assert.deepEqual(await ask(query({ metric: { type: 'inverted', metric: 'count' } })), [top([b, a])]);
    const fields = ['latency', 'count'].map((fieldName) => ({ type: 'fieldAccess', fieldName }));
    const postAggregations = [{ type: 'arithmetic', name: 'mean', fn: '/', fields }];
    assert.deepEqual(await ask(query({ metric: 'mean', threshold: 1, postAggregations })), [top([{ ...b, mean: 3 }])]);
  });

  const namesBy = async (metric: unknown, threshold = 10) => {
    const aggregations = [{ type: 'doubleSum', name: 'score', fieldName: 'score' }];
    const answer = await ask(
      query({ dataSource: 'scores', intervals: '2000/2001', dimension: 'name', aggregations, metric, threshold }),
    );
    return (answer as { result: { name: string | null }[] }[])[0]?.result.map(({ name }) => name);
  };

  it('ties go by the dimension, and null metrics come last in both directions', async () => {
    assert.deepEqual(await namesBy('score'), ['file1', null, 'file10', 'file9', 'none']);
    assert.deepEqual(await namesBy({ type: 'inverted', metric: 'score' }), [null, 'file10', 'file9', 'file1', 'none']);
  });

  it('orders by the dimension itself, and begins after previousStop', async () => {
    const dimension = (more: Row = {}) => ({ type: 'dimension', ...more });
    assert.deepEqual(await namesBy(dimension()), [null, 'file1', 'file10', 'file9', 'none']);
    assert.deepEqual(await namesBy(dimension({ ordering: 'alphanumeric' })), [
      null,
      'file1',
      'file9',
      'file10',
      'none',
    ]);
    assert.deepEqual(await namesBy(dimension({ ordering: { type: 'alphanumeric' }, previousStop: 'file1' }), 2), [
      'file9',
      'file10',
    ]);
    assert.deepEqual(await namesBy({ type: 'inverted', metric: dimension({ previousStop: 'file9' }) }), [
      'file10',
      'file1',
      null,
    ]);
    assert.deepEqual(await namesBy({ type: 'lexicographic', previousStop: 'file10' }), ['file9', 'none']);
  });

  it('empty buckets have an empty result, also with skipEmptyBuckets', async () => {
    const answer = await ask(
      query({ granularity: 'hour', threshold: 1, aggregations: [countSum], context: { skipEmptyBuckets: true } }),
    );
    assert.deepEqual(answer, [
      top([{ url: '/a', count: 2 }], at('06T01:00')),
      top([], at('06T02:00')),
      top([], at('06T03:00')),
      top([{ url: '/a', count: 4 }], at('06T04:00')),
      top([{ url: '/c', count: 8 }], at('08T02:00')),
    ]);
  });

  it('a row of several values counts for each of them', async () => {
    const dimension = { type: 'default', dimension: 'tags', outputName: 'tag' };
    const answer = await ask(query({ dimension, threshold: 5, aggregations: [countSum] }));
    assert.deepEqual(answer, [
      top([
        { tag: 'y', count: 10 },
        { tag: null, count: 4 },
        { tag: 'x', count: 3 },
      ]),
    ]);
  });

  it('a filtered dimension leaves values out, and rows that keep none', async () => {
    const top = async (dimension: Row) =>
      (await ask(query({ dimension, threshold: 9, aggregations: [countSum] }))) as Row[];
    const [{ result } = {}] = await top({ type: 'regexFiltered', delegate: 'tags', pattern: 'y' });
    assert.deepEqual(result, [{ tags: 'y', count: 10 }]);
    const [other] = await top({ type: 'listFiltered', delegate: 'tags', values: ['y'], isWhitelist: false });
    assert.deepEqual(other?.result, [
      { tags: null, count: 4 },
      { tags: 'x', count: 3 },
    ]);
  });

  it('without rows there is no bucket; a filter that lets nothing through leaves an empty one', async () => {
    assert.deepEqual(await ask(query({ intervals: '2000/2001' })), []);
    assert.deepEqual(await ask(query({ dataSource: 'nowhere' })), []);
    assert.deepEqual(await ask(query({ filter: { type: 'false' } })), [top([])]);
  });

  it('a metric that the query does not have is named, with the nearest one', async () => {
    await assert.rejects(ask(query({ metric: 'cuont' })), {
      code: 'invalidInput',
      message: /\$\.metric.*'cuont'.*'count'/,
    });
  });
});
