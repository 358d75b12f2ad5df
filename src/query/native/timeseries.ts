import { z } from 'zod';
import { type Buckets, compileGranularity } from '../../catalog/index.ts';
import { join, type Sql, sql } from '../../sql.ts';
import { bucketKeyOf, minutesOf } from '../bucket-key.ts';
import { derivedView } from '../data-sources/view.ts';
import { defineQueryType, type Plan } from '../define.ts';
import { type Filling, withEmptyBuckets } from '../empty-buckets.ts';
import { type Encode, objectPrinter, type PrintRow, printArray } from '../encode.ts';
import { type Measures, measuresOf } from '../measures.ts';
import { type Source, sourceOf } from '../source.ts';
import { beginOf, timesToFill, withReach } from '../zero-fill.ts';
import { countSchema, flagSchema, measuresShape, rowsShape, timeEncoder } from './common.ts';

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
    const encodeTime = timeEncoder(query.context, buckets.timeZone);
    const printResult = objectPrinter(measures.columns, 1);
    const printRow =
      (printStart: Encode): PrintRow =>
      (batch, row) =>
        `{"timestamp":${printStart(batch.columns[0]?.[row])},"result":${printResult(batch, row)}}`;
    const statement = statementOf(query, source, measures, buckets);
    if (buckets.extent === 'all')
      return {
        statement,
        async *shape(batches, reader) {
          const [reach, rows] = await withReach(batches, source, reader);
          const begin = reach?.begin ?? source.startMs;
          yield* printArray(
            rows,
            printRow((start) => encodeTime(start === null ? null : begin)),
          );
        },
      };
    if (!isFilled(query, buckets)) return { statement, shape: (batches) => printArray(batches, printRow(encodeTime)) };
    const filling: Filling = {
      due: sql`${timesToFill(source, buckets)}${endOf(query)}`,
      nothing: timeless(measures, sql`${source.from} AND false`, buckets),
      descending: query.descending ?? false,
      limit: query.limit ?? undefined,
    };
    return {
      statement,
      async *shape(batches, reader) {
        const [reach, rows] = await withReach(batches, source, reader);
        yield* printArray(withEmptyBuckets(rows, reach, filling, reader), printRow(encodeTime));
      },
    };
  },
  view: (query, context) => {
    const source = sourceOf(query, context);
    const measures = measuresOf(query, source.scope);
    const rows = sql`(${bucketRows(query, source, measures)})`;
    return derivedView({
      name: query.dataSource.name,
      columns: [...measures.inner].map(([name, value]) => ({ name, kind: 'metric', value })),
      time: sql`make_timestamp_ms(t)`,
      from: sql`FROM (SELECT * FROM ${measures.withPosts(rows)}${endOf(query)}) AS b`,
    });
  },
});

/** Rows of `t` and the states for a query around this one, the empty buckets among them. */
function bucketRows(query: Query, source: Source, measures: Measures): Sql {
  const buckets = compileGranularity(query.granularity);
  if (buckets.extent === 'all')
    return sql`SELECT * REPLACE (${beginOf(source)} AS t) FROM (${oneBucket(query, source, measures)})`;
  const found = bucketsOf(source, measures, buckets);
  if (!isFilled(query, buckets)) return found;
  const nothing = sql`(SELECT ${join([sql`0 AS n`, ...measures.folds])} ${source.from} AND false)`;
  return sql`
    WITH found AS MATERIALIZED (${found})
    SELECT t, 0 AS n, COLUMNS(* EXCLUDE (t)) FROM found
    UNION ALL SELECT t, nothing.* FROM (${timesToFill(source, buckets)}) ANTI JOIN found USING (t) CROSS JOIN ${nothing} AS nothing`;
}

/** Druid fills granularity `none` by the millisecond, which no one can want. */
const isFilled = (query: Query, { extent }: Buckets) => extent === 'regular' && !query.context.skipEmptyBuckets;

function statementOf(query: Query, source: Source, measures: Measures, buckets: Buckets): Sql {
  const rows = buckets.extent === 'all' ? oneBucket(query, source, measures) : bucketsOf(source, measures, buckets);
  const ends = isFilled(query, buckets) ? buckets : undefined;
  const series = sql`SELECT ${finished(measures, ends)} FROM ${measures.withPosts(sql`(${rows})`)}${endOf(query)}`;
  if (!query.context.grandTotal) return series;
  return sql`SELECT * FROM (${series}) UNION ALL ${timeless(measures, source.from, ends)}`;
}

function endOf({ descending, limit }: Query): Sql {
  const limited = limit ? sql` LIMIT ${limit}` : sql``;
  return sql` ORDER BY t ${descending ? sql`DESC` : sql`ASC`}${limited}`;
}

/** The bucket's start, the results, and the bucket's end where the empty ones are to be filled. */
function finished({ columns }: Measures, ends: Buckets | undefined): Sql {
  const end = ends ? [sql`epoch_ms(${ends.next(sql`make_timestamp_ms(t)`)})`] : [];
  return join([sql`t`, ...columns.map((column) => column.sql), ...end]);
}

/** One row, of all the rows together. */
function timeless(measures: Measures, from: Sql, ends: Buckets | undefined): Sql {
  const row = sql`(SELECT ${join([sql`NULL::BIGINT AS t`, sql`count(*) AS n`, ...measures.folds])} ${from})`;
  return sql`SELECT ${finished(measures, ends)} FROM ${measures.withPosts(row)}`;
}

/** Rows of `t` and the states, as {@link bucketsOf} gives them; where the bucket begins is not known here. */
function oneBucket(query: Query, source: Source, { folds }: Measures): Sql {
  const some = query.context.skipEmptyBuckets ? sql` HAVING count(*) > 0` : sql``;
  return sql`SELECT ${join([sql`0::BIGINT AS t`, sql`count(*) AS n`, ...folds])} ${source.from}${some}`;
}

/** A longer one is planned once only. */
const longestRepeated = 10_000;
/** So many of them the engine groups by their places in an array. */
const fewMinutes = 2 ** 15;

/**
 * Few groups are put together where that is quicker than to find each row's bucket among all. The table's parts have their minutes: the
 * engine groups stored whole numbers of a known range by their places in an array, but not what a union of them holds, or what is
 * computed of them. Or else rows that share their times are first combined by time, where buckets have no numbers.
 */
function bucketsOf(source: Source, { folds, merges }: Measures, buckets: Buckets): Sql {
  const { table, scope, from } = source;
  const numbered = minutesOf(source, buckets);
  if (merges && numbered && from.text.length <= longestRepeated) {
    const minutes = source.intervals.reduce((sum, { start, end }) => sum + (end - start) / 60_000, 0);
    const minute = table.minute as Sql;
    const [first, last] =
      minutes <= fewMinutes ? [minute, numbered.numberOf(sql`k`)] : [numbered.numberOf(minute), sql`k`];
    const parts = source.parts().map((rows) => sql`SELECT ${join([sql`${first} AS k`, ...folds])} ${rows} GROUP BY 1`);
    return sql`SELECT ${join([sql`${numbered.startOf(last, 1n)} AS t`, ...merges])} FROM (${join(parts, ' UNION ALL ')}) GROUP BY ${last}`;
  }
  const { key, isNumber, startOf } = bucketKeyOf(source, buckets);
  if (isNumber || !table.timesRepeat || !merges)
    return sql`SELECT ${join([sql`${startOf(key)} AS t`, ...folds])} ${from} GROUP BY ${key}`;
  const times = sql`SELECT ${join([sql`${scope.time} AS t`, ...folds])} ${from} GROUP BY 1`;
  return sql`SELECT ${join([sql`epoch_ms(${buckets.floor(sql`t`)}) AS t`, ...merges])} FROM (${times}) GROUP BY 1`;
}
