import { z } from 'zod';
import { compileGranularity } from '../../catalog/index.ts';
import { join, literal, type Sql, sql } from '../../sql.ts';
import { defineQueryType, type Plan } from '../define.ts';
import { instantEncoder, objectPrinter, printArray } from '../encode.ts';
import { type Measures, measuresOf } from '../measures.ts';
import { type Source, sourceOf } from '../source.ts';
import { allTimestamp, filledBuckets } from '../zero-fill.ts';
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
  const { with: tables, rows } = bucketsOf(query, source, measures);
  const finished = join([sql`t`, ...measures.columns.map((column) => column.sql)]);
  const limited = query.limit ? sql` LIMIT ${query.limit}` : sql``;
  const direction = query.descending ? sql`DESC` : sql`ASC`;
  const series = sql`SELECT ${finished} FROM ${measures.withPosts(rows)} ORDER BY t ${direction}${limited}`;
  if (!query.context.grandTotal) return sql`${tables}${series}`;
  const total = sql`(SELECT ${join([sql`NULL::BIGINT AS t`, sql`count(*) AS n`, ...measures.folds])} ${source.from})`;
  return sql`${tables} SELECT * FROM (${series}) UNION ALL SELECT ${finished} FROM ${measures.withPosts(total)}`;
}

/** A relation with `t` in milliseconds and the states, and the WITH clause that it stands on. */
function bucketsOf(query: Query, source: Source, { folds, states }: Measures): { with: Sql; rows: Sql } {
  const buckets = compileGranularity(query.granularity);
  const skipEmpty = query.context.skipEmptyBuckets ?? false;
  if (buckets.extent === 'all') {
    const start = literal(BigInt(source.startMs));
    const time = sql`coalesce(epoch_ms(${allTimestamp(source)}), ${start}) AS t`;
    const some = skipEmpty ? sql` HAVING count(*) > 0` : sql``;
    return { with: sql``, rows: sql`(SELECT ${join([time, sql`count(*) AS n`, ...folds])} ${source.from}${some})` };
  }
  const found = sql`SELECT ${join([sql`${buckets.floor(source.scope.time)} AS t`, ...folds])} ${source.from} GROUP BY 1`;
  const millis = join([sql`epoch_ms(t) AS t`, ...states]);
  // Druid fills granularity `none` by the millisecond, which no one can want.
  if (skipEmpty || buckets.extent === 'none') return { with: sql``, rows: sql`(SELECT ${millis} FROM (${found}))` };
  const empty = folds.length === 0 ? sql`SELECT 1 AS empty` : sql`SELECT ${join(folds)} ${source.from} AND false`;
  const missing = sql`(SELECT t FROM filled ANTI JOIN found USING (t)), (${empty})`;
  return {
    with: sql`WITH found AS MATERIALIZED (${found}), ${filledBuckets(source, buckets)}`,
    rows: sql`(SELECT ${millis} FROM found UNION ALL SELECT ${millis} FROM ${missing})`,
  };
}
