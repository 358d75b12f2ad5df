/** The contract of a function of Druid's SQL. https://druid.apache.org/docs/latest/querying/sql-functions */
import type { LookupScope } from '../../../catalog/define.ts';
import type { Call as NativeCall } from '../../../catalog/expression/function.ts';
import { expressionFunctions } from '../../../catalog/expression/functions/index.ts';
import { literalOf, type Typed } from '../../../catalog/expression/typed.ts';
import { canonicalZone } from '../../../catalog/zone.ts';
import type { Sql } from '../../../sql.ts';
import { nullLiteral } from '../literals.ts';
import {
  boolean,
  catalogValue,
  doubleOf,
  type Expr,
  isArray,
  isTime,
  isWhole,
  nativeType,
  sqlTypeOf,
} from '../types.ts';

export interface Named {
  /** In upper case, other names of it behind. */
  readonly names: readonly [string, ...string[]];
  /** What the parser calls it, where that is another name. */
  readonly parsedAs?: string;
  /** Its arguments as Druid lists them in INFORMATION_SCHEMA.ROUTINES, such as `<CHARACTER>, [<INTEGER>]`, for each of its forms. */
  readonly takes: readonly string[];
  /** For people: what it gives. */
  readonly summary: string;
  /** How many arguments it takes; without the second number any more. */
  readonly arity: readonly [least: number, most?: number];
}

export interface ScalarFunction extends Named {
  /** Whether it works on arrays, and on multi-value dimensions as arrays. All others are applied to each of their values. */
  readonly takesLists?: true;
  compile(args: readonly Expr[], call: Call): Expr;
}

export interface AggregateFunction extends Named {
  /** Whether it takes arrays, and a multi-value dimension's lists. For all others a row of several values has none. */
  readonly takesLists?: true;
  /** Whether it takes sketches and other complex columns. */
  readonly takesSketches?: true;
  /** `over` is what follows the engine's aggregate: FILTER, OVER. */
  compile(args: readonly Expr[], call: AggregateCall): Expr;
}

/** What a function may ask of its call. */
export interface Call {
  /** The clock of `sqlTimeZone`. */
  readonly zone: string;
  readonly nowMs: number;
  readonly lookups: LookupScope;
  /** The literal text of an argument; undefined where it is not given or NULL, and a mistake where it is no literal. */
  text(index: number): string | undefined;
  /** The literal whole number of an argument, likewise. */
  integer(index: number): number | undefined;
  fail(message: string): Error;
  /** What Druid can do and we cannot. */
  gap(what: string): Error;
}

export interface AggregateCall extends Call {
  readonly distinct: boolean;
  /** COUNT(DISTINCT) is that of a sketch, which leaves '' out. */
  readonly approximate: boolean;
  readonly over: Sql;
  /** The `__time` of what is read, where it has one. */
  time(): Expr | undefined;
}

/** The argument, which the arity promises. */
export const arg = (args: readonly Expr[], index: number): Expr => args[index] as Expr;

export const zoneOf = (call: Call, index: number): string => {
  const name = call.text(index);
  return name === undefined ? call.zone : canonicalZone(name);
};

/** As the native expression language takes it. */
export function typedOf(expr: Expr): Typed {
  if (expr.type === 'NULL') return literalOf(null);
  if (expr.type === 'VARCHAR') {
    return typeof expr.literal === 'string' ? literalOf(expr.literal) : { type: 'STRING', sql: expr.sql };
  }
  if (expr.type === 'BOOLEAN') return { type: 'LONG', sql: catalogValue(expr).sql, condition: expr.sql };
  if (isWhole(expr) || isTime(expr)) return { type: 'LONG', sql: catalogValue(expr).sql };
  if (isArray(expr)) return { type: nativeType(expr) as Typed['type'], sql: expr.sql };
  if (expr.type === 'OTHER') return { type: 'ANY', sql: expr.sql };
  return { type: 'DOUBLE', sql: doubleOf(expr) };
}

/** The same function of the native expression language, as Druid plans it. */
export function native(name: string, args: readonly Expr[], call: Call): Expr {
  const nativeCall: NativeCall = {
    lookups: call.lookups,
    text: (index) => textOf(args, index, call),
    integer: (index) => integerOf(args, index, call),
    settle: (typed) => typed,
    fail: (index, message) => call.fail(`argument ${index + 1}: ${message}`),
    gap: (_, what) => call.gap(what),
  };
  const found = expressionFunctions.get(name);
  if (!found) throw call.gap(name);
  const result = found.compile(args.map(typedOf), nativeCall);
  if (result.condition) return boolean(result.condition);
  if (result.type === 'NULL') return nullLiteral;
  if (result.type === 'ANY') return { sql: result.sql, type: 'OTHER' };
  return { sql: result.sql, type: integers.has(name) ? 'INTEGER' : sqlTypeOf(result.type) };
}

/** Of what Druid's planner calls an INTEGER. */
const integers = new Set(['strlen', 'array_length', 'array_offset_of', 'array_ordinal_of']);

/** A function that the native language has, under its name there, with the same arguments of any type. */
export const anyViaNative = (
  name: string,
  names: ScalarFunction['names'],
  arity: ScalarFunction['arity'],
  takes: ScalarFunction['takes'],
  summary: string,
): ScalarFunction => ({ names, arity, takes, summary, compile: (args, call) => native(name, args, call) });

/** The same for a function of plain values. */
export function viaNative(...about: Parameters<typeof anyViaNative>): ScalarFunction {
  return {
    ...anyViaNative(...about),
    compile(args, call) {
      const wrong = args.find((value) => isArray(value) || value.type === 'OTHER');
      if (wrong) throw call.fail(`cannot be applied to a value of the type ${wrong.type}`);
      return native(about[0], args, call);
    },
  };
}

/** The same for a function that works on arrays. */
export const listsViaNative = (...about: Parameters<typeof anyViaNative>): ScalarFunction => ({
  ...anyViaNative(...about),
  takesLists: true,
});

export function textOf(args: readonly Expr[], index: number, call: Pick<Call, 'fail'>): string | undefined {
  const expr = args[index];
  if (expr === undefined || expr.type === 'NULL') return undefined;
  if (typeof expr.literal !== 'string') throw call.fail(`expected a text literal as argument ${index + 1}`);
  return expr.literal;
}

export function integerOf(args: readonly Expr[], index: number, call: Pick<Call, 'fail'>): number | undefined {
  const expr = args[index];
  if (expr === undefined || expr.type === 'NULL') return undefined;
  const number = Number(expr.literal);
  if (expr.literal === undefined || !Number.isSafeInteger(number))
    throw call.fail(`expected a literal whole number as argument ${index + 1}`);
  return number;
}
