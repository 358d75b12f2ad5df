/** What native queries refuse and how, and that hostile names are only names. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { planNativeQuery } from '../../src/query/native.ts';
import { countSum, march, pages } from './pages.ts';
import { queryHarness, type Row, tableOf } from './support.ts';

const timeseries = {
  queryType: 'timeseries',
  dataSource: 'pages',
  intervals: march,
  granularity: 'all',
  aggregations: [countSum],
};
const plan = (query: unknown) => planNativeQuery(query, { table: () => pages, nowMs: 0 });

describe('mistakes in native queries', () => {
  const refused: readonly [string, unknown, RegExp][] = [
    ['no object', [], /query/],
    ['no type', { dataSource: 'x' }, /\$\.queryType.*timeseries, topN/],
    [
      'a misspelt type',
      { ...timeseries, queryType: 'timeserie' },
      /\$\.queryType.*'timeserie'.*did you mean 'timeseries'/,
    ],
    ['no dataSource', { ...timeseries, dataSource: undefined }, /\$\.dataSource/],
    ['no intervals', { ...timeseries, intervals: undefined }, /\$\.intervals/],
    [
      'a broken interval',
      { ...timeseries, intervals: ['2018/2019', '2018-13/P1D'] },
      /\$\.intervals\[1\].*'2018-13\/P1D' is no interval/,
    ],
    ['an unknown granularity', { ...timeseries, granularity: 'fortnight' }, /\$\.granularity.*'fortnight'/],
    [
      'a misspelt aggregator',
      { ...timeseries, aggregations: [{ ...countSum, type: 'longSums' }] },
      /\$\.aggregations\[0\]\.type.*did you mean 'longSum'/,
    ],
    [
      'a misspelt filter',
      { ...timeseries, filter: { type: 'not', field: { type: 'selectr' } } },
      /\$\.filter\.field\.type.*did you mean 'selector'/,
    ],
    [
      'a filter without its dimension',
      { ...timeseries, filter: { type: 'selector', value: 'x' } },
      /\$\.filter\.dimension/,
    ],
    [
      'a post-aggregator of nothing',
      { ...timeseries, postAggregations: [{ type: 'fieldAccess', name: 'p', fieldName: 'nope' }] },
      /'nope'/,
    ],
    [
      'a post-aggregator without a name',
      { ...timeseries, postAggregations: [{ type: 'constant', value: 1 }] },
      /postAggregations.*name/,
    ],
    ['a negative timeout', { ...timeseries, context: { timeout: -1 } }, /\$\.context\.timeout/],
    [
      'a regular expression that is none',
      { ...timeseries, filter: { type: 'regex', dimension: 'url', pattern: '(' } },
      /\$\.filter\.pattern/,
    ],
  ];
  for (const [what, query, message] of refused) {
    it(`${what} is a 400`, () => assert.throws(() => plan(query), { code: 'invalidInput', status: 400, message }));
  }

  const lacking: readonly [string, unknown, RegExp][] = [
    ['select', { queryType: 'select', dataSource: 'pages' }, /'select'/],
    ['movingAverage', { queryType: 'movingAverage' }, /'movingAverage'/],
    [
      'a restricted dataSource',
      { ...timeseries, dataSource: { type: 'restrict', base: 'a' } },
      /\$\.dataSource.*'restrict'/,
    ],
    [
      'an aggregator that Druid has',
      { ...timeseries, aggregations: [{ type: 'arrayOfDoublesSketch', name: 't', fieldName: 'x' }] },
      /'arrayOfDoublesSketch'/,
    ],
    ['look-around', { ...timeseries, filter: { type: 'regex', dimension: 'url', pattern: 'a(?!b)' } }, /look-around/],
  ];
  for (const [what, query, message] of lacking) {
    it(`${what} is a 501 that names it`, () =>
      assert.throws(() => plan(query), { code: 'unsupported', status: 501, message }));
  }

  it('unknown fields are ignored, and empty lists of what is lacking', () => {
    assert.equal(plan({ ...timeseries, colour: 'red', virtualColumns: [] }).type, 'timeseries');
  });

  it('the context gives the query id and the timeout, as text or number', () => {
    assert.deepEqual(plan({ ...timeseries, context: { queryId: 'q', timeout: '1500', useCache: false } }).context, {
      queryId: 'q',
      timeoutMs: 1500,
    });
    assert.deepEqual(plan(timeseries).context, { queryId: undefined, timeoutMs: undefined });
  });

  it('intervals have several forms', () => {
    const [first, second] = ['2018-03-01/P1D', '2018-03-05/2018-03-06'];
    const statement = (intervals: unknown) => plan({ ...timeseries, intervals }).plan.statement?.text;
    const expected = statement([first, second]);
    assert.notEqual(expected, statement([first]));
    for (const intervals of [
      `${first},${second}`,
      { type: 'intervals', intervals: [first, second] },
      [second, first, second],
    ])
      assert.equal(statement(intervals), expected);
    assert.throws(() => statement({ type: 'segments', segments: [] }), {
      code: 'unsupported',
      message: /\$\.intervals/,
    });
  });

  it('a table may be written as an object', () => {
    assert.equal(plan({ ...timeseries, dataSource: { type: 'table', name: 'pages' } }).dataSource, 'pages');
  });
});

describe('hostile names and values', () => {
  const nasty = [
    '"',
    "'; DROP TABLE t; --",
    '"; DROP TABLE t; --',
    'a"."b',
    'é😀',
    'x\u0000y',
    '\\',
    '%',
    'd0',
    'a0',
    't',
    'n',
    '__time ',
    'URL',
    'url',
  ];
  const tables = nasty.map((name) =>
    tableOf({
      dataSource: name,
      dimensions: { [name]: 'STRING', single0: 'STRING', tags: 'STRING' },
      metrics: { 'sum"x': 'LONG' },
      rows: [{ [name]: name, single0: 'other', tags: ['p', 'q'], 'sum"x': 7 }],
    }),
  );
  const { ask } = queryHarness(...tables);

  for (const name of nasty) {
    it(`${JSON.stringify(name)} as dataSource, dimension, output and value`, async () => {
      const filter = {
        type: 'or',
        fields: [
          { type: 'selector', dimension: name, value: name },
          { type: 'in', dimension: name, values: [name, '?'] },
        ],
      };
      const aggregations = [{ type: 'longSum', name: `${name}!`, fieldName: 'sum"x' }];
      const base: Row = { dataSource: name, intervals: '2000/2001', granularity: 'all', filter, aggregations };
      const dimensions = [name, 'tags', { type: 'default', dimension: name, outputName: `${name}?` }];
      const groups = (await ask({ ...base, queryType: 'groupBy', dimensions })) as { event: Row }[];
      assert.deepEqual(
        groups.map(({ event }) => event),
        ['p', 'q'].map((tags) => ({ [name]: name, tags, [`${name}?`]: name, [`${name}!`]: 7 })),
      );
      const top = await ask({ ...base, queryType: 'topN', dimension: name, metric: `${name}!`, threshold: 1 });
      assert.deepEqual(top, [{ timestamp: '2000-01-01T00:00:00.000Z', result: [{ [name]: name, [`${name}!`]: 7 }] }]);
      const search = await ask({
        ...base,
        queryType: 'search',
        searchDimensions: [name],
        query: { type: 'contains', value: name, caseSensitive: true },
      });
      assert.deepEqual((search as Row[])[0]?.result, [{ dimension: name, value: name, count: 1 }]);
    });
  }
});
