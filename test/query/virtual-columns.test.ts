/** Expected values: arithmetic by hand over the table of page views. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { countSum, march, pages } from './pages.ts';
import { queryHarness, type Row, tableOf } from './support.ts';

const expression = (name: string, text: string, outputType?: string) => ({
  type: 'expression',
  name,
  expression: text,
  outputType,
});

const awkward = tableOf({
  dataSource: 'awkward',
  dimensions: { virtual0: 'STRING', Virtual_: 'STRING' },
  rows: [{ __time: '2018-03-06T00:00:00Z', virtual0: 'a', Virtual_: 'b' }],
});

describe('virtual columns', () => {
  const { ask } = queryHarness(pages, awkward);
  const over = (queryType: string, virtualColumns: readonly Row[], more: Row) => ({
    queryType,
    dataSource: 'pages',
    intervals: march,
    granularity: 'all',
    virtualColumns,
    ...more,
  });

  it('aggregators read them', async () => {
    const query = over('timeseries', [expression('weighted', 'count * latency')], {
      aggregations: [{ type: 'doubleSum', name: 'sum', fieldName: 'weighted' }],
    });
    // 2 × 1.5 + 1 × 3 + 8 × 0.25; the row without latency does not count.
    assert.deepEqual(await ask(query), [{ timestamp: '2018-03-06T01:10:00.000Z', result: { sum: 8 } }]);
  });

  it('a timeseries by hour does, too', async () => {
    const query = over('timeseries', [expression('twice', 'count * 2')], {
      granularity: 'hour',
      context: { skipEmptyBuckets: true },
      aggregations: [{ type: 'longSum', name: 'sum', fieldName: 'twice' }],
    });
    const sums = ((await ask(query)) as { result: Row }[]).map(({ result }) => result.sum);
    assert.deepEqual(sums, [6, 8, 16]);
  });

  it('filters read them', async () => {
    const query = over('timeseries', [expression('slow', 'latency > 1')], {
      filter: { type: 'selector', dimension: 'slow', value: '1' },
      aggregations: [countSum],
    });
    assert.deepEqual(await ask(query), [{ timestamp: '2018-03-06T01:10:00.000Z', result: { count: 3 } }]);
  });

  it('topN takes one as its dimension', async () => {
    const query = over('topN', [expression('kind', "if(status < 400, 'good', 'bad')")], {
      dimension: 'kind',
      metric: 'count',
      threshold: 5,
      aggregations: [countSum],
    });
    const [{ result } = {}] = (await ask(query)) as Row[];
    // Without a status the comparison is null, which is not true: 4 + 1 + 8.
    assert.deepEqual(result, [
      { kind: 'bad', count: 13 },
      { kind: 'good', count: 2 },
    ]);
  });

  it('groupBy takes them as dimensions of an outputType', async () => {
    const query = over('groupBy', [expression('hundreds', 'status / 100', 'LONG')], {
      dimensions: [{ type: 'default', dimension: 'hundreds', outputName: 'h', outputType: 'LONG' }],
      aggregations: [countSum],
    });
    assert.deepEqual(
      ((await ask(query)) as { event: Row }[]).map(({ event }) => event),
      [
        { h: null, count: 4 },
        { h: 2, count: 2 },
        { h: 4, count: 1 },
        { h: 5, count: 8 },
      ],
    );
  });

  it('an expression over a multi-value column is one', async () => {
    const query = over('groupBy', [expression('tag', "concat(tags, '!')")], {
      dimensions: ['tag'],
      aggregations: [countSum],
    });
    assert.deepEqual(
      ((await ask(query)) as { event: Row }[]).map(({ event }) => event),
      [
        { tag: null, count: 4 },
        { tag: 'x!', count: 3 },
        { tag: 'y!', count: 10 },
      ],
    );
  });

  it('scan lists them by name with their type, and after all others without names', async () => {
    const virtualColumns = [expression('length', 'strlen(url)'), expression('half', 'latency / 2', 'DOUBLE')];
    const [named] = (await ask(
      over('scan', virtualColumns, { columns: ['half', 'url', 'length'], limit: 1 }),
    )) as Row[];
    assert.deepEqual(named?.events, [{ half: 0.75, url: '/a', length: 2 }]);
    assert.deepEqual(named?.rowSignature, [
      { name: 'half', type: 'DOUBLE' },
      { name: 'url', type: 'STRING' },
      { name: 'length', type: 'LONG' },
    ]);
    const [all] = (await ask(over('scan', virtualColumns, { limit: 1 }))) as { columns: string[] }[];
    assert.deepEqual(all?.columns.slice(-2), ['length', 'half']);
  });

  it('one reads others, whatever their order', async () => {
    const virtualColumns = [
      expression('c', 'a + b'),
      expression('a', 'count + 1'),
      expression('b', 'a * 10'),
      expression('url', "'hidden'"),
    ];
    const [page] = (await ask(over('scan', virtualColumns, { columns: ['a', 'b', 'c', 'url'], limit: 1 }))) as Row[];
    assert.deepEqual(page?.events, [{ a: 3, b: 30, c: 33, url: 'hidden' }]);
  });

  it('a long chain stays short', async () => {
    const chain = Array.from({ length: 40 }, (_, i) => expression(`v${i + 1}`, `v${i} + v${i}`));
    const virtualColumns = [expression('v0', 'count'), ...chain];
    const [page] = (await ask(over('scan', virtualColumns, { columns: ['v40'], limit: 1 }))) as Row[];
    assert.deepEqual(page?.events, [{ v40: 2 * 2 ** 40 }]);
  });

  it('stored columns may have any name', async () => {
    const query = over('scan', [expression('v', 'concat(virtual0, Virtual_)')], {
      dataSource: 'awkward',
      columns: ['v', 'virtual0'],
    });
    const [page] = (await ask(query)) as Row[];
    assert.deepEqual(page?.events, [{ v: 'ab', virtual0: 'a' }]);
  });

  it('arrays are filtered by their elements', async () => {
    const virtualColumns = [
      expression('both', 'array(status, count)'),
      expression('parts', "string_to_array(user, 'o')"),
    ];
    const urls = async (column: string, elementMatchValueType: string, elementMatchValue: unknown) => {
      const filter = { type: 'arrayContainsElement', column, elementMatchValueType, elementMatchValue };
      const pages = (await ask(over('scan', virtualColumns, { columns: ['url'], filter }))) as { events: Row[] }[];
      return pages.flatMap(({ events }) => events.map(({ url }) => url));
    };
    assert.deepEqual(await urls('both', 'LONG', 8), ['/c']);
    assert.deepEqual(await urls('both', 'LONG', null), ['/a']);
    assert.deepEqual(await urls('parts', 'STRING', 'b'), ['/a', '/c']);
  });

  it('as a filter an array is true where one of its values is', async () => {
    // Neither 2 nor 1.5 exceeds 2; of 1 and 3, of 4 and nothing, of 8 and 0.25 one does.
    const query = over('timeseries', [], {
      filter: { type: 'expression', expression: 'array(count - 2, latency - 2)' },
      aggregations: [countSum],
    });
    assert.deepEqual(((await ask(query)) as { result: Row }[])[0]?.result, { count: 13 });
  });

  it('they stand over any data source', async () => {
    const inline = {
      type: 'inline',
      columnNames: ['__time', 'x'],
      columnTypes: ['LONG', 'LONG'],
      rows: [
        [Date.UTC(2018, 2, 2), 1],
        [Date.UTC(2018, 2, 3), 2],
      ],
    };
    const query = over('timeseries', [expression('square', 'x * x')], {
      dataSource: inline,
      aggregations: [{ type: 'longSum', name: 'sum', fieldName: 'square' }],
    });
    assert.deepEqual(((await ask(query)) as { result: Row }[])[0]?.result, { sum: 5 });
  });

  const mistaken: readonly [string, readonly Row[], RegExp][] = [
    [
      'one computed from itself',
      [expression('a', 'b'), expression('b', 'a + 1')],
      /virtualColumns.*computed from itself/,
    ],
    ['two of a name', [expression('a', '1'), expression('a', '2')], /virtualColumns\[1\].*'a'/],
    ['one named __time', [expression('__time', '1')], /virtualColumns\[0\].*__time/],
    ['an unknown type', [{ type: 'expresion', name: 'a' }], /virtualColumns\[0\].*'expression'/],
  ];
  for (const [what, virtualColumns, message] of mistaken) {
    it(`${what} is a mistake`, () =>
      assert.rejects(ask(over('scan', virtualColumns, {})), { code: 'invalidInput', message }));
  }
});
