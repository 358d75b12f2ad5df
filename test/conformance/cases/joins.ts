import { added, count, day, each, groupBy, morning, ofOdd, scan, timeseries, topN, unordered } from '../build.ts';
import type { Cases } from '../define.ts';

const names = {
  type: 'inline',
  columnNames: ['k', 'w', 'n'],
  columnTypes: ['STRING', 'STRING', 'LONG'],
  rows: [
    ['alpha', 'A', 1],
    ['beta', 'B', 42],
    ['nix', 'N', null],
    [null, 'null', 7],
    ['alpha', 'A2', 42],
  ],
};
const texts = {
  type: 'inline',
  columnNames: ['k'],
  columnTypes: ['STRING'],
  rows: [['42'], ['1.0'], ['0.5'], ['-2.5']],
};
const query = (inner: object) => ({ type: 'query', query: inner });
const byName = query(groupBy('odd', ofOdd, { dimensions: ['name'], aggregations: [count] }));
const letters = { type: 'lookup', lookup: 'letters' };
const languages = { type: 'lookup', lookup: 'languages' };

const join = (right: unknown, condition: string, more: object = {}) => ({
  type: 'join',
  left: 'odd',
  right,
  rightPrefix: 'r.',
  condition,
  joinType: 'INNER',
  ...more,
});
const columns = ['__time', 'name', 'n', 'r.k', 'r.w', 'r.n', 'r.__time'];
const rows = (dataSource: unknown, fields: object = {}, intervals = ofOdd) => ({
  ...scan('', intervals, { columns, ...fields }),
  dataSource,
});
const edits = (joinType: string) => ({
  type: 'join',
  left: 'wikipedia',
  right: languages,
  rightPrefix: 'l.',
  condition: 'channel == "l.k"',
  joinType,
});

const inners = {
  timeseries: timeseries('odd', ofOdd, {
    granularity: 'day',
    postAggregations: [{ type: 'expression', name: 'p', expression: 'rows * 2' }],
  }),
  'timeseries with empty buckets': timeseries('odd', ofOdd, { granularity: 'hour', limit: 20 }),
  'timeseries over all': timeseries('odd', ofOdd),
  'timeseries over nothing': timeseries('odd', '2001/2002'),
  topN: topN('odd', ofOdd, { dimension: { type: 'default', dimension: 'name', outputName: 'o' }, threshold: 3 }),
  'topN by day': topN('odd', ofOdd, { granularity: 'day', dimension: 'name', threshold: 2 }),
  groupBy: groupBy('odd', ofOdd, { dimensions: ['name'], aggregations: [{ ...count, name: 'z' }, count] }),
  'groupBy by day': groupBy('odd', ofOdd, { granularity: 'day', dimensions: ['size'] }),
};

const cases: Cases = {
  ...each(
    {
      inner: join(names, 'name == "r.k"'),
      'the other way round': join(names, '"r.k" == name'),
      left: join(names, 'name == "r.k"', { joinType: 'LEFT' }),
      'by a number': join(names, 'n == "r.n"'),
      'by text that is a number': join(names, 'size == "r.n"'),
      'by a fraction': join(names, 'd == "r.n"'),
      'where null is null': join(names, 'notdistinctfrom(name, "r.k")'),
      'by an expression': join(names, 'concat(name, \'\') == "r.k" && n == "r.n"', { joinType: 'LEFT' }),
      always: join(names, '1'),
      never: join(names, '0', { joinType: 'LEFT' }),
      'a filtered left side': join(names, 'name == "r.k"', {
        joinType: 'LEFT',
        leftFilter: { type: 'selector', dimension: 'name', value: 'alpha' },
      }),
    },
    (dataSource) => rows(dataSource),
  ),
  ...each(
    {
      'numbers by their text': join(texts, 'n == "r.k"'),
      'doubles by their text': join(texts, 'd == "r.k"'),
    },
    (dataSource) => rows(dataSource, { columns: ['n', 'd', 'r.k'] }),
  ),
  'all columns': { query: rows(join(names, 'name == "r.k"'), { columns: [] }) },
  'all columns of a lookup': { query: rows(join(letters, 'name == "r.k"', { joinType: 'LEFT' }), { columns: [] }) },
  'by a looked-up value': {
    query: rows(join(names, 'lookup(name, \'letters\', name) == "r.k"', { joinType: 'LEFT' })),
  },
  'a query on the right': {
    query: rows(join(byName, 'name == "r.name"'), { columns: ['name', 'r.name', 'r.rows', 'r.__time'] }),
  },
  'a query on both sides': {
    query: rows(
      join(byName, 'name == "r.name"', { left: byName }),
      { columns: ['name', 'rows', 'r.rows'] },
      '0000/3000',
    ),
  },
  'two, one after the other': {
    query: rows(
      join(letters, 'name == "s.k"', {
        left: join(names, 'name == "r.k"', { joinType: 'LEFT' }),
        rightPrefix: 's.',
        joinType: 'LEFT',
      }),
      {
        columns: ['name', 'r.w', 's.v'],
      },
    ),
  },
  'rows of several values': {
    query: rows(join({ type: 'inline', columnNames: ['k'], rows: [['x'], ['y']] }, 'tags == "r.k"')),
  },
  'no equality': { query: rows(join(names, 'n > "r.n"')) },
  'an answer that is not made of rows': {
    query: { ...scan('', ofOdd), dataSource: query({ queryType: 'timeBoundary', dataSource: 'odd' }) },
  },
  timeseries: {
    query: {
      ...timeseries('', morning, { granularity: 'hour', aggregations: [count, added] }),
      dataSource: edits('INNER'),
    },
  },
  topN: {
    query: {
      ...topN('', morning, { dimension: 'l.v', aggregations: [count, added], metric: 'added' }),
      dataSource: edits('LEFT'),
    },
  },
  groupBy: {
    query: {
      ...groupBy('', day, {
        dimensions: ['l.v', 'isRobot'],
        aggregations: [count, added],
        filter: { type: 'in', dimension: 'l.v', values: ['English', 'German', ''] },
      }),
      dataSource: edits('LEFT'),
    },
  },
  search: {
    query: {
      ...scan('', morning),
      queryType: 'search',
      searchDimensions: ['l.v'],
      query: { type: 'contains', value: 'English' },
      dataSource: edits('INNER'),
    },
  },
  timeBoundary: { query: { queryType: 'timeBoundary', dataSource: edits('INNER') } },
  ...each(Object.fromEntries(Object.entries(inners).map(([name, inner]) => [`rows of ${name}`, inner])), (inner) => ({
    ...scan('', '0000/3000'),
    dataSource: query(inner),
  })),
  'a month of days': {
    query: {
      ...timeseries('', ofOdd, {
        granularity: 'month',
        aggregations: [{ type: 'longSum', name: 'n', fieldName: 'rows' }],
      }),
      dataSource: query(inners.timeseries),
    },
  },
  'groups of a topN': {
    query: {
      ...groupBy('', ofOdd, { dimensions: ['o'], aggregations: [{ type: 'longMax', name: 'm', fieldName: 'rows' }] }),
      dataSource: query(inners.topN),
    },
  },
  'a global table': {
    query: { ...groupBy('', ofOdd, { dimensions: ['name'] }), dataSource: { type: 'globalTable', name: 'odd' } },
  },
  ...each(
    {
      'unnested: a list': { expression: 'tags', outputType: 'STRING' },
      'unnested: an array': { expression: 'array(n, d)', outputType: 'ARRAY<DOUBLE>' },
      'unnested: a single value': { expression: 'name', outputType: 'STRING' },
      'unnested: a list as an array': { expression: 'mv_to_array(tags)', outputType: 'ARRAY<STRING>' },
    },
    (virtualColumn) => ({
      ...scan('', ofOdd, { columns: ['name', 'u'] }),
      dataSource: { type: 'unnest', base: 'odd', virtualColumn: { type: 'expression', name: 'u', ...virtualColumn } },
    }),
  ),
  ...each(
    {
      'unnested and filtered, rows': scan('', ofOdd),
      'unnested and filtered, groups': groupBy('', ofOdd, { dimensions: ['u', 'name'] }),
      'unnested and filtered, top': topN('', ofOdd, { dimension: 'u' }),
      'unnested and filtered, counted': timeseries('', ofOdd, { granularity: 'day' }),
    },
    (asked) => ({
      ...asked,
      dataSource: {
        type: 'unnest',
        base: 'odd',
        virtualColumn: { type: 'expression', name: 'u', expression: 'tags', outputType: 'STRING' },
        unnestFilter: { type: 'in', dimension: 'u', values: ['x', 'y'] },
      },
    }),
  ),
};

/** Joins, queries as data sources, and unnested values. */
export const joinCases = unordered(cases);
