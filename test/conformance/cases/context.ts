/** What a context asks for. */
import { count, each, groupBy, ofOdd, query, timeseries, topN } from '../build.ts';
import type { Cases } from '../define.ts';

const context = { serializeDateTimeAsLong: true };

const asLongs = {
  'times as longs: one bucket': timeseries('odd', ofOdd, { context }),
  'times as longs: days': timeseries('odd', ofOdd, { granularity: 'day', context: { ...context, grandTotal: true } }),
  'times as longs: topN': topN('odd', ofOdd, { dimension: 'name', threshold: 1, context }),
  'times as longs: groupBy': groupBy('odd', ofOdd, { dimensions: [], context }),
  'times as longs: timeBoundary': query('timeBoundary', 'odd', ofOdd, { context }),
  'times as longs: search': query('search', 'odd', ofOdd, {
    searchDimensions: ['name'],
    query: { type: 'insensitive_contains', value: 'gam' },
    context,
  }),
  'times as longs: dataSourceMetadata': query('dataSourceMetadata', 'odd', ofOdd, { context }),
  'flags that tune only': timeseries('odd', ofOdd, {
    aggregations: [count],
    context: { priority: 5, useCache: false, vectorize: 'force', queryId: 'tuned', lane: 'low', grandTotal: 'true' },
  }),
  // Text in a list of one is a number; several are none.
  'numbers of several values': groupBy('odd', ofOdd, {
    virtualColumns: [{ type: 'expression', name: 'v', expression: 'strlen(tags)', outputType: 'LONG' }],
    dimensions: [{ type: 'default', dimension: 'v', outputType: 'LONG' }],
  }),
  'sum of numbers of several values': timeseries('odd', ofOdd, {
    virtualColumns: [{ type: 'expression', name: 'v', expression: 'strlen(tags)', outputType: 'LONG' }],
    aggregations: [{ type: 'longSum', name: 'sum', fieldName: 'v' }],
  }),
};

export const contextCases: Cases = each(asLongs, (one) => one);
