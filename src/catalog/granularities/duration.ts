import { z } from 'zod';
import { fixedBuckets } from '../buckets.ts';
import { defineGranularity } from '../define.ts';

const schema = z.object({
  type: z.literal('duration'),
  /** Milliseconds. */
  duration: z.coerce.number().int().positive(),
  origin: z.union([z.iso.datetime({ offset: true }), z.iso.date(), z.null()]).optional(),
});

export default defineGranularity<z.infer<typeof schema>>({
  type: 'duration',
  summary: 'Buckets of a number of milliseconds, counted from 1970 or from an origin.',
  see: 'https://druid.apache.org/docs/latest/querying/granularities#duration-granularities',
  schema,
  compile: (spec) => fixedBuckets(spec.duration, spec.origin ? Date.parse(spec.origin) : 0),
  examples: [
    {
      spec: { type: 'duration', duration: 7_200_000 },
      pairs: [['2015-09-12T15:47:13.000Z', '2015-09-12T14:00:00.000Z']],
    },
    {
      spec: { type: 'duration', duration: 3_600_000, origin: '2012-01-01T00:30:00Z' },
      pairs: [['2015-09-12T14:47:13.000Z', '2015-09-12T14:30:00.000Z']],
    },
  ],
});
