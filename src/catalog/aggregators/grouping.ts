import { z } from 'zod';
import { sql } from '../../sql.ts';
import { defineAggregator } from '../define.ts';

const schema = z.object({
  type: z.literal('grouping'),
  name: z.string().min(1),
  // A bit each of a long.
  groupings: z.array(z.string()).min(1).max(63),
});

export default defineAggregator<z.infer<typeof schema>>({
  type: 'grouping',
  summary:
    'By which of some dimensions a row of subtotals is grouped: a bit for each, the first one the highest, which is 0 where the row is grouped by it and 1 where not. 0 in other queries.',
  see: 'https://druid.apache.org/docs/latest/querying/aggregations#grouping-aggregator',
  schema,
  inputs: () => [],
  stateType: () => 'LONG',
  sqlType: () => sql`BIGINT`,
  // Each group is one, so that any of its values will do.
  fold: (spec, { grouped }) => {
    const bits = spec.groupings.reduce((all, name) => all * 2n + (grouped && !grouped.has(name) ? 1n : 0n), 0n);
    return sql`any_value(CAST(${bits} AS BIGINT))`;
  },
  finish: (_, state) => ({ sql: sql`coalesce(${state}, 0)`, type: 'LONG' }),
  examples: [{ spec: { type: 'grouping', name: 'r', groupings: ['a', 'b'] }, events: [{ a: 'x' }], result: 0 }],
});
