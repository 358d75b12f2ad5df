/** HLLSketchBuild, HLLSketchMerge: of values, and of sketches. */
import { z } from 'zod';
import { type Sql, sql } from '../../sql.ts';
import { defineAggregator, only, type Value } from '../define.ts';
import { distinctEstimate, distinctState, emptyDistinct, foldDistinct, mergeDistinct } from '../sketches/distinct.ts';
import { onlySketches, type SketchType, sketchFieldShape, storedSketch } from '../sketches/field.ts';

const stateType: SketchType = 'COMPLEX<HLLSketch>';

const schemaOf = (type: string) =>
  z.object({
    type: z.literal(type),
    ...sketchFieldShape,
    lgK: z.number().int().min(4).max(21).default(12),
    /** How much memory Druid's registers take; the answers are the same. */
    tgtHllType: z.enum(['HLL_4', 'HLL_6', 'HLL_8']).optional(),
    stringEncoding: z.enum(['utf16le', 'utf8']).optional(),
    shouldFinalize: z.boolean().default(true),
    round: z.boolean().default(false),
  });

type Spec = z.infer<ReturnType<typeof schemaOf>>;

/** With as many hashes the standard error, 1/√k, is that of a HyperLogLog with as many registers. */
const sizeOf = ({ lgK }: Spec) => 2 ** lgK;

function finish({ shouldFinalize, round }: Spec, state: Sql): Value {
  if (!shouldFinalize) return { sql: state, type: stateType };
  const estimate = distinctEstimate(state);
  return round ? { sql: sql`CAST(round(${estimate}) AS BIGINT)`, type: 'LONG' } : { sql: estimate, type: 'DOUBLE' };
}

const common = {
  see: 'https://druid.apache.org/docs/latest/development/extensions-core/datasketches-hll',
  stateType: () => stateType,
  sqlType: () => distinctState,
  finish,
};

const distinct = (count: number, from = 0) => Array.from({ length: count }, (_, i) => ({ user: `user-${from + i}` }));

export default [
  defineAggregator<Spec>({
    ...common,
    type: 'HLLSketchBuild',
    summary:
      'Estimates how many distinct values a field has, with a standard error of 1/√(2^lgK); exact up to 2^lgK. Null and the empty string do not count.',
    schema: schemaOf('HLLSketchBuild'),
    inputs: (spec) => [spec.fieldName],
    fold: (spec, input) => {
      const stored = storedSketch(spec, stateType, input);
      if (stored) return mergeDistinct(stored, sizeOf(spec), only(input.where));
      return foldDistinct(input.scope.column(spec.fieldName), sizeOf(spec), only(input.where));
    },
    merge: (spec, state) => mergeDistinct(state, sizeOf(spec)),
    examples: [
      {
        spec: { type: 'HLLSketchBuild', name: 'users', fieldName: 'user' },
        events: [{ user: 'a' }, { user: 'b' }, { user: 'a' }, { user: '' }, {}],
        result: 2,
      },
      {
        spec: { type: 'HLLSketchBuild', name: 'users', fieldName: 'user', lgK: 10, round: true },
        events: [...distinct(6000), ...distinct(6000, 4000)],
        result: 10_000,
        tolerance: 0.1,
      },
    ],
  }),
  defineAggregator<Spec>({
    ...common,
    type: 'HLLSketchMerge',
    summary: 'Merges a column of HLLSketchBuild, in queries.',
    schema: schemaOf('HLLSketchMerge'),
    inputs: (spec) => [spec.fieldName],
    fold: (spec, input) => {
      const stored = onlySketches(spec, stateType, input);
      return stored ? mergeDistinct(stored, sizeOf(spec), only(input.where)) : sql`any_value(${emptyDistinct})`;
    },
    examples: [{ spec: { type: 'HLLSketchMerge', name: 'users', fieldName: 'users' }, events: [{}], result: 0 }],
  }),
];
