import { z } from 'zod';
import { and, type Sql, sql } from '../../sql.ts';
import { anyValue, defineFilter, type Value } from '../define.ts';
import { asText, toDouble } from '../numbers.ts';
import { numberLiteral, type Scalar, scalarSchema } from '../operand.ts';
import { isNumber } from '../ordering.ts';
import { matchType, type OutputType } from '../output-type.ts';

const schema = z
  .object({
    type: z.literal('range'),
    column: z.string().min(1),
    matchValueType: matchType,
    lower: scalarSchema.nullish(),
    upper: scalarSchema.nullish(),
    lowerOpen: z.boolean().nullish(),
    upperOpen: z.boolean().nullish(),
  })
  .refine((spec) => (spec.lower ?? spec.upper) !== undefined, { error: 'expected lower, upper, or both' });

/** Text that is no number comes before all numbers, as in Druid's numeric order. */
const orderedDouble = (value: Value) =>
  sql`CASE WHEN ${value.sql} IS NOT NULL THEN coalesce(${toDouble(value)}, '-Infinity'::DOUBLE) END`;

/** One value and an edge as SQL values of the same type. */
function comparable(type: OutputType, value: Value, edge: Scalar): [Sql, Sql] {
  if (type === 'STRING') return [asText(value).sql, sql`${String(edge)}`];
  const subject = isNumber(value) ? value.sql : orderedDouble(value);
  return [
    subject,
    numberLiteral(value.type === 'LONG' ? 'LONG' : 'DOUBLE', edge) ?? sql`CAST(${Number(edge)} AS DOUBLE)`,
  ];
}

export default defineFilter<z.infer<typeof schema>>({
  type: 'range',
  summary: 'Passes the rows whose value lies between two values of a type. Null never passes.',
  see: 'https://druid.apache.org/docs/latest/querying/filters#range-filter',
  schema,
  compile: (spec, scope) => {
    const column = scope.column(spec.column);
    return anyValue(column, (single) => {
      const conditions: Sql[] = [];
      const value: Value = { sql: single, type: column.type };
      if (spec.lower !== null && spec.lower !== undefined) {
        const [subject, lower] = comparable(spec.matchValueType, value, spec.lower);
        conditions.push(spec.lowerOpen ? sql`${subject} > ${lower}` : sql`${subject} >= ${lower}`);
      }
      if (spec.upper !== null && spec.upper !== undefined) {
        const [subject, upper] = comparable(spec.matchValueType, value, spec.upper);
        conditions.push(spec.upperOpen ? sql`${subject} < ${upper}` : sql`${subject} <= ${upper}`);
      }
      return and(conditions);
    });
  },
  examples: [
    {
      spec: { type: 'range', column: 'n', matchValueType: 'LONG', lower: 21, upper: 31, upperOpen: true },
      matches: [{ n: 21 }, { n: 30 }],
      rejects: [{ n: 20 }, { n: 31 }, {}],
    },
    {
      spec: { type: 'range', column: 'a', matchValueType: 'STRING', upper: 'hoo' },
      matches: [{ a: 'goo' }, { a: 'hoo' }],
      rejects: [{ a: 'hooo' }, {}],
    },
    {
      spec: { type: 'range', column: 'a', matchValueType: 'DOUBLE', lower: 9.5 },
      matches: [{ a: '10' }],
      rejects: [{ a: '9' }, { a: 'x' }, {}],
    },
  ],
});
