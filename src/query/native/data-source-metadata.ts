import { z } from 'zod';
import { eternity } from '../../catalog/time.ts';
import { sql } from '../../sql.ts';
import { defineQueryType, type Plan } from '../define.ts';
import { printArray } from '../encode.ts';
import { sourceOf } from '../source.ts';
import { queryShape, timeEncoder } from './common.ts';

const schema = z.object({ queryType: z.literal('dataSourceMetadata'), ...queryShape });

/** `[{"timestamp":…,"result":{"maxIngestedEventTime":…}}]`; `[]` without rows. */
export default defineQueryType<z.infer<typeof schema>>({
  type: 'dataSourceMetadata',
  summary: "The newest event's time.",
  see: 'https://druid.apache.org/docs/latest/querying/datasourcemetadataquery',
  schema,
  plan: ({ queryType, dataSource, context: given }, context): Plan => {
    const { from, scope } = sourceOf({ queryType, dataSource, intervals: [eternity] }, context);
    const encode = timeEncoder(given, 'UTC');
    return {
      statement: sql`SELECT * FROM (SELECT epoch_ms(max(${scope.time})) AS last ${from}) WHERE last IS NOT NULL`,
      shape: (batches) =>
        printArray(batches, ({ columns }, row) => {
          const last = encode(columns[0]?.[row]);
          return `{"timestamp":${last},"result":{"maxIngestedEventTime":${last}}}`;
        }),
    };
  },
});
