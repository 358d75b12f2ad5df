/**
 * Buckets without rows. Druid fills them inside each segment's own first-to-last row, whatever the filter; between segments
 * and in the rest of the interval they stay away.
 */
import type { Buckets } from '../catalog/index.ts';
import { eternity, type Interval, timestampLiteral, withinIntervals } from '../catalog/time.ts';
import { and, join, type Sql, sql } from '../sql.ts';
import { type Source, timeColumn } from './source.ts';

/** More than these would be an answer for no one, and Druid's own end with its memory. */
const maxFilledBuckets = 1_000_000;

/**
 * Common table expressions that end in `filled(t)`: the buckets to fill, besides those of the expression `found(t, …)`.
 * The table is looked at again only when `found` has a hole, or when rows that the query does not see could matter.
 */
export function filledBuckets(source: Source, buckets: Buckets): Sql {
  if (source.intervals.length === 0) return sql`filled AS (SELECT NULL::TIMESTAMP AS t WHERE false)`;
  // Buckets differ in length (months, days of a clock change), by less than a fifth: no step of this size skips one.
  const step = sql`((epoch_us(${buckets.next(sql`first_bucket`)}) - epoch_us(first_bucket)) * 4 // 5)`;
  const tooMany = `more than ${maxFilledBuckets} buckets without rows; ask for a coarser granularity, a shorter interval, or set skipEmptyBuckets in the context`;
  const count = sql`(epoch_us(upto) - epoch_us(first_bucket)) // ${step}`;
  return sql`
    need AS (${needOf(source, buckets)}),
    span AS (${join(
      source.intervals.map((interval) => spansOf(source, buckets, interval)),
      ' UNION ALL ',
    )}),
    steps AS (
      SELECT unnest(CASE WHEN ${count} > ${maxFilledBuckets} THEN error(${tooMany})
        ELSE range(first_bucket, upto, to_microseconds(${step})) END) AS t
      FROM span WHERE first_bucket < upto),
    filled AS (SELECT DISTINCT ${buckets.floor(sql`t`)} AS t FROM steps)`;
}

/** One row when buckets may be missing, else none: when those found have no hole and reach from the first row to the last. */
function needOf(source: Source, buckets: Buckets): Sql {
  const [interval, ...others] = source.intervals;
  if (!interval || others.length > 0) return sql`SELECT 1 AS needed`;
  const first = sql`greatest(min(${timeColumn}), ${timestampLiteral(interval.start)})`;
  const last = sql`least(max(${timeColumn}), ${timestampLiteral(interval.end - 1)})`;
  return sql`
    SELECT 1 AS needed FROM
      (SELECT min(t) AS t_first, max(t) AS t_last, count(*) FILTER (WHERE following > ${buckets.next(sql`t`)}) AS holes
        FROM (SELECT t, lead(t) OVER (ORDER BY t) AS following FROM (SELECT DISTINCT t FROM found))),
      (SELECT ${first} AS first, ${last} AS last FROM ${source.table.rows} AS t WHERE ${touchedSegments(source, interval)})
    WHERE NOT coalesce(holes = 0 AND t_first <= first AND ${buckets.next(sql`t_last`)} > last, false)`;
}

/** For each segment, from its first row's bucket up to its last row's, inside of the interval. */
function spansOf(source: Source, buckets: Buckets, interval: Interval): Sql {
  const [start, end] = [timestampLiteral(interval.start), timestampLiteral(interval.end)];
  return sql`
    SELECT ${buckets.floor(sql`greatest(min(${timeColumn}), ${start})`)} AS first_bucket,
      least(${buckets.next(buckets.floor(sql`max(${timeColumn})`))}, ${end}) AS upto
    FROM ${source.table.rows} AS t, need WHERE ${touchedSegments(source, interval)}
    GROUP BY ${source.table.segmentStart(timeColumn)}`;
}

/** The rows of the segments that the interval touches, whole. */
function touchedSegments({ table }: Source, interval: Interval): Sql {
  const conditions: Sql[] = [];
  if (interval.start > eternity.start)
    conditions.push(sql`${timeColumn} >= ${segmentFloor(table.segmentStart, interval.start)}`);
  if (interval.end < eternity.end) {
    const lastEnd = table.segmentEnd(table.segmentStart(timestampLiteral(interval.end - 1)));
    conditions.push(sql`${timeColumn} < coalesce(${lastEnd}, ${timestampLiteral(eternity.end)})`);
  }
  return and(conditions);
}

/** Start of the segment that an instant lies in; the beginning of time where one segment holds everything. */
function segmentFloor(segmentStart: (time: Sql) => Sql, ms: number): Sql {
  return sql`coalesce(${segmentStart(timestampLiteral(ms))}, ${timestampLiteral(eternity.start)})`;
}

/**
 * The timestamp of granularity `all`, a scalar: the interval's start or the first row's time, whichever is later, filters
 * aside; NULL without rows.
 */
export function allTimestamp({ table, intervals }: Source): Sql {
  const firsts = intervals.map((interval) => {
    const upToEnd = withinIntervals(timeColumn, [{ start: eternity.start, end: interval.end }]);
    const fromSegment =
      interval.start > eternity.start
        ? sql`${timeColumn} >= ${segmentFloor(table.segmentStart, interval.start)}`
        : sql`true`;
    const first = sql`greatest(min(${timeColumn}), ${timestampLiteral(interval.start)})`;
    return sql`SELECT CASE WHEN min(${timeColumn}) IS NOT NULL THEN ${first} END AS first FROM ${table.rows} AS t WHERE ${and([fromSegment, upToEnd])}`;
  });
  return firsts.length === 0 ? sql`NULL::TIMESTAMP` : sql`(SELECT min(first) FROM (${join(firsts, ' UNION ALL ')}))`;
}
