/** What every call of a function is checked for, and what the function may ask of it. */
import { type MillraceError, nearestWord } from '../../errors.ts';
import { type ExpressionNode, partsOf } from './ast.ts';
import { lacks, mistake, type SqlContext } from './context.ts';
import { type Call, integerOf, type ScalarFunction, textOf } from './functions/define.ts';
import { sqlFunctionGaps } from './functions/gaps.ts';
import { aggregateFunctions, scalarFunctions } from './functions/index.ts';
import { outsideTry } from './outside-try.ts';
import type { Expr } from './types.ts';

export function callOf(name: string, args: readonly Expr[], node: ExpressionNode, context: SqlContext): Call {
  const fail = (message: string) => mistake(context, node, `${name}: ${message}`);
  return {
    zone: context.zone,
    nowMs: context.nowMs,
    lookups: context.system,
    text: (index) => textOf(args, index, { fail }),
    integer: (index) => integerOf(args, index, { fail }),
    fail,
    gap: lacks,
  };
}

/** The function over arguments, which may be single values of those that are called. */
export function compilerOf(found: ScalarFunction, called: readonly Expr[], node: ExpressionNode, context: SqlContext) {
  const call = callOf(found.names[0], called, node, context);
  const compile = (args: readonly Expr[]) => found.compile(args, call);
  return readsManyRows(node) ? (args: readonly Expr[]) => outsideTry(args, compile) : compile;
}

const readsManyRows = (node: ExpressionNode): boolean =>
  node.class === 'WINDOW' || isAggregate(node) || partsOf(node).some(readsManyRows);

export function checkArity(
  name: string,
  [least, most = Number.POSITIVE_INFINITY]: readonly [number, number?],
  count: number,
  node: ExpressionNode,
  context: SqlContext,
): void {
  if (count >= least && count <= most) return;
  const range = most === Number.POSITIVE_INFINITY ? `at least ${least}` : `${least} to ${most}`;
  const wanted = least === most ? `${least}` : range;
  const message = `Invalid number of arguments to function '${name}'. Was expecting ${wanted} arguments`;
  throw mistake(context, node, message);
}

export function unknownFunction(
  name: string,
  args: readonly Expr[],
  node: ExpressionNode,
  context: SqlContext,
): MillraceError {
  if (sqlFunctionGaps.has(name)) return lacks(`The function ${name}`);
  const near = nearestWord(name, [...scalarFunctions.keys(), ...aggregateFunctions.keys()]);
  const types = args.map(({ type }) => `<${type}>`).join(', ');
  const hint = near === undefined ? '' : `; did you mean ${near}?`;
  return mistake(context, node, `No match found for function signature ${name}(${types})${hint}`);
}

export const isAggregate = (node: ExpressionNode): boolean =>
  node.class === 'FUNCTION' && aggregateFunctions.has((node.function_name ?? '').toUpperCase());

/** Whether an aggregate stands somewhere in it, outside of subqueries. */
export const hasAggregate = (node: ExpressionNode): boolean => isAggregate(node) || partsOf(node).some(hasAggregate);
