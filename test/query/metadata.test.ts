/** timeBoundary, dataSourceMetadata, segmentMetadata. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { at, march, pages } from './pages.ts';
import { queryHarness, type Row } from './support.ts';

describe('timeBoundary and dataSourceMetadata', () => {
  const { ask } = queryHarness(pages);
  const [minTime, maxTime] = [at('06T01:10'), at('08T02:20')];
  const boundary = (more: Row) => ask({ queryType: 'timeBoundary', dataSource: 'pages', ...more });

  it('the first and the last time, or one of them', async () => {
    assert.deepEqual(await boundary({}), [{ timestamp: minTime, result: { minTime, maxTime } }]);
    assert.deepEqual(await boundary({ bound: 'maxTime' }), [{ timestamp: maxTime, result: { maxTime } }]);
    assert.deepEqual(await boundary({ bound: 'minTime' }), [{ timestamp: minTime, result: { minTime } }]);
  });

  it('of the rows that pass a filter, in an interval', async () => {
    const filter = { type: 'selector', dimension: 'url', value: '/a' };
    assert.deepEqual(await boundary({ filter, bound: 'maxTime' }), [
      { timestamp: at('06T04:20'), result: { maxTime: at('06T04:20') } },
    ]);
    assert.deepEqual(await boundary({ intervals: '2018-03-07/P1Y', bound: 'minTime' }), [
      { timestamp: maxTime, result: { minTime: maxTime } },
    ]);
  });

  it('an interval may cut segments, or hold them whole', async () => {
    // The page views' first day, the hours before and after its first row, and all of its rows.
    const bounds = async (intervals: string | string[]) =>
      ((await boundary({ intervals })) as { result: unknown }[])[0]?.result;
    assert.deepEqual(await bounds('2018-03-06/2018-03-07'), { minTime, maxTime: at('06T04:20') });
    assert.deepEqual(await bounds('2018-03-06T00:00/2018-03-06T01:11'), { minTime, maxTime: minTime });
    assert.equal(await bounds('2018-03-06T00:00/2018-03-06T01:10'), undefined);
    assert.deepEqual(await bounds(['2018-03-06/2018-03-07', '2018-03-08/2018-03-09']), { minTime, maxTime });
  });

  it('of a filtered dataSource', async () => {
    const filter = { type: 'selector', dimension: 'url', value: '/a' };
    const dataSource = { type: 'filter', base: { type: 'table', name: 'pages' }, filter };
    assert.deepEqual(await boundary({ dataSource, bound: 'maxTime' }), [
      { timestamp: at('06T04:20'), result: { maxTime: at('06T04:20') } },
    ]);
  });

  it('nothing without rows', async () => {
    assert.deepEqual(await boundary({ dataSource: 'nowhere' }), []);
    assert.deepEqual(await ask({ queryType: 'dataSourceMetadata', dataSource: 'nowhere' }), []);
  });

  it('dataSourceMetadata tells the newest event', async () => {
    assert.deepEqual(await ask({ queryType: 'dataSourceMetadata', dataSource: 'pages' }), [
      { timestamp: maxTime, result: { maxIngestedEventTime: maxTime } },
    ]);
  });
});

describe('segmentMetadata', () => {
  const { ask } = queryHarness(pages);
  const query = (more: Row) => ({ queryType: 'segmentMetadata', dataSource: 'pages', intervals: march, ...more });
  const days = [
    '2018-03-06T00:00:00.000Z/2018-03-07T00:00:00.000Z',
    '2018-03-08T00:00:00.000Z/2018-03-09T00:00:00.000Z',
  ];
  type Segment = Row & { columns: Readonly<Record<string, Row>> };
  const segments = async (more: Row = {}) => (await ask(query(more))) as Segment[];

  it('tells of each segment', async () => {
    const [first, second, ...others] = await segments();
    assert.deepEqual(others, []);
    assert.deepEqual([first?.intervals, second?.intervals], [[days[0]], [days[1]]]);
    assert.deepEqual([first?.numRows, second?.numRows], [3, 1]);
    assert.deepEqual(first?.columns.url, {
      typeSignature: 'STRING',
      type: 'STRING',
      hasMultipleValues: false,
      hasNulls: false,
      size: 0,
      cardinality: 2,
      minValue: '/a',
      maxValue: '/b',
      errorMessage: null,
    });
    // null, x and y
    assert.deepEqual(
      [first?.columns.tags?.hasMultipleValues, first?.columns.tags?.hasNulls, first?.columns.tags?.cardinality],
      [true, true, 3],
    );
    assert.deepEqual(first?.columns.__time, {
      typeSignature: 'LONG',
      type: 'LONG',
      hasMultipleValues: false,
      hasNulls: false,
      size: 0,
      cardinality: null,
      minValue: null,
      maxValue: null,
      errorMessage: null,
    });
  });

  it('merges: intervals together, rows summed, the largest cardinality', async () => {
    const [merged, ...others] = await segments({
      merge: true,
      analysisTypes: [
        'cardinality',
        'minmax',
        'interval',
        'aggregators',
        'rollup',
        'queryGranularity',
        'timestampSpec',
      ],
    });
    assert.deepEqual(others, []);
    assert.equal(merged?.id, 'merged');
    assert.deepEqual(merged?.intervals, days);
    assert.equal(merged?.numRows, 4);
    assert.deepEqual(
      [merged?.columns.url?.cardinality, merged?.columns.url?.minValue, merged?.columns.url?.maxValue],
      [2, '/a', '/c'],
    );
    assert.deepEqual(merged?.aggregators, {
      count: { type: 'longSum', name: 'count', fieldName: 'count' },
      latency: { type: 'doubleSum', name: 'latency', fieldName: 'latency' },
    });
    assert.deepEqual([merged?.rollup, merged?.queryGranularity], [true, { type: 'none' }]);
    assert.deepEqual(merged?.timestampSpec, { column: 'time', format: 'auto' });
  });

  it('tells only what is asked', async () => {
    const [first] = await segments({
      analysisTypes: ['size'],
      toInclude: { type: 'list', columns: ['url', 'status'] },
    });
    assert.deepEqual(Object.keys(first?.columns ?? {}), ['url', 'status']);
    assert.deepEqual([first?.intervals, first?.aggregators, first?.columns.url?.minValue], [null, null, null]);
    // Three texts of two bytes, and three longs of eight.
    assert.deepEqual([first?.columns.url?.size, first?.columns.status?.size, first?.size], [6, 24, 30]);
    assert.deepEqual((await segments({ toInclude: { type: 'none' } }))[0]?.columns, {});
  });

  it('without intervals covers the last week of the data', async () => {
    const month = await ask({ queryType: 'segmentMetadata', dataSource: 'pages' });
    assert.equal((month as unknown[]).length, 2);
    assert.deepEqual(await ask({ queryType: 'segmentMetadata', dataSource: 'nowhere', merge: true }), []);
  });
});
