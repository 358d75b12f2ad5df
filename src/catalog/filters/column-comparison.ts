import { z } from 'zod';
import { and, type Sql, sql } from '../../sql.ts';
import { compileDimension, defineFilter, specOf, type Value } from '../define.ts';
import { asText } from '../numbers.ts';

const schema = z.object({ type: z.literal('columnComparison'), dimensions: z.array(specOf('dimension')).min(2) });

/** Whether two dimensions share a value; null is one here. */
function overlap(left: Value, right: Value): Sql {
  if (!left.multiValue && !right.multiValue) return sql`${left.sql} IS NOT DISTINCT FROM ${right.sql}`;
  const [a, b] = [asList(left), asList(right)];
  return sql`(list_has_any(${a}, ${b}) OR (list_contains(list_transform(${a}, lambda v: v IS NULL), true) AND list_contains(list_transform(${b}, lambda v: v IS NULL), true)))`;
}

const asList = (value: Value) => (value.multiValue ? value.sql : sql`[${value.sql}]`);

export default defineFilter<z.infer<typeof schema>>({
  type: 'columnComparison',
  summary: 'Passes the rows in which dimensions have the same value, or share one. Two nulls are the same.',
  see: 'https://druid.apache.org/docs/latest/querying/filters#column-comparison-filter',
  schema,
  compile: (spec, scope) => {
    const values = spec.dimensions.map((dimension) => asText(compileDimension(dimension, scope)));
    return and(values.flatMap((left, i) => values.slice(i + 1).map((right) => overlap(left, right))));
  },
  examples: [
    {
      spec: { type: 'columnComparison', dimensions: ['a', 'b'] },
      matches: [{ a: 'x', b: 'x' }, {}, { a: ['w', 'x'], b: 'x' }],
      rejects: [{ a: 'x', b: 'y' }, { a: 'x' }, { a: ['v', 'w'], b: 'x' }],
    },
    {
      spec: {
        type: 'columnComparison',
        dimensions: ['a', { type: 'extraction', dimension: 'b', extractionFn: { type: 'lower' } }],
      },
      matches: [{ a: 'x', b: 'X' }],
      rejects: [{ a: 'X', b: 'X' }],
    },
  ],
});
