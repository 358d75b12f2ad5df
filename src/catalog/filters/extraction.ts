import { z } from 'zod';
import { sql } from '../../sql.ts';
import { anyValue, defineFilter, specOf } from '../define.ts';
import { equalsScalar, operand, operandShape, scalarSchema } from '../operand.ts';

const schema = z.object({
  type: z.literal('extraction'),
  ...operandShape,
  extractionFn: specOf('extraction'),
  value: scalarSchema.nullish(),
});

export default defineFilter<z.infer<typeof schema>>({
  type: 'extraction',
  summary: 'The older way to write a selector with an extraction function.',
  see: 'https://druid.apache.org/docs/latest/querying/filters#extraction-filter',
  schema,
  compile: (spec, scope) => {
    const { value } = spec;
    const extracted = operand(spec, scope);
    return anyValue(extracted, (single) =>
      value === null || value === undefined
        ? sql`${single} IS NULL`
        : equalsScalar({ sql: single, type: 'STRING' }, value),
    );
  },
  examples: [
    {
      spec: { type: 'extraction', dimension: 'a', value: 'x', extractionFn: { type: 'lower' } },
      matches: [{ a: 'X' }, { a: ['w', 'X'] }],
      rejects: [{ a: 'y' }, {}],
    },
    {
      spec: { type: 'extraction', dimension: 'a', extractionFn: { type: 'partial', expr: 'x' } },
      matches: [{ a: 'y' }, {}],
      rejects: [{ a: 'x' }],
    },
  ],
});
