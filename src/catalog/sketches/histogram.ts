/**
 * What approxHistogram tells, out of a sketch of quantiles. Druid's own has centroids and no bound of its error; its buckets are
 * those of `ApproximateHistogram.toHistogram`.
 */
import { join, type Sql, sql } from '../../sql.ts';
import type { Value } from '../define.ts';
import { countsAt, quantilesOf } from './quantiles.ts';

export const histogramType = 'COMPLEX<approximateHistogram>';

/** The k of a sketch that has no fewer points than a histogram of this resolution. */
export const sizeOf = (resolution: number): number => Math.max(128, Math.ceil(resolution / 8));

/** `{"breaks":[…],"counts":[…]}`: how many values lie above one break, up to the next; null without values. */
function histogram(sketch: Sql, breaksOf: (s: Sql) => Sql): Value {
  const counted = sql`struct_pack(breaks := ${breaksOf(sql`h`)}, sums := ${countsAt(sql`h`, breaksOf(sql`h`))})`;
  const counts = sql`list_transform((r).sums[2:], lambda v, i: v - (r).sums[i])`;
  const shown = sql`list_transform([${counted}], lambda r: struct_pack(breaks := (r).breaks, counts := ${counts}))[1]`;
  return {
    sql: sql`list_transform([${sketch}], lambda h: CASE WHEN (h).n > 0 THEN ${shown} END)[1]`,
    type: 'COMPLEX<histogram>',
  };
}

/** Buckets of one size, of which the first ends with the least value and the last with the greatest. */
export const equalBuckets = (sketch: Sql, buckets: number): Value =>
  histogram(sketch, (s) => {
    const size = sql`(((${s}).greatest - (${s}).least) / ${buckets - 1})`;
    return sql`list_transform(range(0, ${buckets + 1}), lambda b: CASE WHEN b = ${buckets} THEN (${s}).greatest ELSE (${s}).least + (b - 1) * ${size} END)`;
  });

export const bucketsBetween = (sketch: Sql, breaks: readonly number[]): Value =>
  histogram(sketch, () => sql`[${join(breaks.map((point) => sql`${point}::DOUBLE`))}]`);

/** Buckets of a size, one of which ends at the offset: those that hold values. */
export const bucketsOfSize = (sketch: Sql, size: number, offset: number): Value =>
  histogram(sketch, (s) => {
    const ends = sql`list_transform((${s}).items || [(${s}).least, (${s}).greatest], lambda v: ceil((v - ${offset}::DOUBLE) / ${size}::DOUBLE))`;
    const breaks = sql`list_transform([${ends}], lambda e: list_sort(list_distinct(e || list_transform(e, lambda v: v - 1))))[1]`;
    return sql`list_transform(${breaks}, lambda v: v * ${size}::DOUBLE + ${offset}::DOUBLE)`;
  });

/** `{"probabilities":[…],"quantiles":[…],"min":…,"max":…}`; null without values. */
export function quantilesWithEnds(sketch: Sql, probabilities: readonly number[]): Value {
  const members = sql`struct_pack(
    probabilities := [${join(probabilities.map((part) => sql`${part}::DOUBLE`))}],
    quantiles := ${quantilesOf(sql`h`, probabilities)},
    "min" := ${leastOf(sql`h`)}, "max" := ${greatestOf(sql`h`)})`;
  return {
    sql: sql`list_transform([${sketch}], lambda h: CASE WHEN (h).n > 0 THEN ${members} END)[1]`,
    type: 'COMPLEX<quantiles>',
  };
}

export const leastOf = (sketch: Sql): Sql => sql`coalesce((${sketch}).least, 'Infinity'::DOUBLE)`;
export const greatestOf = (sketch: Sql): Sql => sql`coalesce((${sketch}).greatest, '-Infinity'::DOUBLE)`;
