/** Operators. A null operand makes the result null, but for && and ||, which follow SQL's three-valued logic. */
import { type Sql, sql } from '../../sql.ts';
import { wrapLong } from '../numbers.ts';
import type { BinaryOperator } from './syntax.ts';
import {
  asCondition,
  asDouble,
  asLong,
  asString,
  commonType,
  condition,
  double,
  elementType,
  inType,
  isArray,
  long,
  string,
  type Typed,
} from './typed.ts';

export function unary(operator: '-' | '!', operand: Typed): Typed {
  if (operator === '!') return condition(sql`(NOT ${asCondition(operand)})`);
  // The smallest long has no opposite.
  return operand.type === 'LONG' ? long(sql`TRY(- ${operand.sql})`) : double(sql`(- ${asDouble(operand)})`);
}

export function binary(operator: BinaryOperator, left: Typed, right: Typed): Typed {
  switch (operator) {
    case '&&':
      return condition(sql`(${asCondition(left)} AND ${asCondition(right)})`);
    case '||':
      return condition(sql`(${asCondition(left)} OR ${asCondition(right)})`);
    case '<':
      return compare(sql`<`, left, right);
    case '<=':
      return compare(sql`<=`, left, right);
    case '>':
      return compare(sql`>`, left, right);
    case '>=':
      return compare(sql`>=`, left, right);
    case '==':
      return compare(sql`=`, left, right);
    case '!=':
      return compare(sql`<>`, left, right);
    default:
      return arithmetic(operator, left, right);
  }
}

/** Text with text as text, longs as longs, everything else as doubles. */
export function compare(operator: Sql, left: Typed, right: Typed): Typed {
  const together = isArray(left) || isArray(right) ? commonType([left, right]) : meeting(left, right);
  return condition(sql`(${inType(left, together)} ${operator} ${inType(right, together)})`);
}

function arithmetic(operator: '^' | '*' | '/' | '%' | '+' | '-', left: Typed, right: Typed): Typed {
  const together = meeting(left, right);
  if (together === 'LONG') return long(longArithmetic(operator, asLong(left), asLong(right)));
  if (together === 'STRING' && operator === '+') return string(sql`(${asString(left)} || ${asString(right)})`);
  return double(doubleArithmetic(operator, asDouble(left), asDouble(right)));
}

function meeting(left: Typed, right: Typed): 'STRING' | 'LONG' | 'DOUBLE' {
  const types = [left, right].filter((value) => value.type !== 'NULL').map(elementType);
  const [first, second = first] = types;
  if (first === undefined) return 'LONG';
  return first === second ? first : 'DOUBLE';
}

function longArithmetic(operator: '^' | '*' | '/' | '%' | '+' | '-', left: Sql, right: Sql): Sql {
  switch (operator) {
    case '^':
      return sql`TRY_CAST(trunc(pow(${left}, ${right})) AS BIGINT)`;
    case '/':
      return sql`TRY(${left} // ${right})`;
    case '%':
      return sql`TRY(${left} % ${right})`;
    case '+':
      return wrapLong(sql`CAST(${left} AS HUGEINT) + ${right}`);
    case '-':
      return wrapLong(sql`CAST(${left} AS HUGEINT) - ${right}`);
    case '*':
      return wrapLong(sql`CAST(${left} AS HUGEINT) * ${right}`);
  }
}

function doubleArithmetic(operator: '^' | '*' | '/' | '%' | '+' | '-', left: Sql, right: Sql): Sql {
  return operator === '^' ? sql`pow(${left}, ${right})` : sql`(${left} ${doubleOperators[operator]} ${right})`;
}

const doubleOperators = { '*': sql`*`, '/': sql`/`, '%': sql`%`, '+': sql`+`, '-': sql`-` } as const;
