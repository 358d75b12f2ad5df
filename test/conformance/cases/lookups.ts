import {
  added,
  count,
  day,
  differing,
  each,
  groupBy,
  morning,
  ofOdd,
  scan,
  timeseries,
  topN,
  unordered,
} from '../build.ts';
import type { Cases, Query } from '../define.ts';

const registered = (lookup: string, more: object = {}) => ({ type: 'registeredLookup', lookup, ...more });
const inline = { type: 'lookup', lookup: { type: 'map', map: { '1': 'one', x: 'ex', alpha: 'first' } } };
const extracted = (dimension: string, extractionFn: object) => ({
  type: 'extraction',
  dimension,
  outputName: 'o',
  extractionFn,
});
const dimensions = {
  'one, missing is null': extracted('channel', registered('languages')),
  'one, missing is replaced': extracted('channel', registered('languages', { replaceMissingValueWith: 'other' })),
  'one, missing stays': extracted('channel', registered('languages', { retainMissingValue: true })),
  'a dimension spec': { type: 'lookup', dimension: 'channel', outputName: 'o', name: 'languages' },
};
const oddDimensions = {
  'of values of a list': extracted('tags', registered('letters')),
  'of values of a list, replaced': extracted('tags', registered('letters', { replaceMissingValueWith: 'none' })),
  'of values of a list, retained': extracted('tags', registered('letters', { retainMissingValue: true })),
  'of empty texts': extracted('name', registered('letters', { replaceMissingValueWith: 'none' })),
  'a map': extracted('name', inline),
  'a map of numbers, replaced': extracted('n', { ...inline, replaceMissingValueWith: 'other' }),
  'a map, replaced by nothing': extracted('n', { ...inline, replaceMissingValueWith: '' }),
  'a map of times': extracted('__time', {
    type: 'cascade',
    extractionFns: [
      { type: 'timeFormat', format: 'H' },
      { ...inline, retainMissingValue: true },
    ],
  }),
  'a lookup of a lookup': extracted('tags', {
    type: 'cascade',
    extractionFns: [registered('letters'), { type: 'upper' }, { type: 'substring', index: 0, length: 2 }],
  }),
  'a dimension spec of a map': { type: 'lookup', dimension: 'tags', outputName: 'o', lookup: inline.lookup },
  'a filtered dimension': {
    type: 'listFiltered',
    delegate: { type: 'lookup', dimension: 'tags', outputName: 'o', name: 'letters', replaceMissingValueWith: 'none' },
    values: ['ex', 'none'],
  },
};
const filters = {
  selector: { type: 'selector', dimension: 'tags', value: 'ex', extractionFn: registered('letters') },
  'selector of null': { type: 'selector', dimension: 'tags', value: null, extractionFn: registered('letters') },
  in: { type: 'in', dimension: 'tags', values: ['why', 'one'], extractionFn: registered('letters') },
  not: {
    type: 'not',
    field: { type: 'selector', dimension: 'tags', value: 'ex', extractionFn: registered('letters') },
  },
  'expression of a list': { type: 'expression', expression: "lookup(tags, 'letters') == 'ex'" },
  expression: { type: 'expression', expression: "lookup(name, 'letters') == 'nothing'" },
};
const expressions = {
  'of text': "lookup(name, 'letters')",
  'of numbers, replaced': "lookup(n, 'letters', 'm')",
  'of a list': "lookup(tags, 'letters')",
  'of a list, replaced': "lookup(tags, 'letters', 'm')",
  'inside of others': "concat(upper(lookup(name, 'letters', 'none')), '-', lookup(size, 'letters', size))",
  'inside of others, over a list': "concat(lookup(tags, 'letters', 'none'), '-', tags)",
};
const sql = (query: string): Query => ({ queryType: 'sql', query, resultFormat: 'array', header: true });
const entries = { type: 'lookup', lookup: 'letters' };
const allOfTime = '0000/3000';

const cases: Cases = {
  ...each(dimensions, (dimension) => groupBy('wikipedia', day, { dimensions: [dimension] })),
  ...each(oddDimensions, (dimension) => groupBy('odd', ofOdd, { dimensions: [dimension] })),
  'topN of one': {
    query: topN('wikipedia', morning, {
      dimension: dimensions['one, missing is replaced'],
      aggregations: [count, added],
      metric: 'added',
    }),
  },
  ...each(Object.fromEntries(Object.entries(filters).map(([name, filter]) => [`filter ${name}`, filter])), (filter) =>
    timeseries('odd', ofOdd, { filter }),
  ),
  ...each(
    Object.fromEntries(Object.entries(expressions).map(([name, expression]) => [`expression ${name}`, expression])),
    (expression) =>
      scan('odd', ofOdd, {
        columns: ['name', 'tags', 'v'],
        virtualColumns: [{ type: 'expression', name: 'v', expression, outputType: 'STRING' }],
      }),
  ),
  'a filtered aggregator': {
    query: timeseries('wikipedia', day, {
      aggregations: [
        {
          type: 'filtered',
          filter: { type: 'selector', dimension: 'channel', value: 'English', extractionFn: registered('languages') },
          aggregator: added,
        },
      ],
    }),
  },
  'having a looked-up value': {
    query: groupBy('odd', ofOdd, {
      dimensions: ['size'],
      having: {
        type: 'filter',
        filter: { type: 'expression', expression: "lookup(size, 'letters', 'none') == 'none'" },
      },
    }),
  },
  'after aggregation': {
    query: groupBy('odd', ofOdd, {
      dimensions: ['name'],
      postAggregations: [{ type: 'expression', name: 'p', expression: "lookup(rows, 'letters', 'more')" }],
    }),
  },
  'the entries': { query: { ...scan('', allOfTime), dataSource: entries } },
  'the entries with a time': {
    query: { ...scan('', allOfTime, { columns: ['__time', 'k', 'v'] }), dataSource: entries },
  },
  'the entries in another time': { query: { ...scan('', day), dataSource: entries } },
  'the entries, counted': { query: { ...timeseries('', allOfTime), dataSource: entries } },
  'the entries, grouped': { query: { ...groupBy('', allOfTime, { dimensions: ['v'] }), dataSource: entries } },
  'the times of the entries': { query: { queryType: 'timeBoundary', dataSource: entries } },
  'an unknown one as a table': { query: { ...scan('', allOfTime), dataSource: { type: 'lookup', lookup: 'nix' } } },
  ...each(
    {
      'SQL: grouped': "SELECT LOOKUP(channel, 'languages'), COUNT(*) FROM wikipedia GROUP BY 1 ORDER BY 2 DESC",
      'SQL: replaced':
        "SELECT LOOKUP(channel, 'languages', 'other') AS l, SUM(added) FROM wikipedia GROUP BY 1 ORDER BY 1",
      'SQL: filtered': "SELECT COUNT(*) FROM wikipedia WHERE LOOKUP(channel, 'languages') = 'English'",
      'SQL: a list': "SELECT name, LOOKUP(tags, 'letters') FROM odd ORDER BY __time",
      'SQL: a table': 'SELECT * FROM lookup.letters',
      'SQL: a join':
        'SELECT l.v, COUNT(*), SUM(added) FROM wikipedia AS w JOIN lookup.languages AS l ON w.channel = l.k GROUP BY 1 ORDER BY 2 DESC',
      'SQL: a left join':
        'SELECT w.channel, l.v, COUNT(*) FROM wikipedia AS w LEFT JOIN lookup.languages AS l ON w.channel = l.k GROUP BY 1, 2 ORDER BY 1',
      'SQL: tables': "SELECT * FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = 'lookup'",
      'SQL: columns': "SELECT * FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = 'lookup'",
    },
    sql,
  ),
};

/** Registered lookups and maps, wherever a query may name one. */
export const lookupCases = unordered(
  differing(cases, {
    'of values of a list, replaced': 'Druid looks nothing up for a row with an empty list',
    'a filtered dimension': 'Druid looks nothing up for a row with an empty list',
    'SQL: a join': "Druid's joins pass over entries whose value is null",
  }),
);
