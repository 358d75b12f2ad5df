import { z } from 'zod';
import { sql } from '../../sql.ts';
import { anyValue, defineFilter, type Value } from '../define.ts';
import { equalsScalar, matchType, scalarSchema } from '../operand.ts';

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
  compile: (spec, scope) => {
    const wanted = spec.elementMatchValue;
    const column = scope.column(spec.column);
    const element = /^ARRAY<(STRING|LONG|FLOAT|DOUBLE)>$/.exec(column.type)?.[1] as Value['type'] | undefined;
    const value: Value = element ? { sql: column.sql, type: element, multiValue: true } : column;
    return anyValue(value, (single) =>
      wanted === null ? sql`${single} IS NULL` : equalsScalar({ sql: single, type: value.type }, wanted),
    );
  },
  examples: [
    {
      spec: { type: 'arrayContainsElement', column: 'a', elementMatchValueType: 'STRING', elementMatchValue: 'x' },
      matches: [{ a: ['w', 'x'] }, { a: 'x' }],
      rejects: [{ a: ['v', 'w'] }, { a: 'y' }, {}],
    },
  ],
});
