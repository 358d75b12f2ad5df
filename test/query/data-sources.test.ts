/** What a native query reads besides a table. https://druid.apache.org/docs/latest/querying/datasource */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { at, countSum, march, pages } from './pages.ts';
import { queryHarness, type Row, tableOf } from './support.ts';

/** As pages, in another shape: text for numbers, one value for several, a column of its own. */
const older = tableOf({
  dataSource: 'older',
  dimensions: { URL: 'STRING', url: 'STRING', tags: 'STRING', status: 'STRING' },
  metrics: { count: 'LONG', latency: 'LONG' },
  rows: [{ __time: '2018-03-05T10:00:00Z', URL: 'upper', url: '/a', tags: 'z', status: 'ok', count: 16, latency: 2 }],
});

describe('data sources', () => {
  const { ask } = queryHarness(pages, older);
  const groupBy = (dataSource: unknown, more: Row) => ({
    queryType: 'groupBy',
    dataSource,
    intervals: march,
    granularity: 'all',
    aggregations: [countSum],
    ...more,
  });
  const events = async (dataSource: unknown, more: Row) =>
    ((await ask(groupBy(dataSource, more))) as { event: Row }[]).map(({ event }) => event);
  const union = { type: 'union', dataSources: ['pages', { type: 'table', name: 'older' }] };

  it('a union has the rows of all', async () => {
    assert.deepEqual(await events(union, { dimensions: ['url'] }), [
      { url: '/a', count: 22 },
      { url: '/b', count: 1 },
      { url: '/c', count: 8 },
    ]);
  });

  it('a union with what is not there has the rows of the others', async () => {
    assert.deepEqual(await events({ type: 'union', dataSources: ['nowhere', 'pages'] }, { dimensions: [] }), [
      { count: 15 },
    ]);
    assert.deepEqual(await events({ type: 'union', dataSources: ['pages'] }, { dimensions: [] }), [{ count: 15 }]);
    assert.deepEqual(await events({ type: 'union', dataSources: ['nowhere', 'no'] }, { dimensions: ['url'] }), []);
    const segments = { queryType: 'segmentMetadata', dataSource: { type: 'union', dataSources: ['nowhere', 'pages'] } };
    assert.deepEqual(
      ((await ask({ ...segments, analysisTypes: ['interval'] })) as Row[]).map(({ intervals }) => intervals),
      [[`${at('06T00:00')}/${at('07T00:00')}`], [`${at('08T00:00')}/${at('09T00:00')}`]],
    );
  });

  it('columns of a union: several values beside one, text beside numbers, and what only one has', async () => {
    const filter = { type: 'selector', dimension: 'url', value: '/a' };
    assert.deepEqual(await events(union, { dimensions: ['tags', 'status', 'URL'], filter }), [
      { tags: null, status: null, URL: null, count: 4 },
      { tags: 'x', status: '200', URL: null, count: 2 },
      { tags: 'y', status: '200', URL: null, count: 2 },
      { tags: 'z', status: 'ok', URL: 'upper', count: 16 },
    ]);
    const aggregations = [{ type: 'doubleSum', name: 'latency', fieldName: 'latency' }];
    assert.deepEqual(await events(union, { dimensions: [], aggregations }), [{ latency: 6.75 }]);
  });

  it('buckets without rows are filled inside the segments of each of a union', async () => {
    const days = await ask({ ...groupBy(union, { granularity: 'day' }), queryType: 'timeseries' });
    assert.deepEqual(days, [
      { timestamp: at('05T00:00'), result: { count: 16 } },
      { timestamp: at('06T00:00'), result: { count: 7 } },
      { timestamp: at('08T00:00'), result: { count: 8 } },
    ]);
  });

  it('a filter leaves rows out before the query sees them, also within another data source', async () => {
    const filter = { type: 'selector', dimension: 'user', value: 'bob' };
    const bobs = { type: 'filter', base: 'pages', filter };
    assert.deepEqual(await events(bobs, { dimensions: ['url'] }), [
      { url: '/a', count: 2 },
      { url: '/c', count: 8 },
    ]);
    assert.deepEqual(await events({ type: 'union', dataSources: [bobs, 'older'] }, { dimensions: [] }), [
      { count: 26 },
    ]);
  });

  const inline = {
    type: 'inline',
    columnNames: ['__time', 'name', 'n', 'x', 'tags'],
    columnTypes: ['LONG', 'STRING', null, 'DOUBLE', null],
    rows: [
      [Date.parse(at('06T01:10')), 'a', 1, 0.5, ['p', 'q']],
      [Date.parse(at('06T02:10')), "b'", null, '2', 'p'],
      [Date.parse('2019-01-01T00:00:00Z'), 'a', 7, null, []],
    ],
  };

  it('inline rows are queried as those of a table', async () => {
    const aggregations = [
      { type: 'longSum', name: 'n', fieldName: 'n' },
      { type: 'doubleSum', name: 'x', fieldName: 'x' },
    ];
    assert.deepEqual(await events(inline, { dimensions: ['name', 'tags'], aggregations }), [
      { name: 'a', tags: 'p', n: 1, x: 0.5 },
      { name: 'a', tags: 'q', n: 1, x: 0.5 },
      { name: "b'", tags: 'p', n: null, x: 2 },
    ]);
    const scan = { queryType: 'scan', dataSource: inline, intervals: '2019/2020', resultFormat: 'compactedList' };
    assert.deepEqual(await ask(scan), [
      {
        segmentId: null,
        columns: ['__time', 'name', 'n', 'x', 'tags'],
        events: [[Date.parse('2019-01-01T00:00:00Z'), 'a', 7, null, null]],
        rowSignature: [
          { name: '__time', type: 'LONG' },
          { name: 'name', type: 'STRING' },
          { name: 'n', type: 'LONG' },
          { name: 'x', type: 'DOUBLE' },
          { name: 'tags', type: 'STRING' },
        ],
      },
    ]);
  });

  it('inline rows without a time are of 1970, and there may be none', async () => {
    const timeless = { type: 'inline', columnNames: ['count'], rows: [[1], [2]] };
    assert.deepEqual(await events(timeless, { intervals: '1970/1971' }), [{ count: 3 }]);
    assert.deepEqual(await events({ ...timeless, rows: [] }, { dimensions: ['count'], aggregations: [] }), []);
  });

  describe('unnest', () => {
    const tag = { type: 'expression', name: 'tag', expression: '"tags"' };
    const unnest = { type: 'unnest', base: 'pages', virtualColumn: tag };

    it("has a row for each value, the dimension's list beside it; a row without a value stays", async () => {
      const scan = {
        queryType: 'scan',
        intervals: '2018-03-06/P1D',
        columns: ['url', 'tags', 'tag'],
        order: 'ascending',
      };
      const [batch] = (await ask({ ...scan, dataSource: unnest, resultFormat: 'compactedList' })) as Row[];
      assert.deepEqual(batch?.events, [
        ['/a', ['x', 'y'], 'x'],
        ['/a', ['x', 'y'], 'y'],
        ['/b', 'x', 'x'],
        ['/a', null, null],
      ]);
      assert.deepEqual(await events(unnest, { dimensions: ['tag'] }), [
        { tag: null, count: 4 },
        { tag: 'x', count: 3 },
        { tag: 'y', count: 10 },
      ]);
    });

    it('unnestFilter leaves single values out', async () => {
      const unnestFilter = { type: 'selector', dimension: 'tag', value: 'y' };
      assert.deepEqual(await events({ ...unnest, unnestFilter }, { dimensions: ['tag', 'url'] }), [
        { tag: 'y', url: '/a', count: 2 },
        { tag: 'y', url: '/c', count: 8 },
      ]);
    });

    it('arrays give elements of their type, empty ones no row; a single value is one', async () => {
      const of = (expression: string) => ({ ...unnest, virtualColumn: { ...tag, expression } });
      const more = { dimensions: [{ type: 'default', dimension: 'tag', outputType: 'LONG' }], aggregations: [] };
      assert.deepEqual(await events(of('array(1, 2)'), more), [{ tag: 1 }, { tag: 2 }]);
      assert.deepEqual(await events(of('array_slice(array(1, 2), 0, 0)'), more), []);
      assert.deepEqual(await events(of('status'), { dimensions: ['tag'] }), [
        { tag: null, count: 4 },
        { tag: '200', count: 2 },
        { tag: '404', count: 1 },
        { tag: '500', count: 8 },
      ]);
    });

    it('over an unnest, and over a union', async () => {
      const twice = { ...unnest, base: unnest, virtualColumn: { ...tag, name: 'other' } };
      const first = { intervals: '2018-03-06T01:00/PT15M', dimensions: ['tag', 'other'], aggregations: [] };
      assert.deepEqual(await events(twice, first), [
        { tag: 'x', other: 'x' },
        { tag: 'x', other: 'y' },
        { tag: 'y', other: 'x' },
        { tag: 'y', other: 'y' },
      ]);
      const filter = { type: 'selector', dimension: 'tag', value: 'z' };
      assert.deepEqual(await events({ ...unnest, base: union }, { dimensions: ['tag'], filter }), [
        { tag: 'z', count: 16 },
      ]);
    });
  });

  const refused: readonly [string, unknown, RegExp][] = [
    ['an unknown type', { type: 'unoin', dataSources: [] }, /\$\.dataSource\.type.*'union'/],
    ['a union of nothing', { type: 'union', dataSources: [] }, /\$\.dataSource\.dataSources/],
    [
      'a mistake inside',
      { type: 'union', dataSources: ['pages', { type: 'filter', base: 'pages', filter: { type: 'selectr' } }] },
      /\$\.dataSource\.dataSources\[1\]\.filter\.type.*'selector'/,
    ],
    ['a short row', { ...inline, rows: [[0, 'a']] }, /\$\.dataSource\.rows\[0\].*5.*2/],
    ['a column twice', { ...inline, columnNames: ['a', 'b', 'a', 'c', 'd'] }, /columnNames\[2\].*'a'/],
  ];
  for (const [what, dataSource, message] of refused) {
    it(`${what} is a 400`, () => assert.rejects(ask(groupBy(dataSource, {})), { code: 'invalidInput', message }));
  }
});
