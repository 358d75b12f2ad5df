import { z } from 'zod';
import { sql } from '../../sql.ts';
import { defineQueryType, type Plan } from '../define.ts';
import { instantEncoder, printArray } from '../encode.ts';
import { sourceOf } from '../source.ts';
import { optionalIntervalsSchema, rowsShape } from './common.ts';

const schema = z.object({
  queryType: z.literal('timeBoundary'),
  ...rowsShape,
  intervals: optionalIntervalsSchema,
  bound: z
    .string()
    .nullish()
    .transform((bound) => bound?.toLowerCase() || 'both')
    .pipe(z.enum(['mintime', 'maxtime', 'both'], { error: "expected 'minTime' or 'maxTime'" })),
});

/** `[{"timestamp":…,"result":{"minTime":…,"maxTime":…}}]`; `[]` without rows. */
export default defineQueryType<z.infer<typeof schema>>({
  type: 'timeBoundary',
  summary: "The first and the last row's time.",
  see: 'https://druid.apache.org/docs/latest/querying/timeboundaryquery',
  schema,
  plan: (query, context): Plan => {
    const { from, scope } = sourceOf(query, context);
    const [first, last] = [query.bound !== 'maxtime', query.bound !== 'mintime'];
    const encode = instantEncoder('UTC');
    return {
      statement: sql`SELECT * FROM (SELECT epoch_ms(min(${scope.time})) AS first, epoch_ms(max(${scope.time})) AS last ${from}) WHERE first IS NOT NULL`,
      shape: (batches) =>
        printArray(batches, ({ columns }, row) => {
          const [minTime, maxTime] = columns.map((column) => encode(column[row])) as [string, string];
          const result = [...(first ? [`"minTime":${minTime}`] : []), ...(last ? [`"maxTime":${maxTime}`] : [])];
          return `{"timestamp":${first ? minTime : maxTime},"result":{${result}}}`;
        }),
    };
  },
});
