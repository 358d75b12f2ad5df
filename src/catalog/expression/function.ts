/** The contract of a function of the expression language. */
import type { LookupScope } from '../define.ts';
import type { Typed } from './typed.ts';

export interface ExpressionFunction {
  /** As Druid's documentation spells it; the language ignores letter case. */
  readonly name: string;
  /** For people: `expr, pattern[, index]`. */
  readonly args: string;
  /** How many arguments it takes; without the second number any more. */
  readonly arity: readonly [least: number, most?: number];
  readonly summary: string;
  /** Runs in the tests: a row of event fields or none, and what comes out. */
  readonly example: {
    readonly expression: string;
    readonly row?: Readonly<Record<string, unknown>>;
    readonly result: unknown;
  };
  /** Whether its arguments may be lists. All others are applied to each value of a multi-value column. */
  readonly takesLists?: true;
  /** Whether its first argument is a lambda. */
  readonly takesLambda?: true;
  compile(args: readonly Typed[], call: Call): Typed;
}

/** What a function may ask of its call. */
export interface Call {
  /** The literal text of an argument; undefined where the argument is not given, and a mistake where it is no literal. */
  text(index: number): string | undefined;
  /** The literal whole number of an argument, likewise. */
  integer(index: number): number | undefined;
  /** Types of values that arrive as JSON are settled here: call it before the result depends on its arguments' types. */
  settle(args: readonly Typed[]): readonly Typed[];
  readonly lookups: LookupScope;
  /** A mistake in one of the arguments. */
  fail(index: number, message: string): Error;
  /** What Druid can do with this argument and we cannot. */
  gap(index: number, what: string): Error;
}

/** The argument, which the arity promises. */
export const arg = (args: readonly Typed[], index: number): Typed => args[index] as Typed;
