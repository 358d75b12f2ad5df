/** approxHistogram, approxHistogramFold. */
import { z } from 'zod';
import { sql } from '../../sql.ts';
import { defineAggregator, only, type Value } from '../define.ts';
import { toDouble } from '../numbers.ts';
import { sketchFieldShape, storedSketch } from '../sketches/field.ts';
import { equalBuckets, histogramType, sizeOf } from '../sketches/histogram.ts';
import { foldQuantiles, mergeQuantiles, quantilesState } from '../sketches/quantiles.ts';

const schemaOf = (type: string) =>
  z.object({
    type: z.literal(type),
    ...sketchFieldShape,
    resolution: z.number().int().positive().default(50),
    numBuckets: z.number().int().min(2).max(10_000).default(7),
    /** Between these limits Druid's centroids are denser; here all are kept alike. */
    lowerLimit: z.union([z.number(), z.string()]).nullish(),
    upperLimit: z.union([z.number(), z.string()]).nullish(),
  });

type Spec = z.infer<ReturnType<typeof schemaOf>>;

const asZero = (field: Value): Value => ({ sql: sql`coalesce(${toDouble(field)}, 0)`, type: 'DOUBLE' });
const events = [{ ms: 10 }, { ms: 20 }, { ms: 20 }, {}, { ms: 40 }];

function define(type: string, missing: string, change: (field: Value) => Value, result: unknown) {
  return defineAggregator<Spec>({
    type,
    summary: `How the values of a numeric field are distributed, in buckets of one size. Missing values ${missing}. By the sketch of quantilesDoublesSketch, which answers within a bound where Druid's histogram has none.`,
    see: 'https://druid.apache.org/docs/latest/development/extensions-core/approximate-histograms',
    schema: schemaOf(type),
    inputs: (spec) => [spec.fieldName],
    stateType: () => histogramType,
    sqlType: () => quantilesState,
    fold: (spec, input) => {
      const stored = storedSketch(spec, histogramType, input);
      const [size, over] = [sizeOf(spec.resolution), only(input.where)];
      if (stored) return mergeQuantiles(stored, size, over);
      return foldQuantiles(change(input.scope.column(spec.fieldName)), size, over);
    },
    merge: (spec, state) => mergeQuantiles(state, sizeOf(spec.resolution)),
    finish: (spec, state) => equalBuckets(state, spec.numBuckets),
    examples: [{ spec: { type, name: 'delays', fieldName: 'ms', numBuckets: 3 }, events, result }],
  });
}

export default [
  define('approxHistogram', 'are taken for 0', asZero, { breaks: [-20, 0, 20, 40], counts: [1, 3, 1] }),
  define('approxHistogramFold', 'do not count', (field) => field, { breaks: [-5, 10, 25, 40], counts: [1, 2, 1] }),
];
