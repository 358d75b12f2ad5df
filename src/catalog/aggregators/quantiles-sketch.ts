import { z } from 'zod';
import { defineAggregator, only } from '../define.ts';
import { sketchFieldShape, storedSketch } from '../sketches/field.ts';
import { countOf, foldQuantiles, mergeQuantiles, quantilesState } from '../sketches/quantiles.ts';

const stateType = 'COMPLEX<quantilesDoublesSketch>';

const schema = z.object({
  type: z.literal(['quantilesDoublesSketch', 'quantilesDoublesSketchMerge']),
  ...sketchFieldShape,
  k: z
    .number()
    .int()
    .min(2)
    .max(2 ** 15)
    .refine((k) => Number.isInteger(Math.log2(k)), { error: 'expected a power of two' })
    .default(128),
  /** What Druid's buffers are sized for; there are none here. */
  maxStreamLength: z.number().nullish(),
  shouldFinalize: z.boolean().default(true),
});

export default defineAggregator<z.infer<typeof schema>>({
  type: 'quantilesDoublesSketch',
  aliases: ['quantilesDoublesSketchMerge'],
  summary:
    'The distribution of a numeric field, for post-aggregators; its own value is the number of values. Exact up to 8k values; beyond, a rank is off by 1/(8k) at most for each time that parts are merged.',
  see: 'https://druid.apache.org/docs/latest/development/extensions-core/datasketches-quantiles',
  schema,
  inputs: (spec) => [spec.fieldName],
  stateType: () => stateType,
  sqlType: () => quantilesState,
  fold: (spec, input) => {
    const stored = storedSketch(spec, stateType, input);
    if (stored) return mergeQuantiles(stored, spec.k, only(input.where));
    return foldQuantiles(input.scope.column(spec.fieldName), spec.k, only(input.where));
  },
  merge: (spec, state) => mergeQuantiles(state, spec.k),
  finish: ({ shouldFinalize }, state) =>
    shouldFinalize ? { sql: countOf(state), type: 'LONG' } : { sql: state, type: stateType },
  examples: [
    {
      spec: { type: 'quantilesDoublesSketch', name: 'delays', fieldName: 'delay' },
      events: [{ delay: 3 }, { delay: 1 }, { delay: 1 }, {}],
      result: 3,
    },
  ],
});
