/**
 * The sketch behind quantilesDoublesSketch, in plain SQL. Stored as `{n, level, least, greatest, items}`: how many values there were,
 * the extremes, and of the values in their order each 2^level-th, at most 8k of them; up to 8k values that is each one,
 * and all answers are exact.
 *
 * Merging takes the items of one level together, and of those in their order as many as the new level wants. Thinning out
 * moves no rank by more than half of 2^level, which is less than n/8k: for k = 128 a thousandth. Druid's sketch of that k
 * states 1.7 %, which as many as 17 such steps do not reach.
 */
import { join, type Sql, sql } from '../../sql.ts';
import type { Value } from '../define.ts';
import { toDouble } from '../numbers.ts';

/** The engine's type of a state. */
export const quantilesState = sql`STRUCT(n BIGINT, level INTEGER, least DOUBLE, greatest DOUBLE, items DOUBLE[])`;

/** At most as many items. */
const mostItems = (k: number) => 8 * k;

/** The least level on which `n` values leave at most the most items. */
const levelOf = (n: Sql, k: number) =>
  sql`CASE WHEN ${n} <= ${mostItems(k)} THEN 0 ELSE CAST(ceil(log2(${n} / ${mostItems(k)}::DOUBLE)) AS INTEGER) END`;

/** Of a sorted list each 2^steps-th, from the middle of the first such part. */
const thinned = (list: Sql, steps: Sql) =>
  sql`CASE WHEN ${steps} = 0 THEN ${list} ELSE ${list}[(1 << (${steps} - 1)):len(${list}):(1 << ${steps})] END`;

/** An SQL aggregate: values → a sketch. What is no number does not count. `over` is what follows an aggregate: FILTER, OVER. */
export function foldQuantiles(field: Value, k: number, over: Sql): Sql {
  const numbers = sql`coalesce(list(${toDouble(field)})${over}, [])`;
  const values = sql`list_sort(list_filter(${numbers}, lambda v: NOT isnan(v)))`;
  return sql`list_transform([${values}], lambda s: ${state({
    n: sql`len(s)`,
    level: levelOf(sql`len(s)`, k),
    least: sql`s[1]`,
    greatest: sql`s[-1]`,
    items: thinned(sql`s`, levelOf(sql`len(s)`, k)),
  })})[1]`;
}

/** An SQL aggregate: sketches → one of all their values. */
export function mergeQuantiles(sketch: Sql, k: number, over: Sql = sql``): Sql {
  const parts = sql`struct_pack(
    n := coalesce(CAST(sum((${sketch}).n)${over} AS BIGINT), 0),
    least := min((${sketch}).least)${over},
    greatest := max((${sketch}).greatest)${over},
    highest := coalesce(max((${sketch}).level)${over}, 0),
    sketches := coalesce(list(struct_pack(level := (${sketch}).level, items := (${sketch}).items))${over}, []))`;
  const leveled = sql`list_transform([${parts}], lambda p: struct_pack(p := p, level := greatest((p).highest, ${levelOf(sql`(p).n`, k)})))[1]`;
  const ofLevel = sql`list_sort(flatten(list_transform(list_filter(((m).p).sketches, lambda q: (q).level = l), lambda q: (q).items)))`;
  const levels = sql`list_distinct(list_transform(((m).p).sketches, lambda q: (q).level))`;
  const byLevel = sql`list_transform(${levels}, lambda l: list_transform([${ofLevel}], lambda s: ${thinned(sql`s`, sql`((m).level - l)`)})[1])`;
  return sql`list_transform([${leveled}], lambda m: ${state({
    n: sql`((m).p).n`,
    level: sql`(m).level`,
    least: sql`((m).p).least`,
    greatest: sql`((m).p).greatest`,
    items: sql`list_sort(flatten(${byLevel}))`,
  })})[1]`;
}

/** A scalar: of the `weighted` values of another sketch, `{v, w}` in order of the values, each of which stands for `w` of them. */
export function thinnedQuantiles(
  { n, least, greatest, weighted }: Readonly<Record<'n' | 'least' | 'greatest' | 'weighted', Sql>>,
  k: number,
): Sql {
  const sums = sql`list_transform((p).weighted, lambda x, i: list_sum(list_transform((p).weighted[1:i], lambda y: (y).w)))`;
  const prepared = sql`struct_pack(n := ${n}, level := ${levelOf(n, k)}, least := ${least}, greatest := ${greatest}, weighted := ${weighted})`;
  const summed = sql`list_transform([${prepared}], lambda p: struct_pack(p := p, sums := ${sums}, first := CASE WHEN (p).level = 0 THEN 1 ELSE 1 << ((p).level - 1) END))[1]`;
  // Of all values in their order the items are those at `first`, and then each 2^level-th: so many of them up to a place.
  const upTo = (place: Sql) => sql`greatest(0, ((${place} - (m).first) >> ((m).p).level) + 1)`;
  const places = sql`(m).sums[i]`;
  const times = sql`CAST(${upTo(places)} - ${upTo(sql`(${places} - (x).w)`)} AS BIGINT)`;
  return sql`list_transform([${summed}], lambda m: ${state({
    n: sql`((m).p).n`,
    level: sql`((m).p).level`,
    least: sql`((m).p).least`,
    greatest: sql`((m).p).greatest`,
    items: sql`flatten(list_transform(((m).p).weighted, lambda x, i: list_resize(CAST([] AS DOUBLE[]), ${times}, (x).v)))`,
  })})[1]`;
}

const state = (members: Readonly<Record<'n' | 'level' | 'least' | 'greatest' | 'items', Sql>>) =>
  sql`struct_pack(n := ${members.n}, level := ${members.level}, least := ${members.least}, greatest := ${members.greatest}, items := ${members.items})`;

/** The value below or at which a part of all values lies, a DOUBLE; NaN without values. */
export const quantileOf = (sketch: Sql, fraction: number): Sql => sql`${quantilesOf(sketch, [fraction])}[1]`;

/** The same for several parts: a DOUBLE[]. */
export const quantilesOf = (sketch: Sql, fractions: readonly number[]): Sql =>
  withSketch(sketch, (s) => sql`[${join(fractions.map((fraction) => quantile(s, fraction)))}]`);

function quantile(s: Sql, fraction: number): Sql {
  const place = sql`greatest(1, CAST(ceil(${fraction}::DOUBLE * len((${s}).items)) AS BIGINT))`;
  const end = fraction === 0 ? sql`(${s}).least` : fraction === 1 ? greatest(s) : sql`(${s}).items[${place}]`;
  return sql`CASE WHEN (${s}).n > 0 THEN ${end} ELSE 'NaN'::DOUBLE END`;
}

/** Which part of all values lies below or at this one, both DOUBLEs; NaN without values. */
export const rankOf = (sketch: Sql, value: Sql): Sql => withPoints(sketch, value, rank);

/** The ranks of some rising DOUBLEs, and 1: a DOUBLE[]. */
export const ranksOf = (sketch: Sql, splitPoints: readonly Sql[]): Sql =>
  withPoints(
    sketch,
    sql`[${join(splitPoints)}]`,
    (s, points) => sql`list_transform(list_append(${points}, ${greatest(s)}), lambda p: ${rank(s, sql`p`)})`,
  );

/** How many values lie below or at each of the DOUBLEs in a list: a DOUBLE[], NaN without values. */
export const countsAt = (sketch: Sql, points: Sql): Sql =>
  withPoints(sketch, points, (s, list) => sql`list_transform(${list}, lambda p: ${atMost(s, sql`p`)})`);

/** How many values lie in each of the parts between some rising DOUBLEs: a DOUBLE[]. */
export const countsBetween = (sketch: Sql, splitPoints: readonly Sql[]): Sql =>
  withPoints(sketch, sql`[${join(splitPoints)}]`, (s, points) =>
    differences(countsAt(s, sql`list_append(${points}, ${greatest(s)})`)),
  );

/** The same between values at equal distances from the least to the greatest. */
export const countsInBins = (sketch: Sql, bins: number): Sql =>
  withSketch(sketch, (s) => {
    const point = sql`(${s}).least + b * (((${s}).greatest - (${s}).least) / ${bins})`;
    // The last bin ends with the greatest value, whatever rounding makes of the sum.
    const end = sql`CASE WHEN b = ${bins} THEN (${s}).greatest ELSE ${point} END`;
    return differences(countsAt(s, sql`list_transform(range(1, ${bins + 1}), lambda b: ${end})`));
  });

export const countOf = (sketch: Sql): Sql => sql`coalesce((${sketch}).n, 0)`;

const greatest = (s: Sql) => sql`(${s}).greatest`;

const differences = (counts: Sql) =>
  sql`list_transform([${counts}], lambda c: list_transform(c, lambda v, i: v - coalesce(c[i - 1], 0)))[1]`;

/** Each item stands for as many values as the others; as long as that is one, the count is whole. */
function atMost(s: Sql, value: Sql): Sql {
  const items = sql`len(list_filter((${s}).items, lambda v: v <= ${value})) * ((${s}).n / len((${s}).items))`;
  return sql`CASE WHEN coalesce((${s}).n, 0) = 0 THEN 'NaN'::DOUBLE WHEN ${value} >= (${s}).greatest THEN (${s}).n WHEN ${value} < (${s}).least THEN 0 ELSE ${items} END`;
}

const rank = (s: Sql, value: Sql) => sql`(${atMost(s, value)} / greatest(1, coalesce((${s}).n, 0)))`;

/** What names columns stands outside of what has names of its own. */
const withPoints = (sketch: Sql, points: Sql, use: (s: Sql, points: Sql) => Sql): Sql =>
  sql`list_transform([struct_pack(s := ${sketch}, p := ${points})], lambda k: ${use(sql`(k).s`, sql`(k).p`)})[1]`;

/** What needs the sketch several times. */
const withSketch = (sketch: Sql, use: (s: Sql) => Sql): Sql =>
  sql`list_transform([${sketch}], lambda k: ${use(sql`k`)})[1]`;
