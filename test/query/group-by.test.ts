import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { at, countSum, latencySum, march, pages } from './pages.ts';
import { queryHarness, type Row } from './support.ts';

describe('groupBy', () => {
  const { ask } = queryHarness(pages);
  const query = (more: Row) => ({
    queryType: 'groupBy',
    dataSource: 'pages',
    intervals: march,
    granularity: 'all',
    dimensions: ['url'],
    aggregations: [countSum],
    ...more,
  });
  const start = '2018-03-01T00:00:00.000Z';
  const event = (fields: Row, timestamp = start) => ({ version: 'v1', timestamp, event: fields });
  const events = async (more: Row) => ((await ask(query(more))) as { event: Row }[]).map((row) => row.event);

  it("sorts by the dimensions, nulls first; the timestamp of all is the interval's start", async () => {
    assert.deepEqual(await ask(query({ dimensions: ['user', 'url'] })), [
      event({ user: null, url: '/a', count: 4 }),
      event({ user: 'alice', url: '/b', count: 1 }),
      event({ user: 'bob', url: '/a', count: 2 }),
      event({ user: 'bob', url: '/c', count: 8 }),
    ]);
  });

  it('has a group for each bucket with rows, and fills none', async () => {
    assert.deepEqual(await ask(query({ granularity: 'day', dimensions: ['user'] })), [
      event({ user: null, count: 4 }, at('06T00:00')),
      event({ user: 'alice', count: 1 }, at('06T00:00')),
      event({ user: 'bob', count: 2 }, at('06T00:00')),
      event({ user: 'bob', count: 8 }, at('08T00:00')),
    ]);
  });

  it('dimensions have an output type and an extraction', async () => {
    const dimensions = [
      { type: 'default', dimension: 'status', outputName: 'code', outputType: 'LONG' },
      { type: 'extraction', dimension: 'url', extractionFn: { type: 'substring', index: 1 } },
    ];
    assert.deepEqual(await events({ dimensions }), [
      { code: null, url: 'a', count: 4 },
      { code: 200, url: 'a', count: 2 },
      { code: 404, url: 'b', count: 1 },
      { code: 500, url: 'c', count: 8 },
    ]);
    assert.deepEqual(
      (await events({ dimensions: ['status'] })).map(({ status }) => status),
      [null, '200', '404', '500'],
    );
  });

  it('groups by each value of multi-value dimensions, each with each', async () => {
    const second = { type: 'default', dimension: 'tags', outputName: 'other' };
    const filter = { type: 'selector', dimension: 'tags', value: 'y' };
    const groups = await events({ dimensions: ['tags', second], filter, intervals: '2018-03-06/P1D' });
    assert.deepEqual(
      groups.map(({ tags, other }) => [tags, other]),
      [
        ['x', 'x'],
        ['x', 'y'],
        ['y', 'x'],
        ['y', 'y'],
      ],
    );
    // Without a value there is a group of null.
    assert.deepEqual(await events({ dimensions: ['tags'] }), [
      { tags: null, count: 4 },
      { tags: 'x', count: 3 },
      { tags: 'y', count: 10 },
    ]);
  });

  it('a filtered dimension leaves values out; rows that keep none are of the group of null', async () => {
    const dimensions = [{ type: 'listFiltered', delegate: 'tags', values: ['x'] }];
    assert.deepEqual(await events({ dimensions }), [
      { tags: null, count: 12 },
      { tags: 'x', count: 3 },
    ]);
  });

  it('limitSpec orders, limits and skips', async () => {
    const limitSpec = (...columns: unknown[]) => ({ limitSpec: { type: 'default', columns, limit: 2 } });
    const urls = async (more: Row) => (await events(more)).map(({ url }) => url);
    assert.deepEqual(await urls(limitSpec({ dimension: 'count', direction: 'DESCENDING' })), ['/c', '/a']);
    assert.deepEqual(await urls(limitSpec('count')), ['/b', '/a']);
    assert.deepEqual(await urls({ limitSpec: { columns: [{ dimension: 'url', direction: 'desc' }], offset: 1 } }), [
      '/b',
      '/a',
    ]);
    const codes = await events({
      dimensions: ['status'],
      ...limitSpec({ dimension: 'status', direction: 'descending', dimensionOrder: 'numeric' }),
    });
    assert.deepEqual(
      codes.map(({ status }) => status),
      ['500', '404'],
    );
    await assert.rejects(ask(query(limitSpec('urk'))), { code: 'invalidInput', message: /'urk'.*'url'/ });
  });

  it('orders null as the smallest', async () => {
    const direction = (word: string) => ({
      aggregations: [latencySum],
      intervals: '2018-03-06/P1D',
      dimensions: ['user'],
      limitSpec: { type: 'default', columns: [{ dimension: 'latency', direction: word }] },
    });
    const users = async (word: string) => (await events(direction(word))).map(({ user }) => user);
    assert.deepEqual(await users('ascending'), [null, 'bob', 'alice']);
    assert.deepEqual(await users('descending'), ['alice', 'bob', null]);
  });

  const havings: readonly [Row, readonly (string | null)[]][] = [
    [{ type: 'greaterThan', aggregation: 'count', value: 1 }, ['/a', '/c']],
    [{ type: 'lessThan', aggregation: 'count', value: '6.5' }, ['/a', '/b']],
    [{ type: 'equalTo', aggregation: 'count', value: 6 }, ['/a']],
    [{ type: 'greaterThan', aggregation: 'missing', value: 0 }, []],
    [{ type: 'dimSelector', dimension: 'url', value: '/b' }, ['/b']],
    [
      {
        type: 'dimSelector',
        dimension: 'url',
        value: 'B',
        extractionFn: { type: 'cascade', extractionFns: [{ type: 'upper' }, { type: 'substring', index: 1 }] },
      },
      ['/b'],
    ],
    [{ type: 'filter', filter: { type: 'bound', dimension: 'count', lower: '6', ordering: 'numeric' } }, ['/a', '/c']],
    [{ type: 'always' }, ['/a', '/b', '/c']],
    [{ type: 'never' }, []],
  ];
  for (const [having, urls] of havings) {
    it(`having ${JSON.stringify(having)}`, async () => {
      assert.deepEqual(
        (await events({ having })).map(({ url }) => url),
        urls,
      );
    });
  }

  it('having and, or, not', async () => {
    const [big, b] = [
      { type: 'greaterThan', aggregation: 'count', value: 5 },
      { type: 'dimSelector', dimension: 'url', value: '/b' },
    ];
    const urls = async (having: Row) => (await events({ having })).map(({ url }) => url);
    assert.deepEqual(await urls({ type: 'and', havingSpecs: [big, { type: 'not', havingSpec: b }] }), ['/a', '/c']);
    assert.deepEqual(await urls({ type: 'or', havingSpecs: [{ type: 'not', havingSpec: big }, b] }), ['/b']);
  });

  it('resultAsArray gives values in order, the time first unless there is one bucket', async () => {
    const context = { resultAsArray: true };
    assert.deepEqual(await ask(query({ context })), [
      ['/a', 6],
      ['/b', 1],
      ['/c', 8],
    ]);
    assert.deepEqual(await ask(query({ context, granularity: 'day', intervals: '2018-03-08/P1D' })), [
      [Date.parse('2018-03-08T00:00:00Z'), '/c', 8],
    ]);
  });

  it('without dimensions and with granularity all there is always a row', async () => {
    assert.deepEqual(await events({ dimensions: [] }), [{ count: 15 }]);
    assert.deepEqual(await events({ dimensions: [], intervals: '2000/2001' }), [{ count: null }]);
    assert.deepEqual(await events({ intervals: '2000/2001' }), []);
  });

  it('results of the same name are refused', async () => {
    await assert.rejects(ask(query({ dimensions: ['count'] })), { code: 'invalidInput', message: /'count'/ });
    await assert.rejects(ask(query({ dimensions: ['url', 'url'] })), { code: 'invalidInput', message: /'url'/ });
  });
});
