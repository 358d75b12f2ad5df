/**
 * The sketch behind hyperUnique, HLLSketch and thetaSketch, in plain SQL: a theta sketch. Values become hashes, evenly spread over 64
 * bits, and a sketch of size k keeps the smallest. Stored as `{theta, hashes}`: the distinct hashes below theta, sorted, at
 * most k; theta is null as long as none had to be left out, and all counts are exact until then.
 *
 * Above theta nothing is known, below it all hashes are: so the number of distinct values is the number of hashes divided by the
 * part of all hashes that lies below theta, with a relative standard error of at most 1/√k; a union keeps what lies below
 * the smaller theta, and so do intersections and differences.
 */
import { type Sql, sql } from '../../sql.ts';
import type { Value } from '../define.ts';
import { asDistinctText } from '../numbers.ts';

/** The engine's type of a state. */
export const distinctState = sql`STRUCT(theta UBIGINT, hashes UBIGINT[])`;

/** How many hashes hyperUnique keeps: 1/√2048 is 2.2 %. */
export const hyperUniqueSize = 2048;

/** Without a value. */
export const emptyDistinct = sql`struct_pack(theta := NULL::UBIGINT, hashes := []::UBIGINT[])`;

// MD5 rather than the engine's own hash(), because states outlive a version of the engine.
const hashOf = (text: Sql) => sql`md5_number_lower(nullif(${text}, ''))`;

/** An SQL aggregate: the distinct hashes of a field's values, without order. Neither null nor the empty string counts. */
function distinctHashes(field: Value, over: Sql): Sql {
  const text = asDistinctText(field).sql;
  if (field.multiValue) {
    const hashes = sql`list_transform(${text}, lambda v: ${hashOf(sql`v`)})`;
    return sql`coalesce(list_distinct(flatten(list(${hashes})${over})), [])`;
  }
  const hashes = sql`list(DISTINCT ${hashOf(text)})${over}`;
  return sql`coalesce(list_filter(${hashes}, lambda v: v IS NOT NULL), [])`;
}

/** An SQL aggregate: values → a sketch of size `k`. Of this and the like, `over` is what follows an aggregate: FILTER, OVER. */
export const foldDistinct = (field: Value, k: number, over: Sql): Sql =>
  kept(k, sql`NULL::UBIGINT`, sql`list_sort(${distinctHashes(field, over)})`);

/** An SQL aggregate: sketches → their union. */
export const mergeDistinct = (state: Sql, k: number, over: Sql = sql``): Sql =>
  kept(
    k,
    sql`min((${state}).theta)${over}`,
    sql`list_sort(list_distinct(coalesce(flatten(list((${state}).hashes)${over}), [])))`,
  );

/** How a query combines sketches of several columns. */
export type SetOperation = 'UNION' | 'INTERSECT' | 'NOT';

/** A scalar: of two sketches or more. NOT takes all others away from the first. */
export function combineDistinct(operation: SetOperation, k: number, states: readonly Sql[]): Sql {
  const [first = emptyDistinct, ...others] = states.map((state) => sql`coalesce(${state}, ${emptyDistinct})`);
  return others.reduce((left, right) => combined(operation, k, left, right), kept(k, theta(first), hashes(first)));
}

function combined(operation: SetOperation, k: number, left: Sql, right: Sql): Sql {
  // Sorted together, what both have stands twice; with the right side's twice, what only the left side has stands alone.
  const together = {
    UNION: sql`list_distinct(${hashes(sql`(s).l`)} || ${hashes(sql`(s).r`)})`,
    INTERSECT: inOrder(
      sql`${hashes(sql`(s).l`)} || ${hashes(sql`(s).r`)}`,
      (all) => sql`list_filter(${all}, lambda v, i: v = ${all}[i + 1])`,
    ),
    NOT: inOrder(
      sql`${hashes(sql`(s).l`)} || ${hashes(sql`(s).r`)} || ${hashes(sql`(s).r`)}`,
      (all) =>
        sql`list_filter(${all}, lambda v, i: (i = 1 OR v <> ${all}[i - 1]) AND (i = len(${all}) OR v <> ${all}[i + 1]))`,
    ),
  }[operation];
  const result = kept(k, sql`least(${theta(sql`(s).l`)}, ${theta(sql`(s).r`)})`, sql`list_sort(${together})`);
  return sql`list_transform([struct_pack(l := ${left}, r := ${right})], lambda s: ${result})[1]`;
}

/** The estimate, a DOUBLE; 0 for no sketch. */
export const distinctEstimate = (state: Sql): Sql =>
  sql`list_transform([${state}], lambda e: coalesce(len((e).hashes) / ${partBelow(sql`e`)}, 0.0))[1]`;

/** The estimate's standard error, a DOUBLE; 0 where it is exact. Each hash lies below theta by chance, so their number is binomial. */
export const distinctError = (state: Sql): Sql =>
  sql`list_transform([${state}], lambda e: coalesce(sqrt(len((e).hashes) * (1 - ${partBelow(sql`e`)})) / ${partBelow(sql`e`)}, 0.0))[1]`;

/** Fewer than the estimate less some standard errors, but not fewer than are kept, and more by as many. */
export const distinctBounds = (state: Sql, deviations: number): { readonly low: Sql; readonly high: Sql } => ({
  low: sql`greatest(${distinctEstimate(state)} - ${deviations} * ${distinctError(state)}, CAST(coalesce(len(${hashes(state)}), 0) AS DOUBLE))`,
  high: sql`(${distinctEstimate(state)} + ${deviations} * ${distinctError(state)})`,
});

const theta = (state: Sql) => sql`(${state}).theta`;
const hashes = (state: Sql) => sql`(${state}).hashes`;

/** How much of all possible hashes lies below theta. */
const partBelow = (state: Sql) => sql`coalesce(CAST(${theta(state)} AS DOUBLE) / 18446744073709551616.0, 1.0)`;

/** Of distinct hashes in order those below a theta, at most `k`. */
function kept(k: number, below: Sql, inOrder: Sql): Sql {
  const inside = sql`CASE WHEN (b).theta IS NULL THEN (b).hashes ELSE list_filter((b).hashes, lambda v: v < (b).theta) END`;
  const smallest = sql`list_transform([${inside}], lambda h: struct_pack(theta := coalesce(h[${k + 1}], (b).theta), hashes := h[1:${k}]))[1]`;
  return sql`list_transform([struct_pack(theta := ${below}, hashes := ${inOrder})], lambda b: ${smallest})[1]`;
}

const inOrder = (list: Sql, use: (sorted: Sql) => Sql) =>
  sql`list_transform([list_sort(${list})], lambda a: ${use(sql`a`)})[1]`;
