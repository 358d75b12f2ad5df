import { z } from 'zod';
import { sql } from '../../sql.ts';
import { definePostAggregator } from '../define.ts';
import { compileExpression } from '../expression/index.ts';
import { givenOrArrayTypeSchema, outputValue } from '../output-type.ts';
import { fieldOf } from '../post-field.ts';

const schema = z.object({
  type: z.literal('expression'),
  name: z.string().nullish(),
  expression: z.string().min(1),
  outputType: givenOrArrayTypeSchema,
  ordering: z.enum(['numericFirst']).nullish(),
});

export default definePostAggregator<z.infer<typeof schema>>({
  type: 'expression',
  summary: 'An expression over the results of the query: its dimensions, aggregators and earlier post-aggregators.',
  see: 'https://druid.apache.org/docs/latest/querying/post-aggregations#expression-post-aggregator',
  schema,
  compile: (spec, results) => {
    const value = compileExpression(spec.expression, {
      lookup: results.lookup,
      time: sql`NULL::TIMESTAMP`,
      column: (name) => fieldOf(results, name),
    });
    return spec.outputType === undefined ? value : outputValue(spec.outputType, value);
  },
  examples: [
    { spec: { type: 'expression', name: 'p', expression: 'x * 2' }, row: { x: 3 }, result: 6 },
    { spec: { type: 'expression', name: 'p', expression: 'x / y' }, row: { x: 7, y: 2 }, result: 3 },
    {
      spec: { type: 'expression', name: 'p', expression: "concat(x, ' of ', y)" },
      row: { x: 7, y: 2 },
      result: '7 of 2',
    },
    {
      spec: { type: 'expression', name: 'p', expression: 'x / y', outputType: 'DOUBLE' },
      row: { x: 7, y: 2 },
      result: 3,
    },
  ],
});
