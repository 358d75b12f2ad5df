import { z } from 'zod';
import { sql } from '../../sql.ts';
import { definePostAggregator } from '../define.ts';

const schema = z.object({
  type: z.literal('constant'),
  name: z.string().nullish(),
  value: z.number({ error: 'expected a number' }),
});

export default definePostAggregator<z.infer<typeof schema>>({
  type: 'constant',
  summary: 'A number.',
  see: 'https://druid.apache.org/docs/latest/querying/post-aggregations#constant-post-aggregator',
  schema,
  compile: ({ value }) =>
    Number.isSafeInteger(value)
      ? { sql: sql`CAST(${value} AS BIGINT)`, type: 'LONG' }
      : { sql: sql`CAST(${value} AS DOUBLE)`, type: 'DOUBLE' },
  examples: [
    { spec: { type: 'constant', name: 'p', value: 100 }, row: {}, result: 100 },
    { spec: { type: 'constant', name: 'p', value: -2.5 }, row: {}, result: -2.5 },
  ],
});
