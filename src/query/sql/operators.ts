/** Comparisons and arithmetic. */
import { join, Sql, sql } from '../../sql.ts';
import { numberOf } from './functions/number.ts';
import { shifted } from './functions/time.ts';
import {
  bigint,
  boolean,
  cast,
  commonType,
  type Expr,
  inType,
  isNumber,
  isTime,
  isWhole,
  type SqlType,
  varchar,
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

/** Values in the type in which they meet. Text meets a number as a number, and a time as a time. */
export function together(values: readonly Expr[], { zone, fail }: Surroundings): { type: SqlType; sqls: Sql[] } {
  const type = commonType(values);
  if (type === undefined || (values.some(isNumber) && isTimeType(type)))
    throw fail(`Cannot mix values of the types ${values.map((value) => value.type).join(', ')}`);
  return { type, sqls: values.map((value) => inType(value, type, zone)) };
}

const isTimeType = (type: SqlType) => type === 'TIMESTAMP' || type === 'DATE';

/** For a multi-value dimension: whether one of its values passes; negated tests say that none does what they negate. */
export function tested(value: Expr, test: (single: Expr) => Sql, negated = false): Expr {
  if (!value.multiValue) return boolean(test(value));
  const any = sql`list_bool_or(list_transform(${value.sql}, lambda v: ${test(varchar(sql`v`))}))`;
  return boolean(negated ? sql`list_bool_and(list_transform(${value.sql}, lambda v: ${test(varchar(sql`v`))}))` : any);
}

export function compare(operator: Sql, left: Expr, right: Expr, around: Surroundings): Expr {
  if (right.multiValue && !left.multiValue) return compare(mirrored(operator), right, left, around);
  const test = (single: Expr) => {
    const [a, b] = together([single, right], around).sqls as [Sql, Sql];
    return sql`(${a} ${operator} ${b})`;
  };
  return tested(left, test, operator.text === '<>');
}

const mirrors: Readonly<Record<string, Sql>> = { '<': sql`>`, '>': sql`<`, '<=': sql`>=`, '>=': sql`<=` };
const mirrored = (operator: Sql): Sql => mirrors[operator.text] ?? operator;

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
  const test = (single: Expr) => sql`(${cast(single, 'VARCHAR', zone).sql}${not} LIKE ${patternText}${escaping})`;
  return tested(value, test, negated);
}

function arithmetic(operator: Sql, left: Expr, right: Expr, around: Surroundings): Expr {
  if (right.type === 'INTERVAL' && operator.text.match(/^[+-]$/))
    return shifted(cast(left, 'TIMESTAMP', around.zone).sql, operator, right, around.zone);
  if (left.type === 'INTERVAL' && operator.text === '+') return arithmetic(operator, right, left, around);
  if (isTime(left) || isTime(right))
    throw around.fail(`Cannot apply '${operator.text}' to a ${left.type} and a ${right.type}`);
  const [a, b] = [numberOf(left, around), numberOf(right, around)];
  if (!isWhole(a) || !isWhole(b)) return { sql: sql`(${asDouble(a)} ${operator} ${asDouble(b)})`, type: 'DOUBLE' };
  return bigint(operator.text === '/' ? sql`(${a.sql} // ${b.sql})` : sql`(${a.sql} ${operator} ${b.sql})`);
}

/** `-x`, and `+x`. */
export function negative(sign: string, value: Expr, around: Surroundings): Expr {
  const number = numberOf(value, around);
  return sign === '-' ? { sql: sql`(- ${number.sql})`, type: isWhole(number) ? 'BIGINT' : number.type } : number;
}

const asDouble = (number: Expr): Sql => (number.type === 'DOUBLE' ? number.sql : sql`CAST(${number.sql} AS DOUBLE)`);

export function isIn(value: Expr, options: readonly Expr[], negated: boolean, around: Surroundings): Expr {
  const not = negated ? sql` NOT` : sql``;
  const test = (single: Expr) => {
    const [head, ...rest] = together([single, ...options], around).sqls as [Sql, ...Sql[]];
    return sql`(${head}${not} IN (${join(rest)}))`;
  };
  return tested(value, test, negated);
}
