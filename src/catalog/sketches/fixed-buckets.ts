/**
 * fixedBucketsHistogram: how many values lie in each of some buckets of one size between two limits. Stored as the buckets' counts
 * with what they are between; exact as long as all parts have the same buckets.
 * https://druid.apache.org/docs/latest/development/extensions-core/approximate-histograms#fixed-buckets-histogram
 */
import { join, type Sql, sql } from '../../sql.ts';
import type { Value } from '../define.ts';
import { doubleText, toDouble } from '../numbers.ts';

export const fixedBucketsType = 'COMPLEX<fixedBucketsHistogram>';

/** `lower` and `upper` are the limits; values below and above them are in `counts` only where they are clipped. */
export const fixedBucketsState = sql`STRUCT(lower DOUBLE, upper DOUBLE, below BIGINT, above BIGINT, missing BIGINT, least DOUBLE, greatest DOUBLE, counts BIGINT[])`;

export interface Buckets {
  readonly lowerLimit: number;
  readonly upperLimit: number;
  readonly numBuckets: number;
  readonly outlierHandlingMode: 'ignore' | 'overflow' | 'clip';
}

const double = (number: number): Sql => sql`${number}::DOUBLE`;

type Members = Readonly<Record<'below' | 'above' | 'missing' | 'least' | 'greatest' | 'counts', Sql>>;

const state = ({ lowerLimit, upperLimit }: Buckets, members: Members): Sql =>
  sql`struct_pack(lower := ${double(lowerLimit)}, upper := ${double(upperLimit)}, below := ${members.below}, above := ${members.above}, missing := ${members.missing}, least := ${members.least}, greatest := ${members.greatest}, counts := ${members.counts})`;

/** An SQL aggregate: values → a state. What is no number counts as missing. `over` is what follows an aggregate. */
export function foldBuckets(field: Value, buckets: Buckets, over: (condition?: Sql) => Sql): Sql {
  const { lowerLimit, upperLimit, numBuckets } = buckets;
  const value = toDouble(field);
  const within = sql`${value} >= ${double(lowerLimit)} AND ${value} < ${double(upperLimit)}`;
  const size = (upperLimit - lowerLimit) / numBuckets;
  const bucket = sql`CASE WHEN ${within} THEN CAST(least(floor((${value} - ${double(lowerLimit)}) / ${double(size)}), ${numBuckets - 1}) AS INTEGER) END`;
  const parts = sql`struct_pack(
    below := count(*)${over(sql`${value} < ${double(lowerLimit)}`)},
    above := count(*)${over(sql`${value} >= ${double(upperLimit)}`)},
    missing := count(*)${over(sql`${value} IS NULL`)},
    least := min(${value})${over(within)},
    greatest := max(${value})${over(within)},
    counts := histogram(${bucket})${over()})`;
  const counts = sql`list_transform(range(0, ${numBuckets}), lambda b: coalesce(CAST((p).counts[b] AS BIGINT), 0))`;
  return sql`list_transform([${parts}], lambda p: ${settled(buckets, { ...membersOf(sql`p`), counts })})[1]`;
}

/** An SQL aggregate: states → one of all their values. Those of other buckets are refused by the engine. */
export function mergeBuckets(stored: Sql, buckets: Buckets, over: Sql = sql``): Sql {
  const { lowerLimit, upperLimit, numBuckets } = buckets;
  const sum = (member: Sql) => sql`coalesce(CAST(sum((${stored}).${member})${over} AS BIGINT), 0)`;
  const isOther = sql`(${stored}).lower <> ${double(lowerLimit)} OR (${stored}).upper <> ${double(upperLimit)} OR len((${stored}).counts) <> ${numBuckets}`;
  const parts = sql`struct_pack(
    others := coalesce(bool_or(${isOther})${over}, false),
    below := ${sum(sql`below`)}, above := ${sum(sql`above`)}, missing := ${sum(sql`missing`)},
    least := min((${stored}).least)${over}, greatest := max((${stored}).greatest)${over},
    counts := coalesce(list((${stored}).counts)${over}, []))`;
  const summed = sql`list_transform(range(1, ${numBuckets + 1}), lambda b: coalesce(CAST(list_sum(list_transform((p).counts, lambda c: c[b])) AS BIGINT), 0))`;
  const message = `the stored histograms have other buckets than ${numBuckets} from ${lowerLimit} to ${upperLimit}, which the aggregator asks for; give it those of the metric`;
  const merged = settled(buckets, { ...membersOf(sql`p`), counts: summed });
  return sql`list_transform([${parts}], lambda p: CASE WHEN (p).others THEN error(${message}) ELSE ${merged} END)[1]`;
}

const membersOf = (part: Sql): Omit<Members, 'counts'> => ({
  below: sql`(${part}).below`,
  above: sql`(${part}).above`,
  missing: sql`(${part}).missing`,
  least: sql`(${part}).least`,
  greatest: sql`(${part}).greatest`,
});

/** With its outliers forgotten, kept beside, or in the first and last bucket. */
function settled(buckets: Buckets, members: Members): Sql {
  const { outlierHandlingMode: mode, lowerLimit, upperLimit, numBuckets } = buckets;
  if (mode === 'overflow') return state(buckets, members);
  const none = { below: sql`0::BIGINT`, above: sql`0::BIGINT` };
  if (mode === 'ignore') return state(buckets, { ...members, ...none });
  const { below, above } = members;
  const moved = sql`list_transform(c, lambda v, i: v + CASE WHEN i = 1 THEN ${below} ELSE 0 END + CASE WHEN i = ${numBuckets} THEN ${above} ELSE 0 END)`;
  // The limits are values then: what both clip is the least and the greatest one.
  const clipped = sql`CASE WHEN ${below} > 0 THEN ${double(lowerLimit)} END`;
  const cut = sql`CASE WHEN ${above} > 0 THEN ${double(upperLimit)} END`;
  return state(buckets, {
    ...none,
    missing: members.missing,
    least: sql`least(${members.least}, ${clipped}, ${cut})`,
    greatest: sql`greatest(${members.greatest}, ${clipped}, ${cut})`,
    counts: sql`list_transform([${members.counts}], lambda c: ${moved})[1]`,
  });
}

/** Without values they are infinite, as in Druid. */
export const leastInBuckets = (s: Sql): Sql => sql`coalesce((${s}).least, 'Infinity'::DOUBLE)`;
export const greatestInBuckets = (s: Sql): Sql => sql`coalesce((${s}).greatest, '-Infinity'::DOUBLE)`;

const sums = (s: Sql): Sql =>
  sql`list_transform((${s}).counts, lambda v, i: CAST(list_sum((${s}).counts[1:i]) AS BIGINT))`;

/**
 * FLOATs, below which some parts of the values lie: in the bucket that the part ends in values are taken to lie at equal distances. 0
 * without values, as in Druid.
 */
export function quantilesInBuckets(histogram: Sql, parts: readonly number[]): Sql {
  const size = sql`(((h).s).upper - ((h).s).lower) / len((h).sums)`;
  const one = (part: number) => {
    const wanted = sql`(${double(part)} * (h).sums[-1])`;
    const bucket = sql`list_position(list_transform((h).sums, lambda v: v >= ${wanted}), true)`;
    const before = sql`coalesce((h).sums[k - 1], 0)`;
    const inside = sql`(${wanted} - ${before}) / ((h).sums[k] - ${before})`;
    return sql`list_transform([${bucket}], lambda k: CAST(((h).s).lower + (k - 1 + ${inside}) * ${size} AS FLOAT))[1]`;
  };
  const quantiles = join(parts.map((part) => sql`CASE WHEN (h).sums[-1] > 0 THEN ${one(part)} ELSE 0::FLOAT END`));
  return sql`list_transform([${histogram}], lambda s: list_transform([struct_pack(s := s, sums := ${sums(sql`s`)})], lambda h: [${quantiles}])[1])[1]`;
}

/** `{"probabilities":[…],"quantiles":[…],"min":…,"max":…}`. */
export function bucketQuantilesWithEnds(histogram: Sql, probabilities: readonly number[]): Value {
  const members = sql`struct_pack(
    probabilities := [${join(probabilities.map(double))}], quantiles := ${quantilesInBuckets(sql`b`, probabilities)},
    "min" := (b).least, "max" := (b).greatest)`;
  return { sql: sql`list_transform([${histogram}], lambda b: ${members})[1]`, type: 'COMPLEX<quantiles>' };
}

/** Druid's text of it, which is no JSON. */
export function bucketsText(histogram: Sql, { outlierHandlingMode, lowerLimit, upperLimit, numBuckets }: Buckets): Sql {
  const members: readonly (readonly [string, Sql])[] = [
    ['lowerLimit', doubleText(double(lowerLimit))],
    ['upperLimit', doubleText(double(upperLimit))],
    ['numBuckets', sql`${numBuckets}`],
    ['upperOutlierCount', sql`(s).above`],
    ['lowerOutlierCount', sql`(s).below`],
    ['missingValueCount', sql`(s).missing`],
    ['histogram', sql`'[' || array_to_string((s).counts, ', ') || ']'`],
    ['outlierHandlingMode', sql`${outlierHandlingMode}`],
    ['count', sql`CAST(list_sum((s).counts) AS BIGINT)`],
    ['max', doubleText(greatestInBuckets(sql`s`))],
    ['min', doubleText(leastInBuckets(sql`s`))],
  ];
  const written = join(
    members.map(([name, value]) => sql`${`${name}=`} || ${value}`),
    " || ', ' || ",
  );
  return sql`list_transform([${histogram}], lambda s: '{' || ${written} || '}')[1]`;
}
