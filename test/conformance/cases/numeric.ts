/** Queries like those of Druid's own tests, over their data: every type of number, nulls, and a list in each row. */
import { differing, each, groupBy, query, scan, sql, timeseries, topN, unordered } from '../build.ts';
import type { Cases } from '../define.ts';

const whole = '2011-01-12/2011-04-16';
const april = '2011-04-01/2011-04-03';
const rows = { type: 'count', name: 'rows' };
const index = { type: 'doubleSum', name: 'index', fieldName: 'index' };
const uniques = { type: 'hyperUnique', name: 'uniques', fieldName: 'quality_uniques' };
const arithmetic = {
  type: 'arithmetic',
  name: 'addRowsIndexConstant',
  fn: '+',
  fields: [
    { type: 'constant', name: 'one', value: 1 },
    { type: 'fieldAccess', name: 'r', fieldName: 'rows' },
    { type: 'fieldAccess', name: 'i', fieldName: 'index' },
  ],
};
const basics = { aggregations: [rows, index], postAggregations: [arithmetic] };
const numbers = [
  'qualityLong',
  'qualityFloat',
  'qualityDouble',
  'longNumericNull',
  'floatNumericNull',
  'doubleNumericNull',
];
const dimensions = [
  ...numbers,
  'market',
  'quality',
  'qualityNumericString',
  'placement',
  'placementish',
  'partial_null_column',
  'null_column',
];
const named = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, name]));
const prefixed = (prefix: string, cases: Cases): Cases =>
  Object.fromEntries(Object.entries(cases).map(([name, one]) => [`${prefix}: ${name}`, one]));

const aggregators = (fieldName: string) =>
  [
    'longSum',
    'longMin',
    'longMax',
    'doubleSum',
    'doubleMin',
    'doubleMax',
    'floatSum',
    'floatMin',
    'floatMax',
    'doubleMean',
  ].map((type) => ({ type, name: type, fieldName }));

const sqls = [
  'SELECT market, COUNT(*), SUM("index"), MIN(indexMin), MAX(indexMaxFloat) FROM "numeric" GROUP BY 1 ORDER BY 3 DESC',
  'SELECT COUNT(longNumericNull), SUM(longNumericNull), AVG(doubleNumericNull), MIN(floatNumericNull) FROM "numeric"',
  'SELECT quality, AVG(qualityDouble), AVG(longNumericNull) FROM "numeric" GROUP BY 1 ORDER BY 1',
  'SELECT longNumericNull, COUNT(*) FROM "numeric" GROUP BY 1 ORDER BY 1',
  'SELECT placementish, COUNT(*) FROM "numeric" GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 3',
  'SELECT TIME_FLOOR(__time, \'P1M\') AS m, market, SUM("index") FROM "numeric" GROUP BY GROUPING SETS ((1), (2), ()) ORDER BY 1, 2',
  'SELECT COUNT(*) FROM "numeric" WHERE partial_null_column IS NULL AND longNumericNull > 20',
  'SELECT COUNT(*) FROM "numeric" WHERE qualityNumericString > 120000 OR null_column IS NOT NULL',
  'SELECT market, quality, SUM("index") AS s, RANK() OVER (PARTITION BY market ORDER BY SUM("index") DESC) AS r FROM "numeric" GROUP BY 1, 2 ORDER BY 1, 2',
];

const cases: Cases = {
  ...prefixed(
    'timeseries of days',
    each({ 'all rows': undefined, 'one market': { type: 'selector', dimension: 'market', value: 'spot' } }, (filter) =>
      timeseries('numeric', april, { granularity: 'day', filter, ...basics }),
    ),
  ),
  ...prefixed(
    'timeseries',
    each(named([...numbers, 'qualityNumericString', 'partial_null_column', 'null_column']), (name) =>
      timeseries('numeric', whole, { aggregations: aggregators(name) }),
    ),
  ),
  ...prefixed(
    'groupBy',
    each(named(dimensions), (name) => groupBy('numeric', whole, { dimensions: [name], ...basics })),
  ),
  ...prefixed(
    'topN',
    each(named(dimensions), (name) =>
      topN('numeric', whole, { dimension: name, metric: 'index', threshold: 4, ...basics }),
    ),
  ),
  ...prefixed(
    'equals',
    each(named(numbers), (name) =>
      timeseries('numeric', whole, {
        filter: { type: 'range', column: name, matchValueType: 'DOUBLE', lower: 20, lowerOpen: true, upper: 12_000 },
        ...basics,
      }),
    ),
  ),
  ...unordered({
    scan: { query: scan('numeric', april, { columns: ['__time', ...dimensions, 'index', 'indexMaxFloat'] }) },
    'scan: without a number': {
      query: scan('numeric', april, {
        columns: ['market', 'quality', 'index'],
        filter: { type: 'null', column: 'doubleNumericNull' },
      }),
    },
  }),
  'a month of markets': {
    query: groupBy('numeric', whole, {
      granularity: 'month',
      dimensions: ['market'],
      aggregations: [rows, index],
      having: { type: 'greaterThan', aggregation: 'index', value: 30_000 },
      limitSpec: { type: 'default', columns: [{ dimension: 'index', direction: 'descending' }], limit: 5 },
    }),
  },
  search: {
    query: query('search', 'numeric', whole, {
      searchDimensions: ['quality', 'market', 'placementish'],
      query: { type: 'insensitive_contains', value: 'E' },
    }),
  },
  times: { query: query('timeBoundary', 'numeric', whole) },
  uniques: { query: timeseries('numeric', whole, { aggregations: [uniques] }), estimates: { uniques: 0.02 } },
  ...each(named(sqls), sql),
};

export const numericCases = differing(cases, {
  'timeseries: partial_null_column': 'sums, minima and maxima of text that is no number are null',
});
