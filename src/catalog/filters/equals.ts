import { z } from 'zod';
import { join, type Sql, sql } from '../../sql.ts';
import { anyValue, defineFilter, type Value } from '../define.ts';
import { toDouble } from '../numbers.ts';
import { equalsScalar, type Scalar, scalarSchema } from '../operand.ts';
import { type ArrayType, arrayTypeSchema, matchType, type OutputType, outputValue } from '../output-type.ts';

const common = { type: z.literal('equals'), column: z.string().min(1) };

const schema = z.union([
  z.object({ ...common, matchValueType: matchType, matchValue: scalarSchema }),
  z.object({ ...common, matchValueType: arrayTypeSchema, matchValue: z.array(scalarSchema.nullable()) }),
]);

/** Text is compared as a number with a number: `10.0` and `010` equal 10, and what is no number is known not to. */
function equalsValue(type: OutputType, value: Value, wanted: Scalar): Sql {
  if (type === 'STRING' || (value.type !== 'STRING' && value.type !== 'COMPLEX<json>'))
    return equalsScalar(value, wanted);
  const equal = equalsScalar({ sql: toDouble(value), type: 'DOUBLE' }, wanted);
  return sql`CASE WHEN ${value.sql} IS NOT NULL THEN coalesce(${equal}, false) END`;
}

/** All elements, in their order. A single value is an array of one. */
function equalsArray(type: ArrayType, value: Value, wanted: readonly (Scalar | null)[]): Sql {
  const list = sql`[${join(wanted.map((each) => sql`${each === null ? null : String(each)}`))}]::VARCHAR[]`;
  return sql`(${outputValue(type, value).sql} = ${outputValue(type, { sql: list, type: 'ARRAY<STRING>' }).sql})`;
}

export default defineFilter<z.infer<typeof schema>>({
  type: 'equals',
  summary:
    'Passes the rows of which the value, or one of the values, equals the given one; an array all elements of an array. Null never passes.',
  see: 'https://druid.apache.org/docs/latest/querying/filters#equality-filter',
  schema,
  compile: (spec, scope) => {
    const column = scope.column(spec.column);
    const { matchValueType: type, matchValue: wanted } = spec;
    if (Array.isArray(wanted)) return equalsArray(type as ArrayType, column, wanted);
    return anyValue(column, (single) => equalsValue(type as OutputType, { sql: single, type: column.type }, wanted));
  },
  examples: [
    {
      spec: { type: 'equals', column: 'a', matchValueType: 'STRING', matchValue: 'x' },
      matches: [{ a: 'x' }, { a: ['w', 'x'] }],
      rejects: [{ a: 'y' }, {}],
    },
    {
      spec: { type: 'equals', column: 'n', matchValueType: 'LONG', matchValue: 5 },
      matches: [{ n: 5 }],
      rejects: [{ n: 6 }, {}],
    },
    {
      spec: { type: 'equals', column: 'a', matchValueType: 'LONG', matchValue: 10 },
      matches: [{ a: '10' }, { a: '010' }, { a: '10.0' }],
      rejects: [{ a: '100' }, { a: 'x' }, {}],
    },
  ],
});
