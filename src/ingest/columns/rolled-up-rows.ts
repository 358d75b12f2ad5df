/** Files of rows that events were rolled up to → rows of the table. */
import { ident, join, type Sql, sql } from '../../sql.ts';
import type { TableColumn } from '../../store/table.ts';
import { parquetRows } from '../reader.ts';
import type { RollupPlan } from './rollup-plan.ts';

/**
 * A file holds a time, the plan's dimensions and metrics in its order, and how many events a row holds. SELECT of rows by physical name, with
 * `__rows`, rolled up over all files.
 */
export function rolledUpRows(plan: RollupPlan, columns: readonly TableColumn[], paths: readonly string[]): Sql {
  // The rows of one file have different keys.
  const isMerged = paths.length > 1;
  const merges = new Map(columns.map(({ physical, merge }) => [physical, isMerged ? merge : undefined]));
  let place = 0;
  const next = () => ident(`c${place++}`);
  const merged = (column: string, state: Sql) => sql`${merges.get(column)?.(state) ?? state} AS ${ident(column)}`;
  const keys = [sql`${next()} AS __time`, ...plan.dimensions.map(({ column }) => sql`${next()} AS ${ident(column)}`)];
  const metrics = plan.metrics.map(({ column }) => merged(column, next()));
  const rows = isMerged ? sql`CAST(sum(${next()}) AS BIGINT)` : next();
  const groups = isMerged ? sql` GROUP BY ${join(keys.map((_, index) => sql`${index + 1}`))}` : sql``;
  return sql`SELECT ${join([...keys, ...metrics])}, ${rows} AS __rows FROM ${parquetRows(paths)}${groups}`;
}
