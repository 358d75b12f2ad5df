/** quantilesDoublesSketch, KllDoublesSketch, KllFloatsSketch. */
import { z } from 'zod';
import { defineAggregator, only } from '../define.ts';
import { type QuantileFamily, quantileFamilies } from '../sketches/families.ts';
import { sketchFieldShape, storedSketch } from '../sketches/field.ts';
import { countOf, foldQuantiles, mergeQuantiles, quantilesState } from '../sketches/quantiles.ts';

function define({ name, type, kSchema, see, toValue }: QuantileFamily) {
  const schema = z.object({
    type: z.literal([name, `${name}Merge`]),
    ...sketchFieldShape,
    k: kSchema,
    /** What Druid's buffers are sized for; there are none here. */
    maxStreamLength: z.number().nullish(),
    shouldFinalize: z.boolean().default(true),
  });
  return defineAggregator<z.infer<typeof schema>>({
    type: name,
    aliases: [`${name}Merge`],
    summary:
      'The distribution of a numeric field, for post-aggregators; its own value is the number of values. Exact up to 8k values; beyond, a rank is off by 1/(8k) at most for each time that parts are merged.',
    see,
    schema,
    inputs: (spec) => [spec.fieldName],
    stateType: () => type,
    sqlType: () => quantilesState,
    fold: (spec, input) => {
      const stored = storedSketch(spec, type, input);
      if (stored) return mergeQuantiles(stored, spec.k, only(input.where));
      return foldQuantiles(toValue(input.scope.column(spec.fieldName)), spec.k, only(input.where));
    },
    merge: (spec, state) => mergeQuantiles(state, spec.k),
    finish: ({ shouldFinalize }, state) =>
      shouldFinalize ? { sql: countOf(state), type: 'LONG' } : { sql: state, type },
    examples: [
      {
        spec: { type: name, name: 'delays', fieldName: 'delay' },
        events: [{ delay: 3 }, { delay: 1 }, { delay: 1 }, {}],
        result: 3,
      },
    ],
  });
}

export default quantileFamilies.map(define);
