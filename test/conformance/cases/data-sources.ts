import { added, count, day, differing, each, groupBy, ofOdd, scan, timeseries, topN } from '../build.ts';
import type { Cases } from '../define.ts';

const channels = groupBy('wikipedia', day, { dimensions: ['channel'], aggregations: [count, added] });
const inner = (query: object) => ({ type: 'query', query });
const inline = {
  type: 'inline',
  columnNames: ['__time', 'letter', 'number'],
  columnTypes: ['LONG', 'STRING', 'LONG'],
  rows: [
    [1442016000000, 'a', 1],
    [1442019600000, 'b', null],
    [1442019600000, null, 3],
  ],
};
const over = (dataSource: unknown, fields: object) => ({ ...timeseries('', day, { ...fields }), dataSource });
const delegate = { type: 'default', dimension: 'tags', outputName: 't' };

const tagSpecs = {
  'listFiltered: white list': { type: 'listFiltered', delegate, values: ['x', 'y'] },
  'listFiltered: black list': { type: 'listFiltered', delegate, values: ['x', 'y'], isWhitelist: false },
  regexFiltered: { type: 'regexFiltered', delegate, pattern: '[xyz]' },
  prefixFiltered: { type: 'prefixFiltered', delegate, prefix: 'x' },
};

const cases: Cases = {
  ...each(
    {
      'a table': { type: 'table', name: 'wikipedia' },
      'a union': { type: 'union', dataSources: ['wikipedia', 'edits'] },
      'a filtered table': {
        type: 'filter',
        base: { type: 'table', name: 'wikipedia' },
        filter: { type: 'selector', dimension: 'isRobot', value: 'true' },
      },
    },
    (dataSource) => over(dataSource, { aggregations: [count, added] }),
  ),
  'a count of groups': { query: over(inner(channels), { aggregations: [count] }) },
  'a maximum over groups': {
    query: over(inner(channels), {
      aggregations: [
        { type: 'longMax', name: 'most', fieldName: 'rows' },
        { type: 'longSum', name: 'all', fieldName: 'added' },
      ],
    }),
  },
  'groups of groups': {
    query: {
      ...groupBy('', day, {
        dimensions: ['isRobot'],
        aggregations: [{ type: 'longMax', name: 'm', fieldName: 'rows' }],
      }),
      dataSource: inner(groupBy('wikipedia', day, { dimensions: ['isRobot', 'channel'] })),
    },
  },
  'groups of scanned rows': {
    query: {
      ...groupBy('', day, { dimensions: ['namespace'] }),
      dataSource: inner(scan('wikipedia', day, { columns: ['__time', 'namespace', 'added'] })),
    },
  },
  'inline rows': { query: { ...scan('', day, { columns: ['letter', 'number'] }), dataSource: inline } },
  'inline rows, grouped': {
    query: {
      ...groupBy('', day, {
        dimensions: ['letter'],
        aggregations: [{ type: 'longSum', name: 'n', fieldName: 'number' }],
      }),
      dataSource: inline,
    },
  },
  ...each(tagSpecs, (dimension) => groupBy('odd', ofOdd, { dimensions: [dimension] })),
  ...each(Object.fromEntries(Object.entries(tagSpecs).map(([name, spec]) => [`topN: ${name}`, spec])), (dimension) =>
    topN('odd', ofOdd, { dimension, threshold: 10 }),
  ),
};

/** Data sources beyond a table's name, and dimension specs that filter values. */
export const dataSourceCases = differing(cases, {
  'topN: listFiltered: black list': "Druid's topN leaves out rows with an empty list",
});
