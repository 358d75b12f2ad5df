import { added, count, day, delta, each, morning, ofOdd, timeseries } from '../build.ts';
import type { Cases } from '../define.ts';

const robots = { type: 'selector', dimension: 'isRobot', value: 'true' };
const nobody = { type: 'selector', dimension: 'user', value: 'nobody at all' };
const unknown = '2001-01-01/2001-02-01';

export const timeseriesCases: Cases = {
  ...each(
    {
      all: {},
      hours: { granularity: 'hour', aggregations: [count, added, delta] },
      'a filter': { granularity: 'hour', filter: robots },
      'a filter that passes nothing': { granularity: 'all', filter: nobody, aggregations: [count, added, delta] },
      'hours of a filter that passes nothing': {
        granularity: 'six_hour',
        filter: nobody,
        aggregations: [count, added],
      },
      'the same without empty buckets': {
        granularity: 'six_hour',
        filter: nobody,
        context: { skipEmptyBuckets: true },
      },
      'skipEmptyBuckets as text': { granularity: 'hour', filter: nobody, context: { skipEmptyBuckets: 'true' } },
      descending: { granularity: 'six_hour', descending: true },
      'a limit': { granularity: 'hour', limit: 3 },
      'a limit, descending': { granularity: 'hour', limit: 3, descending: true },
      'a grand total': { granularity: 'eight_hour', aggregations: [count, added], context: { grandTotal: true } },
      'a grand total, descending': { granularity: 'eight_hour', descending: true, context: { grandTotal: true } },
      'no aggregations': { granularity: 'eight_hour', aggregations: [] },
    },
    (fields) => timeseries('wikipedia', day, fields),
  ),
  ...each(
    {
      'all, of a part': {},
      'hours, of a part': { granularity: 'hour' },
      'quarters of an hour, of a part': { granularity: 'fifteen_minute', limit: 6 },
    },
    (fields) => timeseries('wikipedia', morning, fields),
  ),
  ...each(
    {
      'all, without rows': { aggregations: [count, added, delta] },
      'all, without rows and empty buckets': { context: { skipEmptyBuckets: true } },
      'hours, without rows': { granularity: 'hour' },
    },
    (fields) => timeseries('wikipedia', unknown, fields),
  ),
  'an unknown dataSource': { query: timeseries('no such thing', day) },
  'two intervals': {
    query: {
      ...timeseries('wikipedia', day, { granularity: 'hour' }),
      intervals: ['2015-09-12T01/2015-09-12T03', '2015-09-12T02:30/2015-09-12T04', '2015-09-12T20/P1D'],
    },
  },
  ...each(
    {
      'days with gaps': { granularity: 'day' },
      'hours with gaps': { granularity: 'six_hour' },
      'nulls in sums': { granularity: 'day', aggregations: [{ type: 'longSum', name: 'n', fieldName: 'n' }] },
      'hours, nulls in sums': {
        granularity: 'hour',
        aggregations: [{ type: 'doubleSum', name: 'd', fieldName: 'd' }],
        limit: 12,
      },
    },
    (fields) => timeseries('odd', ofOdd, fields),
  ),
  'rollup: hours': {
    query: timeseries('edits', day, {
      granularity: 'six_hour',
      aggregations: [{ type: 'longSum', name: 'events', fieldName: 'count' }, count, added],
    }),
  },
};
