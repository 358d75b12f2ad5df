import { z } from 'zod';
import { join, sql } from '../../sql.ts';
import { compileDimension, defineAggregator, only, specOf } from '../define.ts';
import { asDistinctText } from '../numbers.ts';

const schema = z.object({
  type: z.literal('cardinality'),
  name: z.string().min(1),
  fields: z.array(specOf('dimension')).min(1),
  byRow: z.boolean().default(false),
  round: z.boolean().default(false),
});

export default defineAggregator<z.infer<typeof schema>>({
  type: 'cardinality',
  summary:
    'Counts the distinct values of some dimensions together, or with byRow their distinct combinations. Exact, where Druid estimates. Null and the empty string do not count.',
  see: 'https://druid.apache.org/docs/latest/querying/hll-old#cardinalityhyperunique-aggregators',
  schema,
  inputs: () => [],
  stateType: () => 'LONG',
  sqlType: () => sql`BIGINT`,
  fold: (spec, { scope, where }) => {
    const values = spec.fields.map((field) => asDistinctText(compileDimension(field, scope)));
    const [first] = values;
    if (spec.byRow) {
      const row = sql`row(${join(values.map((value) => value.sql))})`;
      const anySet = join(
        values.map((value) => sql`${value.sql} IS NOT NULL`),
        ' OR ',
      );
      return sql`count(DISTINCT ${row})${only(where, sql`(${anySet})`)}`;
    }
    if (first && values.length === 1 && !first.multiValue)
      return sql`count(DISTINCT ${first.sql})${only(where, sql`${first.sql} <> ''`)}`;
    const all = join(
      values.map((value) => (value.multiValue ? value.sql : sql`[${value.sql}]`)),
      ' || ',
    );
    const distinct = sql`list_filter(list_distinct(flatten(list(${all})${only(where)})), lambda v: v <> '')`;
    return sql`CAST(coalesce(len(${distinct}), 0) AS BIGINT)`;
  },
  finish: (spec, state) =>
    spec.round ? { sql: state, type: 'LONG' } : { sql: sql`CAST(coalesce(${state}, 0) AS DOUBLE)`, type: 'DOUBLE' },
  examples: [
    {
      spec: { type: 'cardinality', name: 'n', fields: ['a'] },
      events: [{ a: 'x' }, { a: 'y' }, { a: 'x' }, { a: '' }, {}],
      result: 2,
    },
    {
      spec: { type: 'cardinality', name: 'n', fields: ['a', 'b'] },
      events: [
        { a: 'x', b: 'y' },
        { a: 'y', b: 'z' },
      ],
      result: 3,
    },
    {
      spec: { type: 'cardinality', name: 'n', fields: ['a', 'b'], byRow: true },
      events: [
        { a: 'x', b: 'y' },
        { a: 'x', b: 'y' },
        { a: 'y', b: 'x' },
      ],
      result: 2,
    },
  ],
});
