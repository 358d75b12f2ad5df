import { z } from 'zod';
import { sql } from '../../sql.ts';
import { defineAggregator, only } from '../define.ts';

const schema = z.object({ type: z.literal('count'), name: z.string().min(1) });

export default defineAggregator<z.infer<typeof schema>>({
  type: 'count',
  summary:
    'Counts rows. At ingestion these are events; at query time they are stored rows, so that events are counted by a longSum over the ingested count.',
  see: 'https://druid.apache.org/docs/latest/querying/aggregations#count-aggregator',
  schema,
  inputs: () => [],
  stateType: () => 'LONG',
  sqlType: () => sql`BIGINT`,
  fold: (_, { where }) => sql`count(*)${only(where)}`,
  merge: (_, state) => sql`CAST(sum(${state}) AS BIGINT)`,
  finish: (_, state) => ({ sql: state, type: 'LONG' }),
  foldWholeNumbers: () => ({ verb: 'count' }),
  examples: [{ spec: { type: 'count', name: 'n' }, events: [{ x: 1 }, { x: null }, {}], result: 3 }],
});
