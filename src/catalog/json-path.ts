/**
 * Paths into nested columns, as Druid's JSON functions take them.
 *
 *   path = "$" { "." name | "[" index "]" | "['" text "']" }
 *   jq   = "." [ name ] { "." name | "[" index "]" | "[" quoted "]" | "?" }
 *
 * https://druid.apache.org/docs/latest/querying/sql-json-functions#jsonpath-syntax
 */
import { type Sql, sql } from '../sql.ts';

/** A member of an object, or an element of a list, negative ones from its end. */
export type PathPart = string | number;

const part =
  /\.([^.[\]'"?]+)|\.?\[(-?\d{1,9})\]|\.?\[(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\]|\."((?:[^"\\]|\\.)*)"/y;

/** Undefined for what is no such path. */
export function parseJsonPath(text: string): readonly PathPart[] | undefined {
  return text.startsWith('$') ? partsOf(text.slice(1)) : undefined;
}

export function parseJqPath(text: string): readonly PathPart[] | undefined {
  if (!text.startsWith('.')) return undefined;
  return text === '.' ? [] : partsOf(text.replaceAll('?', ''));
}

function partsOf(text: string): readonly PathPart[] | undefined {
  const parts: PathPart[] = [];
  for (let at = 0; at < text.length; at = part.lastIndex) {
    part.lastIndex = at;
    const found = part.exec(text);
    if (!found) return undefined;
    const [, name, index, ...quoted] = found;
    if (index !== undefined) parts.push(Number(index));
    else parts.push(name ?? (quoted.find((other) => other !== undefined) as string).replaceAll(/\\(.)/g, '$1'));
  }
  return parts;
}

/** What stands there, as JSON; NULL where nothing does, or null. */
export function atPath(json: Sql, parts: readonly PathPart[]): Sql {
  return sql`nullif(${parts.reduce<Sql>((value, step) => sql`json_extract(${value}, ${stepOf(step)})`, json)}, 'null'::JSON)`;
}

const stepOf = (step: PathPart) => (typeof step === 'number' ? step : memberPointer(step));

/** JSON Pointer of a member, whatever its name: the engine's paths cannot name an empty one, and take `*` for all, in quotes as well. */
export const memberPointer = (name: string): string => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;

/** A scalar as text, booleans as Druid keeps them; NULL for objects and lists. */
export function scalarText(json: Sql): Sql {
  return sql`CASE json_type(${json}) WHEN 'BOOLEAN' THEN CAST(CAST(CAST(${json} AS BOOLEAN) AS INTEGER) AS VARCHAR) WHEN 'OBJECT' THEN NULL WHEN 'ARRAY' THEN NULL ELSE ${json} ->> '$' END`;
}

/**
 * A list's elements as text, a scalar as a list of one; NULL for objects, null, and lists of anything but scalars. True and false
 * in a list stay words, unless numbers are to be made of them.
 */
export function listOf(json: Sql, forNumbers = false): Sql {
  const single = scalarText(json);
  const texts = sql`${json} ->> '$[*]'`;
  const elements = forNumbers
    ? sql`list_transform(${texts}, lambda e: CASE e WHEN 'true' THEN '1' WHEN 'false' THEN '0' ELSE e END)`
    : texts;
  return sql`CASE WHEN json_type(${json}) = 'ARRAY' THEN CASE WHEN ${isPlainList(json)} THEN ${elements} END WHEN ${single} IS NOT NULL THEN [${single}] END`;
}

/** Whether a list holds neither objects nor lists. */
export function isPlainList(json: Sql): Sql {
  return sql`(len(list_filter(CAST(json_extract(${json}, '$[*]') AS JSON[]), lambda e: json_type(e) IN ('OBJECT', 'ARRAY'))) = 0)`;
}

/** A scalar as JSON; Druid keeps true and false as 1 and 0. */
export const scalarAt = (json: Sql): Sql =>
  sql`CASE json_type(${json}) WHEN 'BOOLEAN' THEN to_json(CAST(CAST(${json} AS BOOLEAN) AS INTEGER)) ELSE ${json} END`;

/** Scalars and lists of scalars as JSON; NULL for anything else. */
export const plainAt = (json: Sql): Sql =>
  sql`CASE json_type(${json}) WHEN 'OBJECT' THEN NULL WHEN 'ARRAY' THEN CASE WHEN ${isPlainList(json)} THEN ${json} END ELSE ${scalarAt(json)} END`;
