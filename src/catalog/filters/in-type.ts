import { z } from 'zod';
import { type Sql, sql } from '../../sql.ts';
import { compileFilter, defineFilter, specOf, type Value } from '../define.ts';
import { toDouble } from '../numbers.ts';
import { scalarSchema } from '../operand.ts';
import { matchType, type OutputType } from '../output-type.ts';

const schema = z.object({
  type: z.literal('inType'),
  column: z.string().min(1),
  matchValueType: matchType,
  sortedValues: z.array(scalarSchema.nullable()),
});

/** Text is compared as a number with numbers; what is no number is known to be none of them. */
function asMatched(type: OutputType, value: Value): Value {
  if (type === 'STRING' || value.type !== 'STRING') return value;
  if (!value.multiValue) return { sql: asNumber(value.sql), type: 'DOUBLE' };
  const each = asNumber(sql`v`);
  return { sql: sql`list_transform(${value.sql}, lambda v: ${each})`, type: 'DOUBLE', multiValue: true };
}

const asNumber = (text: Sql) =>
  sql`CASE WHEN ${text} IS NOT NULL THEN coalesce(${toDouble({ sql: text, type: 'STRING' })}, 'NaN'::DOUBLE) END`;

export default defineFilter<z.infer<typeof schema>>({
  type: 'inType',
  summary:
    'Passes the rows of which a column has a value, or one of its values, in a list of one type. Null matches a null in the list.',
  see: 'https://druid.apache.org/docs/latest/querying/filters',
  schema,
  compile: (spec, scope) => {
    const { column, sortedValues: values, matchValueType } = spec;
    return compileFilter(specOf('filter').parse({ type: 'in', dimension: column, values }), {
      ...scope,
      column: (name) => asMatched(matchValueType, scope.column(name)),
    });
  },
  examples: [
    {
      spec: { type: 'inType', column: 'n', matchValueType: 'LONG', sortedValues: [1, 2] },
      matches: [{ n: 1 }, { n: 2 }],
      rejects: [{ n: 3 }, {}],
    },
    {
      spec: { type: 'inType', column: 'a', matchValueType: 'STRING', sortedValues: [null, 'x'] },
      matches: [{ a: 'x' }, { a: ['w', 'x'] }, {}],
      rejects: [{ a: 'y' }],
    },
    {
      spec: { type: 'inType', column: 'a', matchValueType: 'LONG', sortedValues: [1, 20] },
      matches: [{ a: '1' }, { a: '020' }, { a: ['x', '20'] }],
      rejects: [{ a: '2' }, { a: 'x' }, {}],
    },
  ],
});
