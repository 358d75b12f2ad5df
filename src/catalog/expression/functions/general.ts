/** Conversions, conditions, nulls. */
import { type Sql, sql } from '../../../sql.ts';
import { arg, type ExpressionFunction } from '../function.ts';
import { binary, compare } from '../operators.ts';
import type { ElementType } from '../syntax.ts';
import { asArray, asCondition, asType, commonType, condition, inType, type Typed } from '../typed.ts';

const functions: ExpressionFunction[] = [
  {
    name: 'cast',
    args: 'expr, type',
    arity: [2, 2],
    takesLists: true,
    summary: "Converts to 'LONG', 'DOUBLE', 'STRING' or an 'ARRAY<…>' of one of these; null where that cannot be.",
    example: { expression: "cast('5.9', 'LONG')", result: 5 },
    compile(args, call) {
      const type = (call.text(1) ?? 'STRING').toUpperCase();
      const match = /^(?:ARRAY<)?(STRING|LONG|DOUBLE|FLOAT)(>?)$/.exec(type);
      if (!match || type.startsWith('ARRAY<') !== (match[2] === '>')) {
        throw call.fail(1, `expected 'LONG', 'DOUBLE', 'STRING' or an 'ARRAY<…>' of one of these, got '${type}'`);
      }
      const element = (match[1] === 'FLOAT' ? 'DOUBLE' : match[1]) as ElementType;
      if (match[2] === '>') return { type: `ARRAY<${element}>`, sql: asArray(arg(args, 0), element) };
      return { type: element, sql: asType(arg(args, 0), element) };
    },
  },
  {
    name: 'if',
    args: 'predicate, then, else',
    arity: [3, 3],
    summary: 'The second argument where the first is true, else the third.',
    example: { expression: "if(\"x\" > 1, 'many', 'few')", row: { x: 2 }, result: 'many' },
    compile: (args) => choose([[asCondition(arg(args, 0)), arg(args, 1)]], arg(args, 2)),
  },
  {
    name: 'case_searched',
    args: 'condition1, result1[, condition2, result2, …][, else]',
    arity: [2],
    summary:
      'The result after the first condition that is true, else the last argument if their number is odd, else null.',
    example: { expression: "case_searched(x > 5, 'a', x > 1, 'b', 'c')", row: { x: 2 }, result: 'b' },
    compile: (args) =>
      choose(
        pairs(args).map(([test, result]) => [asCondition(test), result]),
        rest(args),
      ),
  },
  {
    name: 'case_simple',
    args: 'expr, value1, result1[, value2, result2, …][, else]',
    arity: [3],
    summary:
      'The result after the first value that the expression equals, else the last argument, or null without one.',
    example: { expression: "case_simple(x, 1, 'one', 2, 'two')", row: { x: 2 }, result: 'two' },
    compile(args, call) {
      const [subject, ...cases] = args as [Typed, ...Typed[]];
      const equal = (value: Typed) => {
        const [left, right] = call.settle([subject, value]) as [Typed, Typed];
        return asCondition(binary('==', left, right));
      };
      return choose(
        pairs(cases).map(([value, result]) => [equal(value), result]),
        rest(cases),
      );
    },
  },
  {
    name: 'coalesce',
    args: 'expr, …',
    arity: [1],
    summary: 'The first argument that is not null.',
    example: { expression: 'coalesce("a", "b", \'none\')', row: { b: 'x' }, result: 'x' },
    compile: firstPresent,
  },
  {
    name: 'nvl',
    args: 'expr, expr-for-null',
    arity: [2, 2],
    summary: 'The second argument where the first is null.',
    example: { expression: `nvl("x", 'none')`, row: {}, result: 'none' },
    compile: firstPresent,
  },
  verdict('istrue', 'true', (test) => sql`(${test} IS TRUE)`, 1, 0),
  verdict('isfalse', 'false', (test) => sql`(${test} IS FALSE)`, 0, 0),
  verdict('nottrue', 'false or null', (test) => sql`(${test} IS NOT TRUE)`, 0, 1),
  verdict('notfalse', 'true or null', (test) => sql`(${test} IS NOT FALSE)`, 1, 1),
  {
    name: 'isnull',
    args: 'expr',
    arity: [1, 1],
    summary: '1 where the argument is null, else 0.',
    example: { expression: 'isnull("x")', row: {}, result: 1 },
    compile: (args) => condition(sql`(${present(arg(args, 0))} IS NULL)`),
  },
  {
    name: 'notnull',
    args: 'expr',
    arity: [1, 1],
    summary: '1 where the argument is not null, else 0.',
    example: { expression: 'notnull("x")', row: { x: '' }, result: 1 },
    compile: (args) => condition(sql`(${present(arg(args, 0))} IS NOT NULL)`),
  },
  distinct(
    'isdistinctfrom',
    '1 where the arguments differ, else 0. Two nulls do not differ.',
    sql`IS DISTINCT FROM`,
    1,
  ),
  distinct('notdistinctfrom', '1 where the arguments are equal or both null, else 0.', sql`IS NOT DISTINCT FROM`, 0),
  truth('istrue', '1 where the argument is true, else 0.', sql`IS TRUE`, 0),
  truth('isfalse', '1 where the argument is false, else 0.', sql`IS FALSE`, 0),
  truth('nottrue', '1 where the argument is false or null, else 0.', sql`IS NOT TRUE`, 1),
  truth('notfalse', '1 where the argument is true or null, else 0.', sql`IS NOT FALSE`, 1),
];

function verdict(
  name: string,
  what: string,
  test: (condition: Sql) => Sql,
  ofOne: number,
  ofNull: number,
): ExpressionFunction {
  return {
    name,
    args: 'expr',
    arity: [1, 1],
    summary: `1 where the argument is ${what}, else 0; never null.`,
    example: { expression: `array(${name}("x" > 0), ${name}("y" > 0))`, row: { x: 1 }, result: [ofOne, ofNull] },
    compile: (args) => condition(test(asCondition(arg(args, 0)))),
  };
}

export default functions;

function distinct(name: string, summary: string, operator: Sql, ofNull: number): ExpressionFunction {
  return {
    name,
    args: 'expr1, expr2',
    arity: [2, 2],
    summary,
    example: { expression: `${name}("x", 1)`, row: {}, result: ofNull },
    compile: (args, call) => {
      const [left, right] = call.settle(args) as [Typed, Typed];
      return compare(operator, left, right);
    },
  };
}

function truth(name: string, summary: string, test: Sql, ofNull: number): ExpressionFunction {
  return {
    name,
    args: 'expr',
    arity: [1, 1],
    summary,
    example: { expression: `${name}("x" > 1)`, row: {}, result: ofNull },
    compile: (args) => condition(sql`(${asCondition(arg(args, 0))} ${test})`),
  };
}

/** JSON's own null is null, too. */
const present = (value: Typed): Sql => (value.type === 'ANY' ? sql`(${value.sql} ->> '$')` : value.sql);

function firstPresent(args: readonly Typed[]): Typed {
  const type = commonType(args);
  const inCommon = (value: Typed) =>
    value.type === 'ANY' ? sql`CASE WHEN ${present(value)} IS NOT NULL THEN ${value.sql} END` : inType(value, type);
  const [first, ...others] = args.map(inCommon) as [Sql, ...Sql[]];
  return { type, sql: sql`coalesce(${others.reduce((all, each) => sql`${all}, ${each}`, first)})` };
}

function choose(cases: readonly (readonly [Sql, Typed])[], otherwise: Typed | undefined): Typed {
  const results = [...cases.map(([, result]) => result), ...(otherwise ? [otherwise] : [])];
  const type = commonType(results);
  const whens = cases.reduce(
    (text, [test], i) => sql`${text} WHEN ${test} THEN ${inType(arg(results, i), type)}`,
    sql``,
  );
  const last = otherwise ? sql` ELSE ${inType(arg(results, cases.length), type)}` : sql``;
  return { type, sql: sql`CASE${whens}${last} END` };
}

function pairs(args: readonly Typed[]): (readonly [Typed, Typed])[] {
  return Array.from({ length: Math.floor(args.length / 2) }, (_, i) => [arg(args, 2 * i), arg(args, 2 * i + 1)]);
}

const rest = (args: readonly Typed[]): Typed | undefined => (args.length % 2 === 1 ? args.at(-1) : undefined);
