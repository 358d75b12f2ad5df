import { count, day, each, groupBy, ofOdd, timeseries, topN } from '../build.ts';
import type { Cases } from '../define.ts';

const period = (name: string, timeZone?: string, origin?: string) => ({
  type: 'period',
  period: name,
  timeZone,
  origin,
});

const granularities = {
  fifteen_minute: 'fifteen_minute',
  thirty_minute: 'thirty_minute',
  hour: 'hour',
  six_hour: 'six_hour',
  eight_hour: 'eight_hour',
  DAY: 'DAY',
  week: 'week',
  month: 'month',
  quarter: 'quarter',
  year: 'year',
  'a type all': { type: 'all' },
  'duration of two hours': { type: 'duration', duration: 7_200_000 },
  'duration with an origin': { type: 'duration', duration: 7_200_000, origin: '2024-10-26T00:30:00Z' },
  'P1D in Berlin': period('P1D', 'Europe/Berlin'),
  'PT6H in Berlin': period('PT6H', 'Europe/Berlin'),
  'PT1H in Berlin': period('PT1H', 'Europe/Berlin'),
  'PT1H in Kolkata': period('PT1H', 'Asia/Kolkata'),
  'P1D in Los Angeles': period('P1D', 'America/Los_Angeles'),
  'P1W in Berlin': period('P1W', 'Europe/Berlin'),
  'P1M in Berlin': period('P1M', 'Europe/Berlin'),
  'P3M in Berlin': period('P3M', 'Europe/Berlin'),
  'P1Y in Tokyo': period('P1Y', 'Asia/Tokyo'),
  P2W: period('P2W'),
  P2M: period('P2M'),
  'P3D with an origin': period('P3D', undefined, '2024-10-02T00:00:00Z'),
  'P1D with an origin at six in Berlin': period('P1D', 'Europe/Berlin', '2024-10-01T06:00:00+02:00'),
  'PT2H by an offset': period('PT2H', '+05:30'),
  'an unknown zone': period('P1D', 'Nowhere/Land'),
};

const skipping = { skipEmptyBuckets: true };
const named = (prefix: string, cases: Cases): Cases =>
  Object.fromEntries(Object.entries(cases).map(([name, test]) => [`${prefix}: ${name}`, test]));

export const granularityCases: Cases = {
  ...named(
    'timeseries',
    each(granularities, (granularity) => timeseries('odd', ofOdd, { granularity, context: skipping })),
  ),
  ...named(
    'groupBy',
    each(granularities, (granularity) => groupBy('odd', ofOdd, { granularity, dimensions: [] })),
  ),
  ...named(
    'topN',
    each({ hour: 'hour', day: 'day', week: 'week', 'six_hour of an unknown value': 'six_hour' }, (granularity) =>
      topN('odd', ofOdd, { granularity, dimension: 'name', threshold: 2 }),
    ),
  ),
  // Druid's cost is by the bucket.
  ...named(
    'an hour',
    each({ minute: 'minute', five_minute: 'five_minute', ten_minute: 'ten_minute' }, (granularity) =>
      groupBy('wikipedia', '2015-09-12T05/PT1H', { granularity, dimensions: ['isRobot'] }),
    ),
  ),
  ...named(
    'a moment',
    each({ none: 'none', 'a type none': { type: 'none' }, second: 'second' }, (granularity) =>
      groupBy('odd', '2024-11-11T00:00:00Z/2024-11-11T00:00:00.050Z', { granularity, dimensions: ['name'] }),
    ),
  ),
  ...named(
    'filled',
    each(
      {
        'P1D in Berlin': period('P1D', 'Europe/Berlin'),
        'PT6H in Berlin': period('PT6H', 'Europe/Berlin'),
        week: 'week',
        month: 'month',
        quarter: 'quarter',
      },
      (granularity) => timeseries('odd', ofOdd, { granularity }),
    ),
  ),
  'buckets that begin before the interval': {
    query: timeseries('wikipedia', '2015-09-12T02:20:00Z/2015-09-12T05:10:00Z', { granularity: 'hour' }),
  },
  'an unknown granularity': {
    query: timeseries('wikipedia', day, { granularity: 'fortnight', aggregations: [count] }),
  },
};
