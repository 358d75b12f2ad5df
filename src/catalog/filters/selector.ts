import { z } from 'zod';
import { sql } from '../../sql.ts';
import { anyValue, defineFilter } from '../define.ts';
import { equalsScalar, operand, operandShape, scalarSchema } from '../operand.ts';

const schema = z.object({ type: z.literal('selector'), ...operandShape, value: scalarSchema.nullish() });

export default defineFilter<z.infer<typeof schema>>({
  type: 'selector',
  summary: "Passes the rows of which a dimension's value, or one of its values, is the given one. Null matches null.",
  see: 'https://druid.apache.org/docs/latest/querying/filters#selector-filter',
  schema,
  compile: (spec, scope) => {
    const { value } = spec;
    const dimension = operand(spec, scope);
    if (value === null || value === undefined) return anyValue(dimension, (single) => sql`${single} IS NULL`);
    return anyValue(dimension, (single) => equalsScalar({ ...dimension, sql: single }, value));
  },
  examples: [
    {
      spec: { type: 'selector', dimension: 'a', value: 'x' },
      matches: [{ a: 'x' }, { a: ['w', 'x'] }],
      rejects: [{ a: 'X' }, { a: '' }, { a: ['v', 'w'] }, {}],
    },
    {
      spec: { type: 'selector', dimension: 'a', value: null },
      matches: [{}, { a: null }],
      rejects: [{ a: 'x' }, { a: '' }],
    },
    { spec: { type: 'selector', dimension: 'n', value: '5' }, matches: [{ n: 5 }], rejects: [{ n: 50 }, {}] },
    {
      spec: { type: 'selector', dimension: 'a', value: 'x', extractionFn: { type: 'lower' } },
      matches: [{ a: 'X' }, { a: 'x' }],
      rejects: [{ a: 'y' }],
    },
  ],
});
