import { z } from 'zod';
import { join, type Sql, sql } from '../../sql.ts';
import { defineAggregator, only } from '../define.ts';
import { doubleJson, toFloat } from '../numbers.ts';
import { sketchFieldShape } from '../sketches/field.ts';

const schema = z.object({
  type: z.literal('histogram'),
  ...sketchFieldShape,
  breaks: z
    .array(z.number())
    .min(1)
    .max(10_000)
    .refine((breaks) => breaks.every((point, i) => i === 0 || point > (breaks[i - 1] as number)), {
      error: 'expected breaks in ascending order',
    }),
});

type Spec = z.infer<typeof schema>;

/** Druid keeps them as FLOATs. */
const pointsOf = ({ breaks }: Spec): Sql => sql`[${join(breaks.map((point) => sql`${Math.fround(point)}::DOUBLE`))}]`;

export default defineAggregator<Spec>({
  type: 'histogram',
  summary:
    'How many values of a numeric field lie above one break, up to the next, with the least and the greatest of all values as quantiles. A missing value counts as 0. For queries only.',
  see: 'https://druid.apache.org/docs/latest/querying/aggregations',
  schema,
  inputs: ({ fieldName }) => [fieldName],
  stateType: () => 'COMPLEX<histogram>',
  sqlType: () => sql`STRUCT(counts MAP(BIGINT, UBIGINT), least DOUBLE, greatest DOUBLE)`,
  fold: (spec, input) => {
    const value = sql`CAST(coalesce(${toFloat(input.scope.column(spec.fieldName))}, 0) AS DOUBLE)`;
    const over = only(input.where);
    const bucket = sql`list_transform([${value}], lambda v: len(list_filter(${pointsOf(spec)}, lambda b: b < v)))[1]`;
    return sql`struct_pack(counts := histogram(${bucket})${over}, least := min(${value})${over}, greatest := max(${value})${over})`;
  },
  finish: (spec, state) => {
    const counts = sql`list_transform(range(1, ${spec.breaks.length}), lambda b: CAST(coalesce((s).counts[b], 0) AS DOUBLE))`;
    const ends = sql`[${doubleJson(sql`coalesce((s).least, 'Infinity'::DOUBLE)`)}, ${doubleJson(sql`coalesce((s).greatest, '-Infinity'::DOUBLE)`)}]`;
    return {
      sql: sql`list_transform([${state}], lambda s: struct_pack(breaks := ${pointsOf(spec)}, counts := ${counts}, quantiles := ${ends}))[1]`,
      type: 'COMPLEX<histogram>',
    };
  },
  examples: [
    {
      spec: { type: 'histogram', name: 'delays', fieldName: 'ms', breaks: [0, 10, 20] },
      events: [-5, 0, 1, 10, 11, 20, 21].map((ms) => ({ ms })),
      result: { breaks: [0, 10, 20], counts: [2, 2], quantiles: [-5, 21] },
    },
    {
      spec: { type: 'histogram', name: 'delays', fieldName: 'ms', breaks: [-1, 1] },
      events: [{}, { ms: 1 }, { ms: 2 }],
      result: { breaks: [-1, 1], counts: [2], quantiles: [0, 2] },
    },
  ],
});
