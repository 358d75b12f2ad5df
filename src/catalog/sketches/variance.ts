/**
 * variance: how many values there are, their sum, and the sum of their squared distances from their mean, which merge without loss.
 * https://druid.apache.org/docs/latest/development/extensions-core/stats
 */
import { type Sql, sql } from '../../sql.ts';

export const varianceType = 'COMPLEX<variance>' as const;
export const varianceState = sql`STRUCT(n BIGINT, total DOUBLE, squares DOUBLE)`;

/** An SQL aggregate: DOUBLEs → a state. `over` is what follows an aggregate. */
export function foldVariance(value: Sql, over: Sql): Sql {
  // Of others the engine knows no variance.
  const finite = sql`CASE WHEN isfinite(${value}) THEN ${value} END`;
  return sql`struct_pack(n := count(${value})${over}, total := coalesce(sum(${value})${over}, 0),
    squares := CASE WHEN bool_and(isfinite(${value}))${over} THEN var_pop(${finite})${over} * count(${value})${over} ELSE 'NaN'::DOUBLE END)`;
}

/** An SQL aggregate: states → one of all their values, each part's distance from the common mean taken from its own mean. */
export function mergeVariance(stored: Sql, over: Sql = sql``): Sql {
  const sum = (member: Sql) => sql`list_sum(list_transform(p, lambda s: coalesce((s).${member}, 0)))`;
  const parts = sql`list_transform([coalesce(list(${stored})${over}, [])], lambda p: struct_pack(
    parts := list_filter(p, lambda s: (s).n > 0), n := CAST(coalesce(${sum(sql`n`)}, 0) AS BIGINT), total := coalesce(${sum(sql`total`)}, 0)))[1]`;
  const squares = sql`list_sum(list_transform((m).parts, lambda s: (s).squares + (s).n * pow((s).total / (s).n - (m).total / (m).n, 2)))`;
  return sql`list_transform([${parts}], lambda m: struct_pack(n := (m).n, total := (m).total, squares := ${squares}))[1]`;
}

/** Of a population, or of a sample; 0 of a single value, null of none. */
export const varianceOf = (state: Sql, estimator: string | null | undefined): Sql =>
  sql`CASE WHEN (${state}).n = 1 THEN 0 WHEN (${state}).n > 1 THEN (${state}).squares / ((${state}).n - ${isOfPopulation(estimator) ? 0 : 1}) END`;

const isOfPopulation = (estimator: string | null | undefined) => estimator?.toLowerCase() === 'population';
