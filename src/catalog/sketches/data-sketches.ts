/**
 * Sketches as the DataSketches library writes them (little-endian bytes, in Base64 where they are in JSON) → states of ours. Of
 * those that Druid stores these two families hold what ours are made of; HyperLogLogs do not.
 * https://datasketches.apache.org/docs/Theta/ThetaSketchFramework.html
 */
import { type Sql, sql } from '../../sql.ts';
import { emptyDistinct } from './distinct.ts';
import { thinnedQuantiles } from './quantiles.ts';

/** Base64 → `{r, bytes}`: the bytes as hexadecimal digits, the last byte first, so that each number in them reads as it is written. */
const reversed = (base64: Sql): Sql => {
  const swapped = sql`regexp_replace(reverse(hex(from_base64(${base64}))), '(.)(.)', '\\2\\1', 'g')`;
  return sql`list_transform([${swapped}], lambda x: struct_pack(r := x, bytes := length(x) // 2))[1]`;
};

/** The number of `width` bytes that begins at an offset, in hexadecimal digits. */
const digits = (b: Sql, offset: Sql, width: number): Sql =>
  sql`substring((${b}).r, 2 * ((${b}).bytes - (${offset}) - ${width}) + 1, ${2 * width})`;
const whole = (b: Sql, offset: Sql | number, width: number): Sql =>
  sql`CAST('0x' || ${digits(b, sql`${offset}`, width)} AS UBIGINT)`;
const double = (b: Sql, offset: Sql | number): Sql =>
  sql`CAST(from_hex(${digits(b, sql`${offset}`, 8)}) AS BIT)::DOUBLE`;

/** The value, once it is known that the library's version of it is the one that is read here. */
const ofVersion = (b: Sql, version: number, what: string, value: Sql): Sql =>
  sql`CASE WHEN ${whole(b, 1, 1)} = ${version} THEN ${value} ELSE error(${`a ${what} of another version than ${version}`}) END`;

/** Reads the sketch once, however often it is named. */
const withBytes = (base64: Sql, use: (b: Sql) => Sql): Sql =>
  sql`list_transform([${reversed(base64)}], lambda b: ${use(sql`b`)})[1]`;

/**
 * A compact theta sketch → {@link distinctState}: 8 bytes of preamble, and where there is more to say the count (at 8) and theta (at
 * 16); then the hashes of 63 bits. Ours have 64, so that both are doubled.
 */
export function readTheta(base64: Sql): Sql {
  return withBytes(base64, (b) => {
    const preamble = sql`(${whole(b, 0, 1)} & 63)`;
    const isEmpty = sql`(${whole(b, 5, 1)} & 4) <> 0`;
    const count = sql`CASE WHEN ${preamble} > 1 THEN ${whole(b, 8, 4)} WHEN (${b}).bytes >= 16 THEN 1 ELSE 0 END`;
    const hash = whole(b, sql`CAST(8 * (${preamble} + i) AS BIGINT)`, 8);
    const hashes = sql`list_sort(list_transform(range(0, CAST(${count} AS BIGINT)), lambda i: 2 * ${hash}))`;
    const theta = sql`CASE WHEN ${preamble} > 2 THEN 2 * ${whole(b, 16, 8)} END`;
    const state = sql`struct_pack(theta := CAST(${theta} AS UBIGINT), hashes := CAST(${hashes} AS UBIGINT[]))`;
    return ofVersion(b, 3, 'theta sketch', sql`CASE WHEN ${isEmpty} THEN ${emptyDistinct} ELSE ${state} END`);
  });
}

/**
 * A compact quantiles sketch of doubles → {@link quantilesState} of size `k`: its own k (at 2), n (at 8), the extremes (16, 24), from 32 on
 * values that stand for themselves, fewer than 2k, and then k values for each level that is there, which stand for 2, 4, 8 … values each:
 * the levels are the bits of n / 2k.
 */
export function readQuantiles(base64: Sql, k: number): Sql {
  return withBytes(base64, (b) => {
    const isEmpty = sql`(${whole(b, 3, 1)} & 4) <> 0`;
    const own = sql`CAST(${whole(b, 4, 2)} AS BIGINT)`;
    const n = sql`CAST(${whole(b, 8, 8)} AS BIGINT)`;
    const single = sql`(${n} % (2 * ${own}))`;
    const levels = sql`list_filter(range(0, 50), lambda l: ((${n} // (2 * ${own})) >> l) & 1 = 1)`;
    const weights = sql`(list_transform(range(0, ${single}), lambda i: 1::BIGINT) || flatten(list_transform(${levels}, lambda l: list_transform(range(0, ${own}), lambda i: 2::BIGINT << l))))`;
    const weighted = sql`list_transform([${weights}], lambda w: list_sort(list_transform(w, lambda x, i: struct_pack(v := ${double(b, sql`24 + 8 * i`)}, w := x))))[1]`;
    const state = thinnedQuantiles({ n, least: double(b, 16), greatest: double(b, 24), weighted }, k);
    return ofVersion(b, 3, 'quantiles sketch', sql`CASE WHEN ${isEmpty} THEN NULL ELSE ${state} END`);
  });
}
