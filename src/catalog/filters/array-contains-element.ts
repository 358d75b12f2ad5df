import { z } from 'zod';
import { sql } from '../../sql.ts';
import { anyValue, compileFilter, defineFilter, specOf, type Value } from '../define.ts';
import { equalsScalar, scalarSchema } from '../operand.ts';
import { matchType } from '../output-type.ts';

const schema = z.object({
  type: z.literal('arrayContainsElement'),
  column: z.string().min(1),
  elementMatchValueType: matchType,
  elementMatchValue: scalarSchema.nullable(),
});

export default defineFilter<z.infer<typeof schema>>({
  type: 'arrayContainsElement',
  summary:
    'Passes the rows of which an array has a value as one of its elements. Over another column than an array it is what `equals` is.',
  see: 'https://druid.apache.org/docs/latest/querying/filters#array-contains-element-filter',
  schema,
  compile: ({ column, elementMatchValueType, elementMatchValue: wanted }, scope) => {
    const value = scope.column(column);
    const type = /^ARRAY<(STRING|LONG|DOUBLE)>$/.exec(value.type)?.[1] as Value['type'] | undefined;
    if (type) {
      const single: Value = { sql: sql`v`, type };
      const equal = wanted === null ? sql`v IS NULL` : sql`coalesce(${equalsScalar(single, wanted)}, false)`;
      const some = sql`coalesce(list_bool_or(list_transform(${value.sql}, lambda v: ${equal})), false)`;
      return sql`CASE WHEN ${value.sql} IS NOT NULL THEN ${some} END`;
    }
    // A value that is no array has no null within; of null that is not known.
    if (wanted === null) return sql`(${anyValue(value, (single) => sql`${single} IS NULL`)} AND NULL)`;
    const equals = { type: 'equals', column, matchValueType: elementMatchValueType, matchValue: wanted };
    return compileFilter(specOf('filter').parse(equals), scope);
  },
  examples: [
    {
      spec: { type: 'arrayContainsElement', column: 'a', elementMatchValueType: 'STRING', elementMatchValue: 'x' },
      matches: [{ a: ['w', 'x'] }, { a: 'x' }],
      rejects: [{ a: ['v', 'w'] }, { a: 'y' }, {}],
    },
    {
      spec: { type: 'arrayContainsElement', column: 'a', elementMatchValueType: 'STRING', elementMatchValue: null },
      matches: [],
      rejects: [{ a: 'y' }, {}],
    },
  ],
});
