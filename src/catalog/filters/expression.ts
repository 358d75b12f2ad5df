import { z } from 'zod';
import { defineFilter } from '../define.ts';
import { compileCondition } from '../expression/index.ts';

const schema = z.object({ type: z.literal('expression'), expression: z.string().min(1) });

export default defineFilter<z.infer<typeof schema>>({
  type: 'expression',
  summary:
    'Passes the rows for which an expression is true: a positive number, or the text `true`. Over a multi-value column it has to be true for one of the values.',
  see: 'https://druid.apache.org/docs/latest/querying/filters#expression-filter',
  schema,
  compile: (spec, scope) => compileCondition(spec.expression, scope),
  examples: [
    {
      spec: { type: 'expression', expression: "x > 1 && like(a, 'b%')" },
      matches: [{ x: 2, a: 'bar' }],
      rejects: [{ x: 1, a: 'bar' }, { x: 2, a: 'foo' }, { x: 2 }],
    },
    { spec: { type: 'expression', expression: 'x - 2' }, matches: [{ x: 3 }], rejects: [{ x: 2 }, { x: 1 }, {}] },
    {
      spec: { type: 'expression', expression: "tag == 'x'" },
      matches: [{ tag: ['w', 'x'] }, { tag: 'x' }],
      rejects: [{ tag: ['v', 'w'] }, {}],
    },
  ],
});
