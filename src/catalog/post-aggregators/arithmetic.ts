import { z } from 'zod';
import { type Sql, sql } from '../../sql.ts';
import { definePostAggregator, specOf } from '../define.ts';
import { toDouble } from '../numbers.ts';
import { letIn } from '../operand.ts';
import { figureOf } from '../post-field.ts';

const operations: Readonly<Record<string, (left: Sql, right: Sql) => Sql>> = {
  '+': (left, right) => sql`(${left} + ${right})`,
  '-': (left, right) => sql`(${left} - ${right})`,
  '*': (left, right) => sql`(${left} * ${right})`,
  '/': (left, right) =>
    letIn('left', left, (l) =>
      letIn('right', right, (r) => sql`CASE WHEN ${r} = 0 AND ${l} IS NOT NULL THEN 0.0::DOUBLE ELSE ${l} / ${r} END`),
    ),
  quotient: (left, right) => sql`(${left} / ${right})`,
  pow: (left, right) => sql`pow(${left}, ${right})`,
};

const schema = z.object({
  type: z.literal('arithmetic'),
  name: z.string().nullish(),
  fn: z.enum(Object.keys(operations)),
  fields: z.array(specOf('postAggregator')).min(2),
  ordering: z.enum(['numericFirst']).nullish(),
});

export default definePostAggregator<z.infer<typeof schema>>({
  type: 'arithmetic',
  summary:
    'Arithmetic over fields from left to right, as doubles: + - * / quotient pow. `/` by zero is 0, quotient by zero infinite. Null with a null.',
  see: 'https://druid.apache.org/docs/latest/querying/post-aggregations#arithmetic-post-aggregator',
  schema,
  compile: (spec, scope) => {
    const operation = operations[spec.fn] as (left: Sql, right: Sql) => Sql;
    const fields = spec.fields.map((field) => toDouble(figureOf(field, scope)));
    return { sql: fields.reduce((left, right) => operation(left, right)), type: 'DOUBLE' };
  },
  examples: [
    example('+', 7.5),
    example('-', 4.5),
    example('*', 9),
    example('/', 4),
    example('quotient', 4),
    example('pow', 14.696938456699069),
    { spec: spec('/', 'x', 'zero'), row: { x: 6, zero: 0 }, result: 0 },
    { spec: spec('quotient', 'x', 'zero'), row: { x: 6, zero: 0 }, result: 'Infinity' },
    { spec: spec('quotient', 'zero', 'zero'), row: { zero: 0 }, result: 'NaN' },
    { spec: spec('-', 'x', 'y', 'x'), row: { x: 6, y: 1.5 }, result: -1.5 },
  ],
});

function spec(fn: string, ...fieldNames: string[]) {
  const fields = fieldNames.map((fieldName) => ({ type: 'fieldAccess', name: fieldName, fieldName }));
  return { type: 'arithmetic', name: 'p', fn, fields };
}

function example(fn: string, result: number) {
  return { spec: spec(fn, 'x', 'y'), row: { x: 6, y: 1.5 }, result };
}
