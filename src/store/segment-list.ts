/** All segments as rows: those in deep storage, and those that the live rows will become. */
import { join, type Sql, sql } from '../sql.ts';
import type { Table } from './schema.ts';

const published = sql`SELECT data_source, "start", "end", version, 0 AS "partition", "rows", size_bytes AS size, false AS realtime FROM meta.segments`;

/**
 * A SELECT of `data_source`, `start` and `end` (NULL where a segment holds all of time), `version`, `partition`, `rows`, `size` in
 * bytes, `realtime`. Where a bucket has rows that are handed off and others that are not yet, these are one more partition of it.
 */
export const segmentList = (tables: Iterable<Table>): Sql =>
  join([published, ...[...tables].map(liveSegments)], ' UNION ALL ');

function liveSegments({ definition: { dataSource, segments }, live }: Table): Sql {
  const handedOff = sql`(SELECT max(version) FROM meta.segments WHERE data_source = ${dataSource} AND "start" IS NOT DISTINCT FROM first)`;
  return sql`
    SELECT ${dataSource}, first, ${segments.next(sql`first`)}, coalesce(handed_off, strftime(coalesce(first, 'epoch'), '%Y-%m-%dT%H:%M:%S.%gZ')),
      CASE WHEN handed_off IS NULL THEN 0 ELSE 1 END, n, 0, true
    FROM (SELECT *, ${handedOff} AS handed_off FROM (SELECT ${segments.floor(sql`__time`)} AS first, count(*) AS n FROM ${live} GROUP BY 1))`;
}
