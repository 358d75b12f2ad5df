import { z } from 'zod';
import { type Buckets, periodBuckets } from '../buckets.ts';
import { defineGranularity } from '../define.ts';
import { parsePeriod } from '../period.ts';
import { canonicalZone } from '../zone.ts';

const schema = z
  .object({
    type: z.literal('period'),
    period: z.string(),
    timeZone: z.string().nullish(),
    /** ISO 8601 instant at which a bucket starts. */
    origin: z.union([z.iso.datetime({ offset: true }), z.iso.date(), z.null()]).optional(),
  })
  .refine((spec) => bucketsOf(spec) !== undefined, {
    error: 'expected a positive ISO 8601 period such as PT6H, P1D or P1M, without months and days mixed',
    path: ['period'],
  });

function bucketsOf(spec: {
  period: string;
  timeZone?: string | null | undefined;
  origin?: string | null | undefined;
}): Buckets | undefined {
  const period = parsePeriod(spec.period);
  return (
    period &&
    periodBuckets(period, canonicalZone(spec.timeZone ?? 'UTC'), spec.origin ? Date.parse(spec.origin) : undefined)
  );
}

export default defineGranularity<z.infer<typeof schema>>({
  type: 'period',
  summary: 'Buckets of an ISO 8601 period, counted in a time zone. An unknown zone is UTC, as in Druid.',
  see: 'https://druid.apache.org/docs/latest/querying/granularities#period-granularities',
  schema,
  compile: (spec) => bucketsOf(spec) as Buckets,
  examples: [
    {
      spec: { type: 'period', period: 'P1D', timeZone: 'America/Los_Angeles' },
      pairs: [['2015-09-12T03:00:00.000Z', '2015-09-11T07:00:00.000Z']],
    },
    // Hours count in real time from 1970-01-01 in Berlin, 23:00Z: in summer the buckets begin at odd hours of the wall clock.
    {
      spec: { type: 'period', period: 'PT6H', timeZone: 'Europe/Berlin' },
      pairs: [['2015-07-01T06:00:00.000Z', '2015-07-01T05:00:00.000Z']],
    },
    { spec: { type: 'period', period: 'P1W' }, pairs: [['2015-09-12T14:47:13.000Z', '2015-09-07T00:00:00.000Z']] },
    { spec: { type: 'period', period: 'P2W' }, pairs: [['1970-01-16T00:00:00.000Z', '1970-01-15T00:00:00.000Z']] },
    {
      spec: { type: 'period', period: 'PT1H', timeZone: 'Asia/Kolkata' },
      pairs: [['2015-09-12T14:47:13.000Z', '2015-09-12T14:30:00.000Z']],
    },
    {
      spec: { type: 'period', period: 'P3D', origin: '2015-09-02T00:00:00Z' },
      pairs: [['2015-09-12T14:47:13.000Z', '2015-09-11T00:00:00.000Z']],
    },
  ],
});
