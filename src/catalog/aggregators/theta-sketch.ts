import { z } from 'zod';
import type { Sql } from '../../sql.ts';
import { defineAggregator, only, type TypeIssueParams, type Value } from '../define.ts';
import { distinctEstimate, distinctState, foldDistinct, mergeDistinct } from '../sketches/distinct.ts';
import { sketchFieldShape, storedSketch } from '../sketches/field.ts';
import { boundedEstimate, thetaSizeSchema, thetaType } from '../sketches/theta.ts';

const schema = z.object({
  type: z.literal('thetaSketch'),
  ...sketchFieldShape,
  size: thetaSizeSchema,
  isInputThetaSketch: z
    .boolean()
    .default(false)
    .refine((isSketch) => !isSketch, {
      error: 'events that hold sketches of the DataSketches library are not supported',
      params: { unsupported: true } satisfies TypeIssueParams,
    }),
  shouldFinalize: z.boolean().default(true),
  errorBoundsStdDev: z.number().int().min(1).max(3).nullish(),
});

type Spec = z.infer<typeof schema>;

function finish({ shouldFinalize, errorBoundsStdDev }: Spec, state: Sql): Value {
  if (!shouldFinalize) return { sql: state, type: thetaType };
  return errorBoundsStdDev
    ? boundedEstimate(state, errorBoundsStdDev)
    : { sql: distinctEstimate(state), type: 'DOUBLE' };
}

const distinct = (count: number, from = 0) => Array.from({ length: count }, (_, i) => ({ user: `user-${from + i}` }));

export default defineAggregator<Spec>({
  type: 'thetaSketch',
  summary:
    'Estimates how many distinct values a field has, for post-aggregators that intersect and subtract. The standard error is 1/√size; exact up to size. Null and the empty string do not count.',
  see: 'https://druid.apache.org/docs/latest/development/extensions-core/datasketches-theta',
  schema,
  inputs: (spec) => [spec.fieldName],
  stateType: () => thetaType,
  sqlType: () => distinctState,
  fold: (spec, input) => {
    const stored = storedSketch(spec, thetaType, input);
    if (stored) return mergeDistinct(stored, spec.size, only(input.where));
    return foldDistinct(input.scope.column(spec.fieldName), spec.size, only(input.where));
  },
  merge: (spec, state) => mergeDistinct(state, spec.size),
  finish,
  examples: [
    {
      spec: { type: 'thetaSketch', name: 'users', fieldName: 'user' },
      events: [{ user: 'a' }, { user: 'b' }, { user: 'a' }, { user: '' }, {}],
      result: 2,
    },
    {
      spec: { type: 'thetaSketch', name: 'users', fieldName: 'user', size: 1024 },
      events: [...distinct(6000), ...distinct(6000, 4000)],
      result: 10_000,
      tolerance: 0.1,
    },
  ],
});
