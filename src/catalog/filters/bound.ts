import { z } from 'zod';
import { and, type Sql, sql } from '../../sql.ts';
import { anyValue, defineFilter, type Value } from '../define.ts';
import { numberLiteral, operand, operandShape } from '../operand.ts';
import { isNumber, type Ordering, orderingKey, orderingSchema } from '../ordering.ts';

const edge = z.union([z.string(), z.number()]).transform(String).nullish();
const schema = z
  .object({
    type: z.literal('bound'),
    ...operandShape,
    lower: edge,
    upper: edge,
    lowerStrict: z.boolean().nullish(),
    upperStrict: z.boolean().nullish(),
    ordering: orderingSchema.default('lexicographic'),
  })
  .refine((spec) => (spec.lower ?? spec.upper) !== undefined, { error: 'expected lower, upper, or both' });

/** One value and an edge as two SQL values that compare in the ordering. To numbers text that is none comes before all. */
function comparable(ordering: Ordering, value: Value, edgeText: string): [Sql, Sql] {
  if (ordering === 'numeric' && isNumber(value)) {
    const edge = Number.isNaN(Number(edgeText)) || edgeText === '' ? Number.NEGATIVE_INFINITY : Number(edgeText);
    const exact = numberLiteral(value.type === 'LONG' ? 'LONG' : 'DOUBLE', edgeText);
    return [value.sql, exact ?? sql`CAST(${edge} AS DOUBLE)`];
  }
  const text: Value = { sql: sql`CAST(${value.sql} AS VARCHAR)`, type: 'STRING' };
  return [
    orderingKey(ordering, value.type === 'STRING' ? value : text),
    orderingKey(ordering, { sql: sql`${edgeText}`, type: 'STRING' }),
  ];
}

function within(spec: z.infer<typeof schema>, value: Value): Sql {
  const conditions: Sql[] = [];
  if (spec.lower !== null && spec.lower !== undefined) {
    const [subject, lower] = comparable(spec.ordering, value, spec.lower);
    conditions.push(spec.lowerStrict ? sql`${subject} > ${lower}` : sql`${subject} >= ${lower}`);
  }
  if (spec.upper !== null && spec.upper !== undefined) {
    const [subject, upper] = comparable(spec.ordering, value, spec.upper);
    conditions.push(spec.upperStrict ? sql`${subject} < ${upper}` : sql`${subject} <= ${upper}`);
  }
  const [first, second] = conditions;
  // The engine would make BETWEEN of the two, which it has for plain types only.
  if (first && second && spec.ordering !== 'lexicographic')
    return sql`CASE WHEN ${first} THEN ${second} WHEN ${isNumber(value) ? sql`${value.sql} IS NOT NULL` : sql`true`} THEN false END`;
  if (isNumber(value)) return and(conditions);
  // Null sorts first: without a lower bound it lies within.
  if (spec.lower === null || spec.lower === undefined) return sql`coalesce(${and(conditions)}, true)`;
  // Druid reads the index of a lexicographic order, which knows of null; in the others null is outside for good.
  return spec.ordering === 'lexicographic' ? and(conditions) : sql`coalesce(${and(conditions)}, false)`;
}

export default defineFilter<z.infer<typeof schema>>({
  type: 'bound',
  summary:
    'Passes the rows whose value lies between two bounds in an ordering: lexicographic, alphanumeric, numeric or strlen. With only an upper bound null passes, too.',
  see: 'https://druid.apache.org/docs/latest/querying/filters#bound-filter',
  schema,
  compile: (spec, scope) => {
    const dimension = operand(spec, scope);
    return anyValue(dimension, (single) => within(spec, { sql: single, type: dimension.type }));
  },
  examples: [
    {
      spec: { type: 'bound', dimension: 'name', lower: 'foo', upper: 'hoo' },
      matches: [{ name: 'foo' }, { name: 'goo' }, { name: 'hoo' }, { name: ['a', 'goo'] }],
      rejects: [{ name: 'fon' }, { name: 'hooo' }, {}],
    },
    {
      spec: { type: 'bound', dimension: 'name', lower: 'foo', lowerStrict: true },
      matches: [{ name: 'fooo' }],
      rejects: [{ name: 'foo' }, {}],
    },
    {
      spec: { type: 'bound', dimension: 'name', upper: 'foo' },
      matches: [{ name: 'bar' }, {}],
      rejects: [{ name: 'goo' }],
    },
    {
      spec: { type: 'bound', dimension: 'age', lower: '21', upper: '31', ordering: 'numeric' },
      matches: [{ age: '21' }, { age: '3e1' }, { age: '31.0' }],
      rejects: [{ age: '3' }, { age: '100' }, { age: 'x' }, {}],
    },
    {
      spec: { type: 'bound', dimension: 'n', lower: '2.5', upper: '10', upperStrict: true, ordering: 'numeric' },
      matches: [{ n: 3 }, { n: 9 }],
      rejects: [{ n: 2 }, { n: 10 }, {}],
    },
    // As text 3 comes after 21.
    { spec: { type: 'bound', dimension: 'n', lower: '21' }, matches: [{ n: 3 }], rejects: [{ n: 100 }] },
    {
      spec: { type: 'bound', dimension: 'file', lower: 'file2', upper: 'file10', ordering: 'alphanumeric' },
      matches: [{ file: 'file2' }, { file: 'file9' }, { file: 'file10' }],
      rejects: [{ file: 'file1' }, { file: 'file11' }, { file: 'gile3' }],
    },
    {
      spec: { type: 'bound', dimension: 'a', lower: 'aa', upper: 'bbb', ordering: { type: 'strlen' } },
      matches: [{ a: 'zz' }, { a: 'bbb' }],
      rejects: [{ a: 'z' }, { a: 'ccc' }, { a: 'aaaa' }],
    },
  ],
});
