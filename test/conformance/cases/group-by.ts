import { added, count, day, delta, each, groupBy, ofOdd } from '../build.ts';
import type { Cases } from '../define.ts';

const ordered = (...columns: unknown[]) => ({ type: 'default', columns });
const by = (dimension: string, direction = 'ascending', dimensionOrder: unknown = 'lexicographic') => ({
  dimension,
  direction,
  dimensionOrder,
});
const oddColumns = ['name', 'tags', 'size', 'n', 'd', 'f'];
const channels = { dimensions: ['channel'], aggregations: [count, added, delta] };
const perCountry = { dimensions: ['countryName'], aggregations: [count, added] };

const overWikipedia = {
  'one dimension': channels,
  'two dimensions': { dimensions: ['isRobot', 'namespace'], aggregations: [count, added] },
  'by the hour': { dimensions: ['isRobot'], granularity: 'six_hour' },
  'no dimensions': { dimensions: [], aggregations: [count, added] },
  'dimension renamed': { dimensions: [{ type: 'default', dimension: 'isRobot', outputName: 'robot' }] },
  'a limit': { ...channels, limitSpec: { type: 'default', limit: 4 } },
  'order by a metric': {
    ...channels,
    limitSpec: { ...ordered(by('rows', 'descending', 'numeric'), by('channel')), limit: 7 },
  },
  'order by a dimension, descending': { ...channels, limitSpec: { ...ordered(by('channel', 'descending')), limit: 5 } },
  'order by text': { ...channels, limitSpec: { ...ordered('channel'), limit: 5 } },
  'limit and offset': {
    ...channels,
    limitSpec: { ...ordered(by('added', 'descending', 'numeric')), limit: 4, offset: 3 },
  },
  'nulls among dimensions': { ...perCountry, limitSpec: { ...ordered(by('countryName')), limit: 5 } },
  'nulls among dimensions, descending': {
    ...perCountry,
    limitSpec: { ...ordered(by('countryName', 'descending')), limit: 60 },
  },
  'order by strlen': { ...perCountry, limitSpec: ordered(by('countryName', 'ascending', 'strlen'), by('countryName')) },
  'order by a dimension, numeric': {
    dimensions: ['metroCode'],
    limitSpec: { ...ordered(by('metroCode', 'descending', 'numeric')), limit: 6 },
  },
  'dimension of longs': { dimensions: [{ type: 'default', dimension: 'metroCode', outputType: 'LONG' }] },
  'dimension of longs as text': { dimensions: [{ type: 'default', dimension: 'metroCode', outputType: 'STRING' }] },
  'dimension unknown': { dimensions: ['nothing', 'isRobot'] },
  'dimension of time': {
    dimensions: [
      {
        type: 'extraction',
        dimension: '__time',
        outputName: 'hour',
        extractionFn: { type: 'timeFormat', format: 'HH', timeZone: 'Europe/Berlin' },
      },
    ],
  },
  'having more than': { ...channels, having: { type: 'greaterThan', aggregation: 'rows', value: 50 } },
  'having less than': { ...channels, having: { type: 'lessThan', aggregation: 'delta', value: 0 } },
  'having equal to': { ...channels, having: { type: 'equalTo', aggregation: 'rows', value: 3 } },
  'having and, or, not': {
    ...channels,
    having: {
      type: 'or',
      havingSpecs: [
        {
          type: 'and',
          havingSpecs: [
            { type: 'greaterThan', aggregation: 'rows', value: 20 },
            { type: 'not', havingSpec: { type: 'greaterThan', aggregation: 'added', value: 5000 } },
          ],
        },
        { type: 'dimSelector', dimension: 'channel', value: '#en.wikipedia' },
      ],
    },
  },
  'having a filter': {
    ...channels,
    having: { type: 'filter', filter: { type: 'bound', dimension: 'added', lower: '1000', ordering: 'numeric' } },
  },
  'having of a null dimension': {
    ...perCountry,
    having: { type: 'dimSelector', dimension: 'countryName', value: null },
  },
  'result as arrays': { ...channels, limitSpec: { type: 'default', limit: 3 }, context: { resultAsArray: true } },
  'result as arrays by the hour': {
    dimensions: ['isRobot'],
    granularity: 'eight_hour',
    context: { resultAsArray: true },
  },
  'sorted by dimensions first': {
    dimensions: ['isRobot'],
    granularity: 'eight_hour',
    context: { sortByDimsFirst: true },
  },
  'filter that passes nothing': { ...channels, filter: { type: 'false' } },
  'no dimensions, nothing passes': { dimensions: [], filter: { type: 'false' }, aggregations: [count, added] },
};

/** Of numbers that Java writes as 1.000003E7, and so on. */
const scientific = {
  'doubles by their text': {
    dimensions: [{ type: 'default', dimension: 'big', outputType: 'DOUBLE' }],
    limitSpec: { ...ordered(by('big')), limit: 60 },
  },
  'floats as text': {
    virtualColumns: [{ type: 'expression', name: 'v', expression: 'l * 20000000', outputType: 'FLOAT' }],
    dimensions: [{ type: 'default', dimension: 'v', outputType: 'STRING' }],
    limitSpec: { ...ordered(by('v')), limit: 60 },
  },
  'doubles whose text is sought': {
    virtualColumns: [{ type: 'expression', name: 'v', expression: 'big / 16.0', outputType: 'DOUBLE' }],
    dimensions: ['v'],
    filter: { type: 'like', dimension: 'v', pattern: '%E7' },
  },
};

export const groupByCases: Cases = {
  ...each(scientific, (fields) => groupBy('random', '2024-10-01/2025-01-01', { ...fields, aggregations: [count] })),
  ...each(overWikipedia, (fields) => groupBy('wikipedia', day, fields)),
  ...each(Object.fromEntries(oddColumns.map((name) => [`odd ${name}`, name])), (name) =>
    groupBy('odd', ofOdd, { dimensions: [name] }),
  ),
  ...each(Object.fromEntries(oddColumns.map((name) => [`odd ${name} as text, alphanumeric`, name])), (name) =>
    groupBy('odd', ofOdd, {
      dimensions: [{ type: 'default', dimension: name, outputType: 'STRING' }],
      limitSpec: ordered(by(name, 'ascending', 'alphanumeric')),
    }),
  ),
  'odd tags with names': { query: groupBy('odd', ofOdd, { dimensions: ['tags', 'name'] }), unordered: true },
  'odd tags that are filtered': {
    query: groupBy('odd', ofOdd, { dimensions: ['tags'], filter: { type: 'selector', dimension: 'tags', value: 'x' } }),
  },
  'odd upper tags': {
    query: groupBy('odd', ofOdd, {
      dimensions: [{ type: 'extraction', dimension: 'tags', outputName: 't', extractionFn: { type: 'upper' } }],
    }),
  },
  rollup: {
    query: groupBy('edits', day, {
      dimensions: ['isRobot'],
      aggregations: [
        { type: 'longSum', name: 'events', fieldName: 'count' },
        { type: 'longMin', name: 'least', fieldName: 'leastDelta' },
        { type: 'doubleMax', name: 'most', fieldName: 'mostDelta' },
        { type: 'longSum', name: 'new', fieldName: 'newPages' },
      ],
    }),
  },
};
