/** Typed SQL, and what Druid's SQL types become in the engine and in answers. */
import type { ColumnType, Value } from '../../catalog/index.ts';
import { doubleText, toDouble, toFloat, toLong } from '../../catalog/numbers.ts';
import { parseInstant, timestampLiteral } from '../../catalog/time.ts';
import { isoTimestamp } from '../../catalog/timestamps.ts';
import { fromLocal, toLocal } from '../../catalog/zone.ts';
import { Sql, sql } from '../../sql.ts';

export type ElementType = 'VARCHAR' | 'BIGINT' | 'DOUBLE';
export type ArrayType = `${ElementType} ARRAY`;

/**
 * INTEGER is a BIGINT to the engine, DECIMAL a DOUBLE, DATE a TIMESTAMP at midnight, an array a list; OTHER is nested data, a
 * sketch or another complex state.
 */
export type SqlType =
  | ArrayType
  | ('VARCHAR' | 'BIGINT' | 'INTEGER' | 'DOUBLE' | 'FLOAT' | 'DECIMAL' | 'BOOLEAN')
  | ('TIMESTAMP' | 'DATE' | 'INTERVAL' | 'NULL' | 'OTHER');

export interface Expr {
  readonly sql: Sql;
  readonly type: SqlType;
  /** Druid's own type, where `type` does not tell it. */
  readonly native?: ColumnType;
  /** A multi-value dimension: `sql` is a list, `[NULL]` where there is no value. */
  readonly multiValue?: boolean;
  /** Of what is computed from multi-value dimensions. */
  readonly mapped?: Mapped;
  /** As a condition that rows are filtered by, where that is another one than the value. */
  readonly filter?: Sql;
  /** An INTERVAL of days or months, which count on a zone's clock. */
  readonly calendar?: boolean;
  /** The DOUBLE that a FLOAT was computed as: further arithmetic goes on with it, as Druid rounds only what comes out. */
  readonly rounded?: Beside;
  /** Of a table's `__time`: the minutes that stand beside it. */
  readonly minutes?: Beside;
  /** Of the start of a time's bucket: the bucket's number, by which rows are grouped in less time. */
  readonly numbered?: Beside;
  /** Set for a literal. */
  readonly literal?: string | bigint | number | boolean | null;
  /** Of a parameter that has no value yet: is told as what it is taken. */
  readonly takenAs?: (type: SqlType) => void;
}

/** What is known of an expression as long as its `sql` is this `value`. */
interface Beside {
  readonly from: Sql;
  readonly value: Sql;
}

/** Undefined where it does not hold. */
export function besideOf(expr: Expr, what: 'rounded' | 'minutes' | 'numbered'): Sql | undefined {
  const known = expr[what];
  return known?.value === expr.sql ? known.from : undefined;
}

/** For functions around it: `each` is the expression over single values, which have the names of {@link itemOf} the lists. */
export interface Mapped {
  readonly lists: readonly Sql[];
  readonly each: Sql;
}

const natives: Readonly<Record<SqlType, ColumnType>> = {
  VARCHAR: 'STRING',
  BIGINT: 'LONG',
  INTEGER: 'LONG',
  DOUBLE: 'DOUBLE',
  FLOAT: 'FLOAT',
  DECIMAL: 'DOUBLE',
  BOOLEAN: 'LONG',
  TIMESTAMP: 'LONG',
  DATE: 'LONG',
  INTERVAL: 'LONG',
  NULL: 'STRING',
  OTHER: 'COMPLEX<json>',
  'VARCHAR ARRAY': 'ARRAY<STRING>',
  'BIGINT ARRAY': 'ARRAY<LONG>',
  'DOUBLE ARRAY': 'ARRAY<DOUBLE>',
};

export const nativeType = ({ native, type }: Pick<Expr, 'native' | 'type'>): ColumnType => native ?? natives[type];

/** A stored column's type; `COMPLEX<…>` is OTHER. */
export function sqlTypeOf(type: ColumnType): SqlType {
  switch (type) {
    case 'STRING':
      return 'VARCHAR';
    case 'LONG':
      return 'BIGINT';
    case 'DOUBLE':
    case 'FLOAT':
      return type;
    case 'ARRAY<STRING>':
      return 'VARCHAR ARRAY';
    case 'ARRAY<LONG>':
      return 'BIGINT ARRAY';
    case 'ARRAY<DOUBLE>':
      return 'DOUBLE ARRAY';
    default:
      return 'OTHER';
  }
}

export const isArrayType = (type: SqlType): type is ArrayType => type.endsWith(' ARRAY');
export const isArray = ({ type }: Pick<Expr, 'type'>): boolean => isArrayType(type);
export const elementOf = (type: ArrayType): ElementType => type.slice(0, -' ARRAY'.length) as ElementType;

/** As `sqlTypesHeader` names it. */
export const sqlTypeName = ({ type, native }: Pick<Expr, 'native' | 'type'>): string =>
  isArrayType(type) || native?.startsWith('ARRAY') ? 'ARRAY' : type;

export const varchar = (value: Sql): Expr => ({ sql: value, type: 'VARCHAR' });
export const bigint = (value: Sql): Expr => ({ sql: value, type: 'BIGINT' });
export const double = (value: Sql): Expr => ({ sql: value, type: 'DOUBLE' });
export const boolean = (value: Sql): Expr => ({ sql: value, type: 'BOOLEAN' });
export const timestamp = (value: Sql): Expr => ({ sql: value, type: 'TIMESTAMP' });

export const isWhole = ({ type }: Expr): boolean => type === 'BIGINT' || type === 'INTEGER';
export const isNumber = (expr: Expr): boolean => isWhole(expr) || ['DOUBLE', 'FLOAT', 'DECIMAL'].includes(expr.type);
export const isTime = ({ type }: Expr): boolean => type === 'TIMESTAMP' || type === 'DATE';

/** As the catalogue's conversions take it. Times are milliseconds there, conditions 1 and 0. */
export function catalogValue(expr: Expr): Value {
  switch (expr.type) {
    case 'TIMESTAMP':
    case 'DATE':
      return { sql: sql`epoch_ms(${expr.sql})`, type: 'LONG' };
    case 'BOOLEAN':
      return { sql: sql`CAST(${expr.sql} AS BIGINT)`, type: 'LONG' };
    case 'NULL':
      return { sql: sql`NULL::VARCHAR`, type: 'STRING' };
    default:
      return { sql: expr.sql, type: nativeType(expr) };
  }
}

/** CAST. What text does not write is null, as in Druid. `zone` is the clock on which text without an offset is read and written. */
export function cast(expr: Expr, type: SqlType, zone: string): Expr {
  expr.takenAs?.(type);
  if (expr.type === type) return expr;
  switch (type) {
    case 'VARCHAR':
      return varchar(textOf(expr, zone));
    case 'BIGINT':
    case 'INTEGER':
      return { sql: isWhole(expr) ? expr.sql : toLong(catalogValue(expr)), type };
    case 'DOUBLE':
    case 'DECIMAL':
      return { sql: doubleOf(expr), type };
    case 'FLOAT':
      return { sql: toFloat(catalogValue(expr)), type };
    case 'BOOLEAN':
      return boolean(truthOf(expr));
    case 'TIMESTAMP':
      return { sql: timeOf(expr, zone), type, ...(typeof expr.literal === 'string' ? { literal: expr.literal } : {}) };
    case 'DATE':
      return { sql: fromLocal(zone, sql`date_trunc('day', ${toLocal(zone, timeOf(expr, zone))})`), type };
    default:
      return { ...expr, ...(isArrayType(type) ? { sql: listOf(expr, type, zone) } : {}), type };
  }
}

function listOf(expr: Expr, type: ArrayType, zone: string): Sql {
  const element = elementOf(type);
  if (expr.type === 'NULL') return sql`NULL::${new Sql(element)}[]`;
  if (!isArrayType(expr.type))
    return sql`CASE WHEN ${expr.sql} IS NOT NULL THEN [${cast(expr, element, zone).sql}] END`;
  const each: Expr = { sql: sql`e`, type: elementOf(expr.type) };
  return sql`list_transform(${expr.sql}, lambda e: ${cast(each, element, zone).sql})`;
}

function truthOf(expr: Expr): Sql {
  if (isWhole(expr)) return conditionOf(expr);
  const positive = sql`(${toLong(catalogValue(expr))} > 0)`;
  if (expr.type !== 'VARCHAR') return positive;
  return sql`CASE lower(${expr.sql}) WHEN 'true' THEN true WHEN 'false' THEN false ELSE ${positive} END`;
}

function textOf(expr: Expr, zone: string): Sql {
  if (expr.type === 'TIMESTAMP') return sql`strftime(${toLocal(zone, expr.sql)}, '%Y-%m-%d %H:%M:%S')`;
  if (expr.type === 'DATE') return sql`strftime(${toLocal(zone, expr.sql)}, '%Y-%m-%d')`;
  if (expr.type === 'BOOLEAN') return sql`CAST(CAST(${expr.sql} AS INTEGER) AS VARCHAR)`;
  return isNumber(expr) && !isWhole(expr) ? doubleText(doubleOf(expr)) : sql`CAST(${expr.sql} AS VARCHAR)`;
}

export function conditionOf(expr: Expr): Sql {
  if (expr.type === 'BOOLEAN') return expr.filter ?? expr.sql;
  if (expr.type === 'NULL') return sql`NULL::BOOLEAN`;
  if (expr.type === 'VARCHAR') return sql`(lower(${expr.sql}) = 'true')`;
  return sql`(${expr.sql} <> 0)`;
}

function timeOf(expr: Expr, zone: string): Sql {
  if (isTime(expr)) return expr.sql;
  if (isNumber(expr)) return sql`TRY(make_timestamp_ms(${toLong(catalogValue(expr))}))`;
  if (expr.type === 'NULL') return sql`NULL::TIMESTAMP`;
  const ms = typeof expr.literal === 'string' ? literalTime(expr.literal) : undefined;
  return ms === undefined ? isoTimestamp(expr.sql, { blank: true, zone }) : fromLocal(zone, timestampLiteral(ms));
}

/** Milliseconds of `2018-03-06` or `2018-03-06 09:57:58`, which name no offset. */
export function literalTime(text: string): number | undefined {
  if (!/^\d{4}-\d{1,2}-\d{1,2}(?:[ T]\d{1,2}:\d{1,2}(?::\d{1,2}(?:\.\d+)?)?)?$/.test(text.trim())) return undefined;
  return parseInstant(text.trim().replace(' ', 'T'));
}

const numeric: readonly SqlType[] = ['INTEGER', 'BIGINT', 'FLOAT', 'DECIMAL', 'DOUBLE'];

/** The type in which values meet in CASE, COALESCE, comparisons and unions; undefined where they cannot. */
export function commonType(values: readonly Pick<Expr, 'type'>[]): SqlType | undefined {
  const types = [...new Set(values.map(({ type }) => type))].filter((type) => type !== 'NULL');
  if (types.length <= 1) return types[0] ?? 'NULL';
  if (types.every((type) => numeric.includes(type)))
    return types.every((type) => type === 'INTEGER' || type === 'BIGINT') ? 'BIGINT' : 'DOUBLE';
  if (types.every((type) => type === 'TIMESTAMP' || type === 'DATE')) return 'TIMESTAMP';
  if (types.every(isArrayType)) {
    const element = commonType(types.map((type) => ({ type: elementOf(type) })));
    return `${element as ElementType} ARRAY`;
  }
  const others = types.filter((type) => type !== 'VARCHAR');
  return others.length === types.length ? undefined : commonType(others.map((type) => ({ type })));
}

/** Converted to a type that {@link commonType} gave. */
export const inType = (expr: Expr, type: SqlType, zone: string): Sql =>
  type === 'NULL' ? sql`NULL::VARCHAR` : cast(expr, type, zone).sql;

/** The type of what is one of several values, as in CASE and UNION: text where one of them is. Undefined where they cannot meet. */
export function resultType(values: readonly Pick<Expr, 'type'>[]): SqlType | undefined {
  const types = values.map(({ type }) => type).filter((type) => type !== 'NULL');
  if (types.length > 0 && types.every((type) => numeric.includes(type)))
    return types.reduce<SqlType>(widerOf, types[0] as SqlType);
  const plain = !types.some((type) => isArrayType(type) || type === 'OTHER');
  return plain && types.includes('VARCHAR') ? 'VARCHAR' : commonType(values);
}

/** A FLOAT as the DOUBLE that it was computed as. */
export const doubleOf = (expr: Expr): Sql => besideOf(expr, 'rounded') ?? toDouble(catalogValue(expr));

/** A DOUBLE as FLOAT. */
export function floatOf(double: Sql): Expr {
  const value = sql`TRY_CAST(${double} AS FLOAT)`;
  return { sql: value, type: 'FLOAT', rounded: { from: double, value } };
}

/** The type of a sum of two numbers. The engine computes all that is not whole in doubles; to Druid's planner FLOAT is as wide as DOUBLE, and the first one stays. */
export function widerOf(a: SqlType, b: SqlType): SqlType {
  const types = [a, b];
  if (a === b || types.every((type) => type === 'FLOAT' || type === 'DOUBLE')) return a;
  if (types.includes('DOUBLE')) return 'DOUBLE';
  if (types.includes('FLOAT')) return types.includes('DECIMAL') ? 'DOUBLE' : 'FLOAT';
  return types.includes('DECIMAL') ? 'DECIMAL' : 'BIGINT';
}
