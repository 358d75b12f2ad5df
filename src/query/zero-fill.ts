/**
 * Buckets without rows. Druid fills them inside each segment's own first-to-last row, whatever the filter; between segments
 * and in the rest of the interval they stay away. What segments there are, and from when to when, their descriptions tell.
 */
import type { Buckets } from '../catalog/index.ts';
import { eternity, type Interval, maxDateMs, timestampLiteral } from '../catalog/time.ts';
import { join, type Sql, sql } from '../sql.ts';
import type { TableView } from '../store/table.ts';
import type { Reader } from './define.ts';
import { sideBySide } from './reading.ts';
import type { Source } from './source.ts';

/** More than these would be an answer for no one, and Druid's own end with its memory. */
const maxFilledBuckets = 1_000_000;

/** From the first row to behind the last one, in milliseconds, within the intervals and filters aside. */
export interface Reach {
  readonly begin: number;
  readonly end: number;
}

/** Rows, and how far they could reach, read side by side; undefined where the intervals have no rows. */
export async function withReach<T>(
  rows: AsyncIterable<T>,
  { table, intervals, startMs }: Source,
  reader: Reader,
): Promise<[Reach | undefined, AsyncIterable<T>]> {
  const begin = sql`epoch_ms(min(greatest(first, "from")))`;
  const end = sql`epoch_ms(max(least(last, upto - to_milliseconds(1)))) + 1`;
  const reach = sql`SELECT ${begin}, ${end} FROM ${touchedSegments(table, intervals)} WHERE first < upto`;
  const [[first, last], batches] = await sideBySide(reader.row(reach), rows);
  if (first == null || last == null) return [undefined, batches];
  // Where rows may begin before the engine's first time, only the interval says from when on they are wanted.
  const isBoundless = (first as number) <= -maxDateMs;
  return [{ begin: isBoundless ? startMs : (first as number), end: last as number }, batches];
}

/** The same beginning in SQL, in milliseconds; where the intervals have no rows, the start of the first one. */
export function beginOf({ table, intervals, startMs }: Source): Sql {
  const start = sql`CAST(${startMs} AS BIGINT)`;
  const first = sql`SELECT epoch_ms(min(greatest(first, "from"))) AS t FROM ${touchedSegments(table, intervals)} WHERE first < upto`;
  return sql`(SELECT CASE WHEN t > ${-maxDateMs} THEN t ELSE ${start} END FROM (${first}))`;
}

/** `SELECT t …`: the start in milliseconds of each bucket to fill; also of those that have rows. */
export function timesToFill({ table, intervals }: Source, buckets: Buckets): Sql {
  // Buckets differ in length (months, days of a clock change), by less than a fifth: no step of this size skips one.
  const step = sql`((epoch_us(${buckets.next(sql`first_bucket`)}) - epoch_us(first_bucket)) * 4 // 5)`;
  const tooMany = `more than ${maxFilledBuckets} buckets without rows; ask for a coarser granularity, a shorter interval, or set skipEmptyBuckets in the context`;
  const begin = sql`greatest(first, "from")`;
  const end = sql`least(${buckets.next(buckets.floor(sql`last`))}, upto)`;
  const lastBucket = buckets.floor(sql`(${end} - to_milliseconds(1))`);
  const steps = sql`SELECT unnest(CASE WHEN (epoch_ms(bucket_end) - epoch_ms(first_bucket)) // greatest(${step} // 1000, 1) > ${maxFilledBuckets} THEN error(${tooMany})
      ELSE range(first_bucket, bucket_end, to_microseconds(${step})) END) AS step
    FROM (SELECT ${buckets.floor(begin)} AS first_bucket, ${buckets.next(lastBucket)} AS bucket_end
      FROM ${touchedSegments(table, intervals)} WHERE ${begin} < ${end})`;
  return sql`SELECT DISTINCT epoch_ms(${buckets.floor(sql`step`)}) AS t FROM (${steps})`;
}

/** A relation with a row for each interval and each segment that it touches: `segment`, `first`, `last`, `from`, `upto`. */
export function touchedSegments({ segments, segmentStart }: TableView, intervals: readonly Interval[]): Sql {
  const touches = (firstSegment: Sql, upto: Sql) =>
    sql`first >= ${firstSegment} AND (segment IS NULL OR segment < ${upto})`;
  const begin = timestampLiteral(eternity.start);
  const bounds = intervals.map(({ start, end }) => {
    const from = timestampLiteral(start);
    const firstSegment = start > eternity.start ? sql`coalesce(${segmentStart(from)}, ${begin})` : begin;
    return { from, upto: timestampLiteral(end), firstSegment };
  });
  const [only, ...others] = bounds;
  if (!only) return sql`(SELECT *, first AS "from", first AS upto FROM ${segments} WHERE false)`;
  // Nearly all queries have one interval, and without the join the engine answers half a millisecond earlier.
  if (others.length === 0)
    return sql`(SELECT *, ${only.from} AS "from", ${only.upto} AS upto FROM ${segments} WHERE ${touches(only.firstSegment, only.upto)})`;
  const rows = bounds.map(({ from, upto, firstSegment }) => sql`(${from}, ${upto}, ${firstSegment})`);
  return sql`(SELECT * FROM ${segments} JOIN (VALUES ${join(rows)}) AS i("from", upto, first_segment) ON ${touches(sql`first_segment`, sql`upto`)})`;
}
