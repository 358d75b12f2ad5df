import { z } from 'zod';
import { defineVirtualColumn } from '../define.ts';
import { compileExpression } from '../expression/index.ts';
import { givenOrArrayTypeSchema, outputValue } from '../output-type.ts';

const schema = z.object({
  type: z.literal('expression'),
  name: z.string().min(1),
  expression: z.string().min(1),
  outputType: givenOrArrayTypeSchema,
});

export default defineVirtualColumn<z.infer<typeof schema>>({
  type: 'expression',
  summary:
    "What an expression makes of a row, as the output type; without one as the expression's own type. Over a multi-value column it is applied to each of the values; an array as STRING is a multi-value column.",
  see: 'https://druid.apache.org/docs/latest/querying/virtual-columns#expression-virtual-column',
  schema,
  outputName: (spec) => spec.name,
  compile: (spec, scope) => {
    const value = compileExpression(spec.expression, scope);
    return spec.outputType === undefined ? value : outputValue(spec.outputType, value);
  },
  examples: [
    {
      spec: { type: 'expression', name: 'v', expression: 'wordCount * 3' },
      events: [{ wordCount: 2 }, {}],
      values: [6, null],
    },
    {
      spec: { type: 'expression', name: 'v', expression: "concat('foo', page)", outputType: 'STRING' },
      events: [{ page: 'bar' }, { page: ['a', 'b'] }],
      values: ['foobar', ['fooa', 'foob']],
    },
    {
      spec: { type: 'expression', name: 'v', expression: 'x / 2.0', outputType: 'LONG' },
      events: [{ x: 5 }],
      values: [2],
    },
    {
      spec: { type: 'expression', name: 'v', expression: "string_to_array(a, ',')", outputType: 'STRING' },
      events: [{ a: 'x,y' }, { a: 'x' }, {}],
      values: [['x', 'y'], 'x', null],
    },
    {
      spec: { type: 'expression', name: 'v', expression: 'array(x, x + 1)', outputType: 'ARRAY<LONG>' },
      events: [{ x: 1 }],
      values: [[1, 2]],
    },
  ],
});
