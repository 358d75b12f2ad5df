/** Addresses of IPv6 as text: up to eight groups of hexadecimal digits, `::` for groups of zeros, the last two perhaps as IPv4. */
import { isIPv6 } from 'node:net';
import { type Sql, sql } from '../sql.ts';

interface Subnet {
  /** 32 hexadecimal digits. */
  readonly digits: string;
  /** How many of the bits count. */
  readonly bits: number;
}

/** Undefined for what is none. */
export function subnetOfIpv6(text: string): Subnet | undefined {
  const [, address, size] = /^(.*)\/(\d{1,3})$/.exec(text) ?? [];
  if (address === undefined || !isIPv6(address) || Number(size) > 128) return undefined;
  const hex = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...bytes: string[]) => {
    const [a, b, c, d] = bytes.map(Number) as [number, number, number, number];
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  });
  const [left = [], right = []] = hex.split('::').map((half) => half.split(':').filter((group) => group !== ''));
  const groups = [...left, ...Array(8 - left.length - right.length).fill('0'), ...right];
  return { digits: groups.map((group) => group.padStart(4, '0').toLowerCase()).join(''), bits: Number(size) };
}

/** Whether the address is of the subnet; NULL for what is no address. */
export function isOfIpv6(address: Sql, { digits, bits }: Subnet): Sql {
  const whole = Math.floor(bits / 4);
  const starts = sql`starts_with(h, ${digits.slice(0, whole)})`;
  const rest = bits % 4;
  if (rest === 0) return withDigits(address, starts);
  const width = 2 ** (4 - rest);
  const next = Math.floor(Number.parseInt(digits[whole] as string, 16) / width);
  const digit = sql`CAST('0x' || substring(h, ${whole + 1}, 1) AS INTEGER)`;
  return withDigits(address, sql`(${starts} AND ${digit} // ${width} = ${next})`);
}

/** A condition on the address as 32 hexadecimal digits, under the name `h`. */
function withDigits(address: Sql, condition: Sql): Sql {
  const bytes = sql`regexp_extract_all(regexp_extract(a, '([0-9]{1,3}[.]){3}[0-9]{1,3}$'), '[0-9]+')`;
  const pair = (i: number) =>
    sql`printf('%x', CAST(${bytes}[${i}] AS INTEGER) * 256 + CAST(${bytes}[${i + 1}] AS INTEGER))`;
  const hex = sql`CASE WHEN contains(a, '.') THEN regexp_replace(a, '[0-9.]+$', '') || ${pair(1)} || ':' || ${pair(3)} ELSE a END`;
  const groups = (half: number) => sql`list_filter(string_split(split_part(a, '::', ${half}), ':'), lambda g: g <> '')`;
  const missing = sql`list_transform(range(8 - len(${groups(1)}) - len(${groups(2)})), lambda g: '0')`;
  const all = sql`list_concat(${groups(1)}, CASE WHEN contains(a, '::') THEN ${missing} ELSE [] END, ${groups(2)})`;
  const digits = sql`array_to_string(list_transform(${all}, lambda g: lpad(g, 4, '0')), '')`;
  const valid = sql`regexp_full_match(a, '[0-9a-f:]+') AND NOT regexp_matches(a, '[0-9a-f]{5}|:::|::.*::') AND length(h) = 32`;
  const judged = sql`list_transform([${digits}], lambda h: CASE WHEN ${valid} THEN ${condition} END)[1]`;
  const text = sql`list_transform([lower(${address})], lambda a: ${hex})[1]`;
  return sql`list_transform([${text}], lambda a: ${judged})[1]`;
}
