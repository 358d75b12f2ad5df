import { z } from 'zod';
import { anyValue, defineFilter } from '../define.ts';
import { equalsScalar, matchType, scalarSchema } from '../operand.ts';

const schema = z.object({
  type: z.literal('equals'),
  column: z.string().min(1),
  matchValueType: matchType,
  matchValue: scalarSchema,
});

export default defineFilter<z.infer<typeof schema>>({
  type: 'equals',
  summary: 'Passes the rows of which the value, or one of the values, equals the given one. Null never passes.',
  see: 'https://druid.apache.org/docs/latest/querying/filters#equality-filter',
  schema,
  compile: (spec, scope) => {
    const column = scope.column(spec.column);
    return anyValue(column, (single) => equalsScalar({ sql: single, type: column.type }, spec.matchValue));
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
  ],
});
