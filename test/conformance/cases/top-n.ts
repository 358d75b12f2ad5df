import { added, count, day, delta, differing, each, ofOdd, topN } from '../build.ts';
import type { Cases } from '../define.ts';

const byDimension = (ordering: string, previousStop?: string) => ({ type: 'dimension', ordering, previousStop });
const channel = { dimension: 'channel', aggregations: [count, added, delta] };

const overWikipedia = {
  'by a count': channel,
  'by a sum': { ...channel, metric: 'added' },
  'by a double': { ...channel, metric: { type: 'numeric', metric: 'delta' } },
  inverted: { ...channel, metric: { type: 'inverted', metric: 'added' } },
  'by the dimension': { ...channel, metric: byDimension('lexicographic') },
  'by the dimension, backwards': { ...channel, metric: { type: 'inverted', metric: byDimension('lexicographic') } },
  'by the dimension, from a value': { ...channel, metric: byDimension('lexicographic', '#fr.wikipedia') },
  'by an older name': { ...channel, metric: { type: 'lexicographic', previousStop: '#fr.wikipedia' } },
  'by its length': { dimension: 'namespace', metric: byDimension('strlen') },
  'with a null': { dimension: 'countryName' },
  'with a null, by the dimension': { dimension: 'countryName', metric: byDimension('lexicographic') },
  'of longs': { dimension: 'metroCode', metric: byDimension('numeric') },
  'of longs by count': { dimension: 'metroCode', threshold: 3 },
  'by the quarter of a day': { ...channel, granularity: 'six_hour', threshold: 2 },
  'filtered away': { ...channel, filter: { type: 'false' } },
  'filtered away, by the hour': { ...channel, filter: { type: 'false' }, granularity: 'hour' },
  'an extraction': {
    dimension: {
      type: 'extraction',
      dimension: 'channel',
      outputName: 'language',
      extractionFn: { type: 'regex', expr: '#(\\w\\w)' },
    },
  },
  'by a post-aggregator': {
    ...channel,
    metric: 'mean',
    postAggregations: [
      {
        type: 'arithmetic',
        name: 'mean',
        fn: '/',
        fields: [
          { type: 'fieldAccess', fieldName: 'added' },
          { type: 'fieldAccess', fieldName: 'rows' },
        ],
      },
    ],
  },
  'an unknown dimension': { dimension: 'nothing' },
  'an unknown metric': { dimension: 'channel', metric: 'nothing' },
  'a threshold of nothing': { dimension: 'channel', threshold: 0 },
};

const cases: Cases = {
  ...each(overWikipedia, (fields) => topN('wikipedia', day, fields)),
  ...each(
    Object.fromEntries(['name', 'tags', 'size', 'n', 'd', 'f'].map((name) => [`odd ${name}`, name])),
    (dimension) => topN('odd', ofOdd, { dimension, threshold: 20 }),
  ),
  ...each(Object.fromEntries(['n', 'd'].map((name) => [`odd by a sum of ${name}`, name])), (fieldName) =>
    topN('odd', ofOdd, {
      dimension: 'name',
      threshold: 20,
      metric: 'm',
      aggregations: [{ type: fieldName === 'n' ? 'longSum' : 'doubleSum', name: 'm', fieldName }],
    }),
  ),
  'odd by a sum, inverted': {
    query: topN('odd', ofOdd, {
      dimension: 'name',
      threshold: 20,
      metric: { type: 'inverted', metric: 'm' },
      aggregations: [{ type: 'longSum', name: 'm', fieldName: 'n' }],
    }),
  },
  'odd tags that are filtered': {
    query: topN('odd', ofOdd, { dimension: 'tags', filter: { type: 'selector', dimension: 'tags', value: 'x' } }),
  },
};

export const topNCases = differing(cases, {
  'odd tags': "Druid's topN leaves out rows with an empty list",
});
