/** The granularities that have a name. */
import { z } from 'zod';
import { allBuckets, type Buckets, noneBuckets, periodBuckets } from '../buckets.ts';
import { defineGranularity, registerShorthand } from '../define.ts';
import { type Period, parsePeriod } from '../period.ts';

/** Names are written in any letter case, bare or as `{"type": name}`. */
registerShorthand('granularity', (value) => {
  if (typeof value === 'string') return { type: value.toLowerCase() };
  if (typeof value !== 'object' || value === null || !('type' in value) || typeof value.type !== 'string') return value;
  return { ...value, type: value.type.toLowerCase() };
});

const see = 'https://druid.apache.org/docs/latest/querying/granularities#simple-granularities';
const at = '2015-09-12T14:47:13.512Z';

function define(type: string, buckets: Buckets, what: string, start: string | undefined) {
  return defineGranularity<{ type: string }>({
    type,
    summary: what,
    see,
    schema: z.object({ type: z.literal(type) }),
    compile: () => buckets,
    examples: start === undefined ? [] : [{ spec: type, pairs: [[at, start]] }],
  });
}

const named = (type: string, period: string, start: string) =>
  define(type, periodBuckets(parsePeriod(period) as Period, 'UTC') as Buckets, `Buckets of ${period} in UTC.`, start);

export default [
  define('all', allBuckets, 'Everything in one bucket.', undefined),
  define('none', noneBuckets, 'A bucket for each millisecond.', at),
  named('second', 'PT1S', '2015-09-12T14:47:13.000Z'),
  named('minute', 'PT1M', '2015-09-12T14:47:00.000Z'),
  named('five_minute', 'PT5M', '2015-09-12T14:45:00.000Z'),
  named('ten_minute', 'PT10M', '2015-09-12T14:40:00.000Z'),
  named('fifteen_minute', 'PT15M', '2015-09-12T14:45:00.000Z'),
  named('thirty_minute', 'PT30M', '2015-09-12T14:30:00.000Z'),
  named('hour', 'PT1H', '2015-09-12T14:00:00.000Z'),
  named('six_hour', 'PT6H', '2015-09-12T12:00:00.000Z'),
  named('eight_hour', 'PT8H', '2015-09-12T08:00:00.000Z'),
  named('day', 'P1D', '2015-09-12T00:00:00.000Z'),
  named('week', 'P1W', '2015-09-07T00:00:00.000Z'),
  named('month', 'P1M', '2015-09-01T00:00:00.000Z'),
  named('quarter', 'P3M', '2015-07-01T00:00:00.000Z'),
  named('year', 'P1Y', '2015-01-01T00:00:00.000Z'),
];
