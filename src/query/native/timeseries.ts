import { z } from 'zod';
import { compileGranularity } from '../../catalog/index.ts';
import { join, literal, type Sql, sql } from '../../sql.ts';
import { defineQueryType, type Plan } from '../define.ts';
import { instantEncoder, objectPrinter, printArray } from '../encode.ts';
import { type Measures, measuresOf } from '../measures.ts';
import { type Source, sourceOf } from '../source.ts';
import { allTimestamp, timesToFill } from '../zero-fill.ts';
import { countSchema, flagSchema, measuresShape, rowsShape } from './common.ts';

const schema = z.object({
  queryType: z.literal('timeseries'),
  ...rowsShape,
  ...measuresShape,
  descending: flagSchema.nullish(),
  limit: countSchema.nullish(),
});

type Query = z.infer<typeof schema>;

/** `[{"timestamp":…,"result":{…}}]`, a row for each bucket. */
export default defineQueryType<Query>({
  type: 'timeseries',
  summary: 'Aggregates over buckets of time.',
  see: 'https://druid.apache.org/docs/latest/querying/timeseriesquery',
  schema,
  plan: (query, context): Plan => {
    const source = sourceOf(query, context);
    const measures = measuresOf(query, source.scope);
    const buckets = compileGranularity(query.granularity);
    const encodeTime = instantEncoder(buckets.timeZone);
    const printResult = objectPrinter(measures.columns, 1);
    return {
      statement: statementOf(query, source, measures),
      shape: (batches) =>
        printArray(
          batches,
          (batch, row) => `{"timestamp":${encodeTime(batch.columns[0]?.[row])},"result":${printResult(batch, row)}}`,
        ),
    };
  },
});

function statementOf(query: Query, source: Source, measures: Measures): Sql {
  const buckets = compileGranularity(query.granularity);
  const rows = buckets.extent === 'all' ? oneBucket(query, source, measures) : bucketsOf(query, source, measures);
  const finished = join([sql`t`, ...measures.columns.map((column) => column.sql)]);
  const limited = query.limit ? sql` LIMIT ${query.limit}` : sql``;
  const direction = query.descending ? sql`DESC` : sql`ASC`;
  const series = sql`SELECT ${finished} FROM ${measures.withPosts(sql`(${rows})`)} ORDER BY t ${direction}${limited}`;
  if (!query.context.grandTotal) return series;
  const total = sql`(SELECT ${join([sql`NULL::BIGINT AS t`, sql`count(*) AS n`, ...measures.folds])} ${source.from})`;
  return sql`SELECT * FROM (${series}) UNION ALL SELECT ${finished} FROM ${measures.withPosts(total)}`;
}

/** Rows of `t` in milliseconds and the states, as {@link bucketsOf} gives them. */
function oneBucket(query: Query, source: Source, { folds }: Measures): Sql {
  const start = literal(BigInt(source.startMs));
  const time = sql`coalesce(epoch_ms(${allTimestamp(source)}), ${start}) AS t`;
  const some = query.context.skipEmptyBuckets ? sql` HAVING count(*) > 0` : sql``;
  return sql`SELECT ${join([time, sql`count(*) AS n`, ...folds])} ${source.from}${some}`;
}

/**
 * Where rows share their times they are first combined by time, which is quick, and few times are then put into buckets.
 * Buckets to fill join in as times with the states of no rows.
 */
function bucketsOf(query: Query, source: Source, { folds, merges, states }: Measures): Sql {
  const buckets = compileGranularity(query.granularity);
  const { time } = source.scope;
  const byTime = source.table.timesRepeat && merges !== undefined;
  const parts = sql`SELECT ${join([sql`${byTime ? time : buckets.floor(time)} AS t`, sql`false AS filler`, ...folds])} ${source.from} GROUP BY 1`;
  // Druid fills granularity `none` by the millisecond, which no one can want.
  const fill = buckets.extent === 'regular' && !query.context.skipEmptyBuckets;
  if (!fill && !byTime) return sql`SELECT ${join([sql`epoch_ms(t) AS t`, ...states])} FROM (${parts})`;
  const nothing = sql`SELECT ${join([sql`true AS filler`, ...folds])} ${source.from} AND false`;
  const fillers = fill ? sql` UNION ALL SELECT * FROM (${timesToFill(source, buckets)}), (${nothing})` : sql``;
  const combined = merges ?? states.map((state) => sql`first(${state} ORDER BY filler) AS ${state}`);
  return sql`SELECT ${join([sql`epoch_ms(${buckets.floor(sql`t`)}) AS t`, ...combined])} FROM (${parts}${fillers}) GROUP BY 1`;
}
