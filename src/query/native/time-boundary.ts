import { z } from 'zod';
import { sql } from '../../sql.ts';
import { defineQueryType, type Plan } from '../define.ts';
import { sourceOf } from '../source.ts';
import { touchedSegments } from '../zero-fill.ts';
import { optionalIntervalsSchema, rowsShape, timeEncoder } from './common.ts';

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
    const { from, scope, table, intervals } = sourceOf(query, context);
    const [first, last] = [query.bound !== 'maxtime', query.bound !== 'mintime'];
    const encode = timeEncoder(query.context, 'UTC');
    const print = (begin: unknown, end: unknown): string => {
      if (begin == null) return '[]';
      const [minTime, maxTime] = [encode(begin), encode(end)];
      const result = [...(first ? [`"minTime":${minTime}`] : []), ...(last ? [`"maxTime":${maxTime}`] : [])];
      return `[{"timestamp":${first ? minTime : maxTime},"result":{${result}}}]`;
    };
    const ofRows = sql`SELECT epoch_ms(min(${scope.time})), epoch_ms(max(${scope.time})) ${from}`;
    // A table's segments know their first and last rows, which count where neither a filter nor an interval leaves any out.
    const isWhole = !query.filter && context.table(query.dataSource.name) === table;
    const ofSegments = sql`SELECT epoch_ms(min(first)), epoch_ms(max(last)), bool_and(first >= "from" AND last < upto)
      FROM ${touchedSegments(table, intervals)}`;
    return {
      statement: undefined,
      async *shape(_rows, reader) {
        const [begin, end, within] = isWhole ? await reader.row(ofSegments) : [];
        if (within) yield print(begin, end);
        else for await (const { columns } of reader.read(ofRows)) yield print(columns[0]?.[0], columns[1]?.[0]);
      },
    };
  },
});
