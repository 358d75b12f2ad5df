/** JSON texts as one value, as Jackson reads one text into the value of another. */
import { join, type Sql, sql } from '../../sql.ts';
import type { Call } from './function.ts';
import { asString, type Typed } from './typed.ts';

type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

/** Literals are merged here; the engine's own merge replaces lists, and leaves out members that are null. */
export function mergedJson(args: readonly Typed[], call: Call): Sql {
  const literals = args.map(({ literal }) => literal).filter((literal) => literal !== null);
  if (!literals.every((literal) => typeof literal === 'string'))
    return sql`json_merge_patch(${join([sql`'{}'`, ...args.map((text) => sql`coalesce(${asString(text)}, '{}')`)])})`;
  const values = literals.map((text, i): Json => {
    try {
      return JSON.parse(text);
    } catch {
      throw call.fail(i, 'expected JSON');
    }
  });
  return sql`CAST(${JSON.stringify(values.reduce(merged, {}))} AS JSON)`;
}

function merged(into: Json, from: Json): Json {
  if (Array.isArray(into) && Array.isArray(from)) return [...into, ...from];
  if (!isObject(into) || !isObject(from)) return from;
  const members = new Map(Object.entries(into));
  for (const [name, value] of Object.entries(from)) {
    const before = members.get(name);
    members.set(name, before === undefined ? value : merged(before, value));
  }
  return Object.fromEntries(members);
}

const isObject = (value: Json): value is { [name: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
