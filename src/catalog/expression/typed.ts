/** Typed SQL inside an expression, and Druid's conversions between the types. */
import { and, join, type Sql, sql } from '../../sql.ts';
import { eachOf } from '../bound.ts';
import { listOf } from '../json-path.ts';
import { doubleText } from '../numbers.ts';
import { listText } from './lists.ts';
import type { ElementType, LiteralValue } from './syntax.ts';

/** `ANY`: a JSON value whose type is known only row by row. `NULL`: the literal, which fits everywhere. */
export type ExpressionType = ElementType | `ARRAY<${ElementType}>` | 'ANY' | 'NULL';

export interface Typed {
  readonly type: ExpressionType;
  /** BIGINT, DOUBLE, VARCHAR, a list of these, or JSON. */
  readonly sql: Sql;
  /** The same as BOOLEAN, for what is a condition by nature. */
  readonly condition?: Sql;
  /** Set for a literal. */
  readonly literal?: LiteralValue;
  /** Set for a lambda, which is no value. */
  readonly lambda?: Lambda;
}

export interface Lambda {
  /** A new name for a value that it is applied to. */
  variable(): Sql;
  /** Its result for values of its parameters. */
  of(values: readonly Typed[]): Typed;
}

export const long = (value: Sql): Typed => ({ type: 'LONG', sql: value });
export const double = (value: Sql): Typed => ({ type: 'DOUBLE', sql: value });
export const string = (value: Sql): Typed => ({ type: 'STRING', sql: value });
export const json = (value: Sql): Typed => ({ type: 'ANY', sql: value });
/** Conditions are the longs 1 and 0. */
export const condition = (value: Sql): Typed => ({
  type: 'LONG',
  sql: sql`CAST(${value} AS BIGINT)`,
  condition: value,
});

export function literalOf(value: LiteralValue): Typed {
  if (value === null) return { type: 'NULL', sql: sql`NULL`, literal: null };
  if (typeof value === 'string') return { type: 'STRING', sql: sql`${value}`, literal: value };
  const isLong = typeof value === 'bigint';
  return isLong
    ? { type: 'LONG', sql: sql`CAST(${value} AS BIGINT)`, literal: value }
    : { type: 'DOUBLE', sql: sql`CAST(${value} AS DOUBLE)`, literal: value };
}

export const isArray = (value: Typed): boolean => value.type.startsWith('ARRAY');
export const elementType = (value: Typed): ElementType =>
  isArray(value)
    ? (value.type.slice('ARRAY<'.length, -1) as ElementType)
    : value.type === 'LONG' || value.type === 'DOUBLE'
      ? value.type
      : 'STRING';

export const sqlTypes = { STRING: sql`VARCHAR`, LONG: sql`BIGINT`, DOUBLE: sql`DOUBLE` } as const;

/** What the engine calls it. */
export function sqlTypeOf(type: ExpressionType): Sql {
  if (type === 'ANY') return sql`JSON`;
  if (type === 'NULL') return sqlTypes.STRING;
  const element = elementType({ type, sql: sql`NULL` });
  return type.startsWith('ARRAY') ? sql`${sqlTypes[element]}[]` : sqlTypes[element];
}

export function asString(value: Typed): Sql {
  switch (value.type) {
    case 'STRING':
      return value.sql;
    case 'ANY':
      return sql`(${value.sql} ->> '$')`;
    case 'NULL':
      return sql`NULL::VARCHAR`;
    case 'LONG':
      return sql`CAST(${value.sql} AS VARCHAR)`;
    case 'DOUBLE':
      return doubleText(value.sql);
    default: {
      const texts = asArray(value, 'STRING');
      return sql`CASE len(${value.sql}) WHEN 1 THEN (${texts})[1] ELSE ${listText(texts)} END`;
    }
  }
}

/** Fractions are cut off; NULL for what is no number and beyond the range. */
export function asLong(value: Typed): Sql {
  if (value.type === 'LONG') return value.sql;
  if (value.type === 'DOUBLE') return sql`TRY_CAST(trunc(${value.sql}) AS BIGINT)`;
  if (isArray(value)) return asLong(sole(value));
  const text = asString(value);
  // The engine would round a fraction in text → BIGINT, and a long loses digits in text → DOUBLE.
  const whole = sql`CASE WHEN NOT contains(${text}, '.') THEN TRY_CAST(${text} AS BIGINT) END`;
  return sql`coalesce(${whole}, TRY_CAST(trunc(TRY_CAST(${text} AS DOUBLE)) AS BIGINT))`;
}

export function asDouble(value: Typed): Sql {
  if (value.type === 'DOUBLE') return value.sql;
  if (value.type === 'LONG') return sql`CAST(${value.sql} AS DOUBLE)`;
  return isArray(value) ? asDouble(sole(value)) : sql`TRY_CAST(${asString(value)} AS DOUBLE)`;
}

/** The one value of a list that has one, else null. */
const sole = (list: Typed): Typed => ({
  type: elementType(list),
  sql: sql`CASE len(${list.sql}) WHEN 1 THEN (${list.sql})[1] END`,
});

/** Only positive numbers, and the text `true` in any letter case, are true; a list is where one of its values is. */
export function asCondition(value: Typed): Sql {
  if (value.condition) return value.condition;
  if (value.type === 'LONG' || value.type === 'DOUBLE') return sql`(${value.sql} > 0)`;
  if (value.type === 'NULL') return sql`NULL::BOOLEAN`;
  if (isArray(value)) {
    const each = asCondition({ type: elementType(value), sql: sql`e` });
    return sql`list_bool_or(list_transform(${value.sql}, lambda e: ${each}))`;
  }
  if (value.type === 'ANY') {
    return sql`coalesce(TRY_CAST(${asString(value)} AS DOUBLE) > 0, lower(${asString(value)}) = 'true')`;
  }
  return sql`(lower(${asString(value)}) = 'true')`;
}

/** A single value becomes a list of one; null stays null. */
export function asArray(value: Typed, element: ElementType = elementType(value)): Sql {
  if (value.type === 'NULL') return sql`NULL::${sqlTypes[element]}[]`;
  if (value.type === 'ANY')
    return asArray({ type: 'ARRAY<STRING>', sql: listOf(value.sql, element !== 'STRING') }, element);
  if (!isArray(value)) return sql`CASE WHEN ${value.sql} IS NOT NULL THEN [${asType(value, element)}] END`;
  const from = elementType(value);
  if (from === element) return value.sql;
  return sql`list_transform(${value.sql}, lambda e: ${asType({ type: from, sql: sql`e` }, element)})`;
}

/** A list of an expression's values for all combinations of some lists' values; null where one of them is null. */
export function combinations(over: readonly { readonly list: Sql; readonly variable: Sql }[], value: Sql): Sql {
  const nested = over.reduceRight<Sql>((inner, { list, variable }, i) => {
    const each = eachOf(list, variable, inner);
    return i === over.length - 1 ? each : sql`flatten(${each})`;
  }, value);
  if (over.length === 1) return nested;
  return sql`CASE WHEN ${and(over.map(({ list }) => sql`${list} IS NOT NULL`))} THEN ${nested} END`;
}

export const asJson = (value: Typed): Sql => (value.type === 'ANY' ? value.sql : sql`to_json(${value.sql})`);

export function asType(value: Typed, type: ElementType): Sql {
  if (type === 'STRING') return asString(value);
  return type === 'LONG' ? asLong(value) : asDouble(value);
}

export function arrayOf(elements: readonly Typed[], type: ElementType): Typed {
  const list = join(elements.map((element) => asType(element, type)));
  return { type: `ARRAY<${type}>`, sql: sql`CAST([${list}] AS ${sqlTypes[type]}[])` };
}

/** The type in which two or more values meet: null fits all, JSON takes all, longs and doubles meet as doubles, numbers and text as text. */
export function commonType(values: readonly Typed[]): ExpressionType {
  const types = [...new Set(values.map((value) => value.type).filter((type) => type !== 'NULL'))];
  if (types.length <= 1) return types[0] ?? 'NULL';
  if (types.includes('ANY')) return 'ANY';
  if (types.some((type) => type.startsWith('ARRAY'))) {
    const elements = new Set(values.filter((value) => value.type !== 'NULL').map(elementType));
    if (elements.size === 1) return `ARRAY<${[...elements][0] as ElementType}>`;
    return elements.has('STRING') ? 'ARRAY<STRING>' : 'ARRAY<DOUBLE>';
  }
  return types.every((type) => type === 'LONG' || type === 'DOUBLE') ? 'DOUBLE' : 'STRING';
}

/** Converted to a type that {@link commonType} gave. */
export function inType(value: Typed, type: ExpressionType): Sql {
  if (type === 'NULL') return sql`NULL::VARCHAR`;
  if (type === 'ANY') return value.type === 'NULL' ? sql`NULL::JSON` : asJson(value);
  if (type.startsWith('ARRAY')) return asArray(value, type.slice('ARRAY<'.length, -1) as ElementType);
  return asType(value, type as ElementType);
}
