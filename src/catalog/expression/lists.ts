/** What Druid does with lists, where the engine's own functions differ: above all with nulls. */
import { type Sql, sql } from '../../sql.ts';

/** One after the other; null where one of them is. */
export const joined = (first: Sql, second: Sql): Sql =>
  sql`CASE WHEN ${first} IS NOT NULL AND ${second} IS NOT NULL THEN list_concat(${first}, ${second}) END`;

const holdsNull = (list: Sql): Sql => sql`(len(${list}) > list_count(${list}))`;

/** Texts as Java prints a list of them, `[a, null]`. */
export const listText = (texts: Sql): Sql =>
  sql`('[' || array_to_string(list_transform(${texts}, lambda e: coalesce(e, 'null')), ', ') || ']')`;

/** Whether the list has the value, which may be null. */
export const holds = (list: Sql, value: Sql): Sql =>
  sql`CASE WHEN ${value} IS NULL THEN ${holdsNull(list)} ELSE list_contains(${list}, ${value}) END`;

/** Whether the list has all values of another one, null among them, or null in the place of one. */
export const holdsAll = (list: Sql, values: Sql): Sql =>
  sql`CASE WHEN ${values} IS NULL THEN ${holdsNull(list)} ELSE list_has_all(${list}, ${values}) AND (${holdsNull(list)} OR NOT ${holdsNull(values)}) END`;

/** Whether the lists have a value in common, which may be null; of the second one that is null nothing is. */
export const overlap = (a: Sql, b: Sql): Sql =>
  sql`CASE WHEN ${a} IS NOT NULL THEN coalesce(list_has_any(${a}, ${b}) OR (${holdsNull(a)} AND ${holdsNull(b)}), false) END`;

/** As Java's `Arrays.copyOfRange`: filled up with nulls behind the list's end; null for what does not begin in the list. */
export function slice(list: Sql, start: Sql, end: Sql | undefined): Sql {
  const from = sql`coalesce(${start}, 0)`;
  const within = sql`${from} BETWEEN 0 AND len(${list})`;
  if (!end) return sql`CASE WHEN ${within} THEN list_slice(${list}, ${from} + 1, len(${list})) END`;
  const part = sql`list_resize(list_slice(${list}, ${from} + 1, ${end}), greatest(0, least(${end} - ${from}, ${longest})))`;
  return sql`CASE WHEN ${within} AND ${end} >= ${from} THEN ${part} END`;
}

/** A slice is filled up no further. */
const longest = 10_000;

/** Joined by a text, nulls as `null`; a null alone is null. */
export function joinedText(texts: Sql, separator: Sql, isConstant: boolean): Sql {
  const values = sql`list_transform(${texts}, lambda e: coalesce(e, 'null'))`;
  // The engine's own function takes no other separator than a constant.
  const written = isConstant
    ? sql`array_to_string(${values}, ${separator})`
    : sql`coalesce(list_reduce(nullif(${values}, []), lambda __all, __next: __all || ${separator} || __next), '')`;
  return sql`CASE WHEN len(${texts}) <> 1 OR ${texts}[1] IS NOT NULL THEN ${written} END`;
}

/** As Java's `String.split`: by a regular expression, without the empty parts at the end. */
export function split(text: Sql, pattern: string): Sql {
  if (pattern === '') return sql`string_split(${text}, '')`;
  const plain = pattern.replace(/^\\(\W)$/, '$1');
  const isPlain =
    plain.length === 1
      ? pattern !== '.' && pattern !== '|' && !/^[\^$]$/.test(pattern)
      : !/[\\^$.*+?()[\]{}|]/.test(plain);
  const parts = isPlain ? sql`string_split(${text}, ${plain})` : sql`string_split_regex(${text}, ${pattern})`;
  const last = sql`len(p) + 1 - coalesce(nullif(list_position(list_transform(list_reverse(p), lambda e: e <> ''), true), 0), len(p) + 1)`;
  return sql`list_transform([${parts}], lambda p: CASE WHEN len(p) = 1 THEN p ELSE p[1:${last}] END)[1]`;
}
