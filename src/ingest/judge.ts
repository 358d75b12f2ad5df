/** Windows and filters: which events are kept. */
import { compileGranularity } from '../catalog/index.ts';
import { timestampLiteral } from '../catalog/time.ts';
import type { DataSource } from '../spec/data-source.ts';
import { join, type Sql, sql } from '../sql.ts';
import type { Clock } from './batch.ts';

/** Why an event is not kept, as SQL that is NULL for those that are; and what must be computed before. */
export function judge(
  dataSource: DataSource,
  clock: Clock,
  passes: Sql | undefined,
): { sql: Sql; prepare: (source: Sql) => Sql } {
  const { window } = dataSource;
  const cases = [sql`WHEN __ts IS NULL THEN 'unparseable'`];
  if (passes) cases.push(sql`WHEN (${passes}) IS NOT TRUE THEN 'filtered'`);
  const end = (cases: Sql[]) => sql`CASE ${join(cases, ' ')} END`;
  const asTheyAre = (source: Sql) => source;
  if (window.policy === 'none') return { sql: end(cases), prepare: asTheyAre };
  if (window.policy === 'bounds') {
    const { fromMs, toMs } = window;
    if (fromMs !== undefined) cases.push(sql`WHEN __ts < ${timestamp(fromMs)} THEN 'late'`);
    if (toMs !== undefined) cases.push(sql`WHEN __ts > ${timestamp(toMs)} THEN 'early'`);
    return { sql: end(cases), prepare: asTheyAre };
  }
  const { policy, periodMs, rule } = window;
  if (policy === 'messageTime') {
    // Event by event, in the order of arrival: the newest so far, this one included, sets the window. What is filtered comes before.
    const time = passes ? sql`CASE WHEN ${passes} THEN __ts END` : sql`__ts`;
    const newest = sql`greatest(max(${time}) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW), ${timestamp(clock.newestMs)})`;
    cases.push(sql`WHEN __ts < __newest - to_milliseconds(${periodMs}) THEN 'late'`);
    return { sql: end(cases), prepare: (source) => sql`SELECT *, ${newest} AS __newest FROM (${source})` };
  }
  const from = timestamp(clock.nowMs - periodMs);
  const to = timestamp(clock.nowMs + periodMs);
  if (rule === 'event') cases.push(sql`WHEN __ts < ${from} THEN 'late'`, sql`WHEN __ts > ${to} THEN 'early'`);
  else {
    const segments = compileGranularity(dataSource.segmentGranularity);
    cases.push(
      sql`WHEN __ts < ${segments.floor(from)} THEN 'late'`,
      sql`WHEN __ts >= ${segments.next(segments.floor(to))} THEN 'early'`,
    );
  }
  return { sql: end(cases), prepare: asTheyAre };
}

function timestamp(millis: number | undefined): Sql {
  return millis === undefined ? sql`NULL::TIMESTAMP` : timestampLiteral(millis);
}
