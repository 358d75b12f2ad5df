import { z } from 'zod';
import { type Sql, sql } from '../../sql.ts';
import { anyValue, defineFilter, type Value } from '../define.ts';
import { toDouble } from '../numbers.ts';
import { equalsScalar, type MatchType, matchType, type Scalar, scalarSchema } from '../operand.ts';

const schema = z.object({
  type: z.literal('equals'),
  column: z.string().min(1),
  matchValueType: matchType,
  matchValue: scalarSchema,
});

/** Text is compared as a number with a number: `10.0` and `010` equal 10, and what is no number is known not to. */
function equalsValue(type: MatchType, value: Value, wanted: Scalar): Sql {
  if (type === 'STRING' || (value.type !== 'STRING' && value.type !== 'COMPLEX<json>'))
    return equalsScalar(value, wanted);
  const equal = equalsScalar({ sql: toDouble(value), type: 'DOUBLE' }, wanted);
  return sql`CASE WHEN ${value.sql} IS NOT NULL THEN coalesce(${equal}, false) END`;
}

export default defineFilter<z.infer<typeof schema>>({
  type: 'equals',
  summary: 'Passes the rows of which the value, or one of the values, equals the given one. Null never passes.',
  see: 'https://druid.apache.org/docs/latest/querying/filters#equality-filter',
  schema,
  compile: (spec, scope) => {
    const column = scope.column(spec.column);
    return anyValue(column, (single) =>
      equalsValue(spec.matchValueType, { sql: single, type: column.type }, spec.matchValue),
    );
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
