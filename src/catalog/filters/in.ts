import { z } from 'zod';
import { join, or, type Sql, sql } from '../../sql.ts';
import { anyValue, defineFilter, type Value } from '../define.ts';
import { asText } from '../numbers.ts';
import { numberLiteral, operand, operandShape, type Scalar, scalarSchema } from '../operand.ts';
import { isNumber } from '../ordering.ts';
import { isOneOfTexts } from '../text-list.ts';

const schema = z.object({ type: z.literal('in'), ...operandShape, values: z.array(scalarSchema.nullable()) });

/** A condition over one value. */
function isOneOf(value: Value, values: readonly Scalar[]): Sql {
  const [subject, literals] = isNumber(value)
    ? [value.sql, values.flatMap((wanted) => numberLiteral(value.type as 'LONG', wanted) ?? [])]
    : [asText(value).sql, values.map((wanted) => sql`${String(wanted)}`)];
  if (literals.length === 0) return sql`(${subject} IS NULL AND NULL)`;
  return isNumber(value) ? sql`${subject} IN (${join(literals)})` : isOneOfTexts(subject, literals);
}

export default defineFilter<z.infer<typeof schema>>({
  type: 'in',
  summary:
    "Passes the rows of which a dimension's value, or one of its values, is in a list. Null matches a null in the list.",
  see: 'https://druid.apache.org/docs/latest/querying/filters#in-filter',
  schema,
  compile: (spec, scope) => {
    const dimension = operand(spec, scope);
    const values = spec.values.filter((value) => value !== null);
    const withNull = values.length < spec.values.length;
    return anyValue(dimension, (single) => {
      const listed = isOneOf({ ...dimension, sql: single }, values);
      return withNull ? or([listed, sql`${single} IS NULL`]) : listed;
    });
  },
  examples: [
    {
      spec: { type: 'in', dimension: 'a', values: ['x', 'y'] },
      matches: [{ a: 'x' }, { a: 'y' }, { a: ['w', 'y'] }],
      rejects: [{ a: 'z' }, { a: ['v', 'w'] }, {}],
    },
    { spec: { type: 'in', dimension: 'a', values: ['x', null] }, matches: [{ a: 'x' }, {}], rejects: [{ a: 'y' }] },
    {
      spec: { type: 'in', dimension: 'n', values: ['1', 2, 'abc'] },
      matches: [{ n: 1 }, { n: 2 }],
      rejects: [{ n: 3 }, {}],
    },
    { spec: { type: 'in', dimension: 'a', values: [] }, matches: [], rejects: [{ a: 'x' }, {}] },
  ],
});
