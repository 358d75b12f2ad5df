import { z } from 'zod';
import { defineAggregator, only, type TypeIssueParams } from '../define.ts';
import { sketchFieldShape, storedSketch } from '../sketches/field.ts';
import {
  bucketsText,
  fixedBucketsState,
  fixedBucketsType,
  foldBuckets,
  mergeBuckets,
} from '../sketches/fixed-buckets.ts';

const schema = z
  .object({
    type: z.literal('fixedBucketsHistogram'),
    ...sketchFieldShape,
    lowerLimit: z.number(),
    upperLimit: z.number(),
    numBuckets: z.number().int().min(1).max(10_000).default(10),
    outlierHandlingMode: z
      .string()
      .transform((mode) => mode.toLowerCase())
      .pipe(z.enum(['ignore', 'overflow', 'clip'])),
    finalizeAsBase64Binary: z
      .boolean()
      .nullish()
      .refine((asBinary) => !asBinary, {
        error: 'histograms in their binary form are not supported',
        params: { unsupported: true } satisfies TypeIssueParams,
      }),
  })
  .refine(({ lowerLimit, upperLimit }) => lowerLimit < upperLimit, {
    path: ['upperLimit'],
    error: 'expected an upperLimit above the lowerLimit',
  });

type Spec = z.infer<typeof schema>;

const events = [1, 2, 7, 12, 19, 25, -5].map((ms) => ({ ms }));
const more = [3, 8, 9, 13, -99, 200].map((ms) => ({ ms }));
const spec = (outlierHandlingMode: string) => ({
  type: 'fixedBucketsHistogram',
  name: 'delays',
  fieldName: 'ms',
  lowerLimit: 0,
  upperLimit: 20,
  numBuckets: 5,
  outlierHandlingMode,
});
const between = 'lowerLimit=0.0, upperLimit=20.0, numBuckets=5';

export default defineAggregator<Spec>({
  type: 'fixedBucketsHistogram',
  summary:
    'How many values of a numeric field lie in each of some buckets of one size between two limits; its own value is a text that tells so. Values beyond the limits are ignored, counted beside (overflow), or counted in the first and last bucket (clip); missing ones are counted beside.',
  see: 'https://druid.apache.org/docs/latest/development/extensions-core/approximate-histograms#fixed-buckets-histogram',
  schema,
  inputs: ({ fieldName }) => [fieldName],
  stateType: () => fixedBucketsType,
  sqlType: () => fixedBucketsState,
  fold: (buckets, input) => {
    const stored = storedSketch(buckets, fixedBucketsType, input);
    if (stored) return mergeBuckets(stored, buckets, only(input.where));
    return foldBuckets(input.scope.column(buckets.fieldName), buckets, (condition) => only(input.where, condition));
  },
  merge: (buckets, state) => mergeBuckets(state, buckets),
  finish: (buckets, state) => ({ sql: bucketsText(state, buckets), type: 'STRING' }),
  examples: [
    {
      spec: spec('overflow'),
      events: [...events, ...more, {}],
      result: `{${between}, upperOutlierCount=2, lowerOutlierCount=2, missingValueCount=1, histogram=[3, 1, 2, 2, 1], outlierHandlingMode=overflow, count=9, max=19.0, min=1.0}`,
    },
    {
      spec: spec('clip'),
      events: [...events, ...more],
      result: `{${between}, upperOutlierCount=0, lowerOutlierCount=0, missingValueCount=0, histogram=[5, 1, 2, 2, 3], outlierHandlingMode=clip, count=13, max=20.0, min=0.0}`,
    },
    {
      spec: spec('ignore'),
      events: [...events, ...more],
      result: `{${between}, upperOutlierCount=0, lowerOutlierCount=0, missingValueCount=0, histogram=[3, 1, 2, 2, 1], outlierHandlingMode=ignore, count=9, max=19.0, min=1.0}`,
    },
    {
      spec: spec('ignore'),
      events: [{ ms: 20 }],
      result: `{${between}, upperOutlierCount=0, lowerOutlierCount=0, missingValueCount=0, histogram=[0, 0, 0, 0, 0], outlierHandlingMode=ignore, count=0, max=-Infinity, min=Infinity}`,
    },
  ],
});
