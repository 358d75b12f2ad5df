/** variance, varianceFold: of values, and of what variance has stored. */
import { z } from 'zod';
import { type Sql, sql } from '../../sql.ts';
import { defineAggregator, type FoldInput, only, type Value } from '../define.ts';
import { toDouble, toFloat, toLong } from '../numbers.ts';
import { onlySketches, sketchFieldShape, storedSketch } from '../sketches/field.ts';
import { foldVariance, mergeVariance, varianceOf, varianceState, varianceType } from '../sketches/variance.ts';

const conversions = { float: toFloat, double: toDouble, long: toLong };

const schemaOf = (type: string) =>
  z.object({
    type: z.literal(type),
    ...sketchFieldShape,
    estimator: z.string().nullish(),
    inputType: z
      .string()
      .transform((name) => name.toLowerCase())
      .pipe(z.enum(['float', 'double', 'long', 'variance']))
      .nullish(),
  });

type Spec = z.infer<ReturnType<typeof schemaOf>>;

function fold(spec: Spec, input: FoldInput): Sql {
  const over = only(input.where);
  const stored = (spec.inputType === 'variance' ? onlySketches : storedSketch)(spec, varianceType, input);
  if (stored) return mergeVariance(stored, over);
  const field = input.scope.column(spec.fieldName);
  const convert = spec.inputType && spec.inputType !== 'variance' ? conversions[spec.inputType] : toDouble;
  return foldVariance(sql`CAST(${convert(field)} AS DOUBLE)`, over);
}

const common = {
  see: 'https://druid.apache.org/docs/latest/development/extensions-core/stats',
  inputs: ({ fieldName }: Spec) => [fieldName],
  stateType: () => varianceType,
  sqlType: () => varianceState,
  finish: ({ estimator }: Spec, state: Sql): Value => ({ sql: varianceOf(state, estimator), type: 'DOUBLE' }),
} as const;

// The mean is 5, the squared distances from it add up to 32.
const values = [2, 4, 4, 4, 5, 5, 7, 9].map((x) => ({ x }));

export default [
  defineAggregator<Spec>({
    ...common,
    type: 'variance',
    summary:
      'The variance of a field: of a sample, or with the estimator `population` of all there is. 0 of a single value, null of none.',
    schema: schemaOf('variance'),
    fold,
    merge: (_, state) => mergeVariance(state),
    examples: [
      {
        spec: { type: 'variance', name: 'v', fieldName: 'x', estimator: 'population' },
        events: [...values, {}],
        result: 4,
        tolerance: 1e-12,
      },
      { spec: { type: 'variance', name: 'v', fieldName: 'x' }, events: values, result: 32 / 7, tolerance: 1e-12 },
      { spec: { type: 'variance', name: 'v', fieldName: 'x', inputType: 'long' }, events: [{ x: 3.7 }], result: 0 },
      { spec: { type: 'variance', name: 'v', fieldName: 'x' }, events: [{}], result: null },
    ],
  }),
  defineAggregator<Spec>({
    ...common,
    type: 'varianceFold',
    summary: 'Merges a column of variance, in queries.',
    schema: schemaOf('varianceFold'),
    fold: (spec, input) => fold({ ...spec, inputType: 'variance' }, input),
    examples: [{ spec: { type: 'varianceFold', name: 'v', fieldName: 'x' }, events: [{}], result: null }],
  }),
];
