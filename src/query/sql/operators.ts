/** Comparisons and arithmetic. */
import { isOneOfTexts } from '../../catalog/text-list.ts';
import { join, Sql, sql } from '../../sql.ts';
import { numberOf } from './functions/number.ts';
import { shifted } from './functions/time.ts';
import { overValues, tested } from './multi-value.ts';
import {
  boolean,
  cast,
  commonType,
  doubleOf,
  type Expr,
  floatOf,
  inType,
  isNumber,
  isTime,
  isWhole,
  resultType,
  type SqlType,
  varchar,
  widerOf,
} from './types.ts';

export interface Surroundings {
  readonly zone: string;
  fail(message: string): Error;
}

export const comparisons: Readonly<Record<string, Sql>> = {
  COMPARE_EQUAL: sql`=`,
  COMPARE_NOTEQUAL: sql`<>`,
  COMPARE_LESSTHAN: sql`<`,
  COMPARE_GREATERTHAN: sql`>`,
  COMPARE_LESSTHANOREQUALTO: sql`<=`,
  COMPARE_GREATERTHANOREQUALTO: sql`>=`,
  COMPARE_DISTINCT_FROM: sql`IS DISTINCT FROM`,
  COMPARE_NOT_DISTINCT_FROM: sql`IS NOT DISTINCT FROM`,
};

/** Values in the type in which they meet. Where they are compared, text meets a number as a number, and a time as a time. */
export function together(
  values: readonly Expr[],
  { zone, fail }: Surroundings,
  meet: typeof commonType = commonType,
): { type: SqlType; sqls: Sql[] } {
  const type = meet(values);
  if (type === undefined || (values.some(isNumber) && isTimeType(type)))
    throw fail(`Cannot mix values of the types ${values.map((value) => value.type).join(', ')}`);
  return { type, sqls: values.map((value) => inType(value, type, zone)) };
}

const isTimeType = (type: SqlType) => type === 'TIMESTAMP' || type === 'DATE';

export function compare(operator: Sql, left: Expr, right: Expr, around: Surroundings): Expr {
  const test = (singles: readonly Expr[]) => {
    const [a, b] = together(singles, around).sqls as [Sql, Sql];
    return sql`(${a} ${operator} ${b})`;
  };
  // Of conditions it is the rows' that are compared: `(tags = 'x') IS NOT TRUE`.
  if (left.type === 'BOOLEAN' && left.mapped)
    return overValues([left, right], (singles) => boolean(test(singles)), test);
  return tested([left, right], test, operator.text === '<>');
}

/** Functions that the parser writes for operators, with two operands. */
export const binaryOperators = new Set(['+', '-', '*', '/', '||', '~~', '!~~']);

export function binary(operator: string, left: Expr, right: Expr, around: Surroundings): Expr {
  switch (operator) {
    case '||':
      return varchar(sql`(${cast(left, 'VARCHAR', around.zone).sql} || ${cast(right, 'VARCHAR', around.zone).sql})`);
    case '~~':
    case '!~~':
      return like(left, right, operator === '!~~', around);
    default:
      return arithmetic(new Sql(operator), left, right, around);
  }
}

export function like(value: Expr, pattern: Expr, negated: boolean, { zone }: Surroundings, escapedBy?: Expr): Expr {
  const escaping = escapedBy ? sql` ESCAPE ${escapedBy.sql}` : sql``;
  const not = negated ? sql` NOT` : sql``;
  const patternText = cast(pattern, 'VARCHAR', zone).sql;
  const test = ([single]: readonly Expr[]) =>
    sql`(${cast(single as Expr, 'VARCHAR', zone).sql}${not} LIKE ${patternText}${escaping})`;
  return tested([value], test, negated);
}

function arithmetic(operator: Sql, left: Expr, right: Expr, around: Surroundings): Expr {
  if (right.type === 'INTERVAL' && operator.text.match(/^[+-]$/))
    return shifted(cast(left, 'TIMESTAMP', around.zone).sql, operator, right, around.zone);
  if (left.type === 'INTERVAL' && operator.text === '+') return arithmetic(operator, right, left, around);
  if (isTime(left) || isTime(right))
    throw around.fail(`Cannot apply '${operator.text}' to a ${left.type} and a ${right.type}`);
  const [a, b] = [operand(left, right, around), operand(right, left, around)];
  const type = widerOf(a.type, b.type);
  if (isWhole(a) && isWhole(b))
    return { sql: operator.text === '/' ? sql`(${a.sql} // ${b.sql})` : sql`(${a.sql} ${operator} ${b.sql})`, type };
  const result = sql`(${doubleOf(a)} ${operator} ${doubleOf(b)})`;
  return type === 'FLOAT' ? floatOf(result) : { sql: result, type };
}

/** Text and null are numbers of the other side's type. */
function operand(value: Expr, other: Expr, around: Surroundings): Expr {
  return isNumber(other) && !isNumber(value) && (value.type === 'VARCHAR' || value.type === 'NULL')
    ? cast(value, other.type, around.zone)
    : numberOf(value, around);
}

/** `-x`, and `+x`. */
export function negative(sign: string, value: Expr, around: Surroundings): Expr {
  const number = numberOf(value, around);
  if (sign !== '-') return number;
  return number.type === 'FLOAT'
    ? floatOf(sql`(- ${doubleOf(number)})`)
    : { sql: sql`(- ${number.sql})`, type: number.type };
}

export function isIn(value: Expr, options: readonly Expr[], negated: boolean, around: Surroundings): Expr {
  const not = negated ? sql`NOT ` : sql``;
  const areTexts = options.every(({ literal }) => typeof literal === 'string');
  const test = (singles: readonly Expr[]) => {
    const { type, sqls } = together(singles, around);
    const [head, ...rest] = sqls as [Sql, ...Sql[]];
    return areTexts && type === 'VARCHAR'
      ? sql`(${not}${isOneOfTexts(head, rest)})`
      : sql`(${not}${head} IN (${join(rest)}))`;
  };
  return tested([value, ...options], test, negated);
}

export function nullIf(value: Expr, other: Expr, around: Surroundings): Expr {
  const [a, b] = together([value, other], around).sqls as [Sql, Sql];
  return { sql: sql`CASE WHEN ${a} = ${b} THEN NULL ELSE ${value.sql} END`, type: value.type };
}

/** The first value that is not null. */
export function coalesced(values: readonly Expr[], around: Surroundings): Expr {
  const { type, sqls } = together(values, around, resultType);
  return { sql: sql`coalesce(${join(sqls)})`, type };
}

/** AND, OR and NOT take conditions only. */
export function checkConditions(word: string, operands: readonly Expr[], { fail }: Surroundings): void {
  if (operands.every(isCondition)) return;
  const types = operands.map(({ type }) => `<${type}>`);
  const [form, expected] =
    word === 'NOT' ? [`NOT${types[0]}`, 'NOT<BOOLEAN>'] : [types.join(` ${word} `), `<BOOLEAN> ${word} <BOOLEAN>`];
  throw fail(`Cannot apply '${word}' to arguments of type '${form}'. Supported form(s): '${expected}'`);
}

export const isCondition = ({ type }: Expr): boolean => type === 'BOOLEAN' || type === 'NULL';
