/** Functions that apply a lambda to the values of lists: a row without a list has none to apply it to. */
import { ident, join, type Sql, sql } from '../../../sql.ts';
import { arg, type Call, type ExpressionFunction } from '../function.ts';
import {
  asArray,
  asCondition,
  asType,
  combinations,
  commonType,
  condition,
  type ExpressionType,
  elementType,
  inType,
  isArray,
  type Lambda,
  sqlTypeOf,
  type Typed,
} from '../typed.ts';

const functions: ExpressionFunction[] = [
  define(
    'map',
    'lambda, arr',
    [2, 2],
    'What the lambda makes of each value of the list.',
    [`array_to_string(map((x) -> x * 2, [1, 2, 3]), '+')`, '2+4+6'],
    mapped,
  ),
  define(
    'cartesian_map',
    'lambda, arr1, arr2, …',
    [3],
    'What the lambda makes of each combination of the values of several lists.',
    [`array_to_string(cartesian_map((x, y) -> concat(x, y), ['a', 'b'], [1, 2]), ' ')`, 'a1 a2 b1 b2'],
    mapped,
  ),
  define(
    'filter',
    'lambda, arr',
    [2, 2],
    'The values of the list for which the lambda is true; null where there are none.',
    [`array_to_string(filter((x) -> x > 1, [1, 2, 3]), '+')`, '2+3'],
    (args) => {
      const { lambda, over } = applied(args);
      const [list] = over as [Values];
      const passes = asCondition(lambda.of([list.value]));
      return {
        type: `ARRAY<${elementType(list.value)}>`,
        sql: sql`nullif(list_filter(${list.list}, lambda ${list.variable}: ${passes}), [])`,
      };
    },
  ),
  define(
    'fold',
    'lambda, arr, expr',
    [3, 3],
    'The last result of the lambda, which is given each value of the list and its result for the value before; the last argument at first.',
    ['fold((x, sum) -> x + sum, [1, 2, 3], 10)', 16],
    folded,
  ),
  define(
    'cartesian_fold',
    'lambda, arr1, arr2, …, expr',
    [4],
    'The same over each combination of the values of several lists.',
    ['cartesian_fold((x, y, sum) -> x * y + sum, [1, 2], [3, 4], 0)', 21],
    folded,
  ),
  define(
    'any',
    'lambda, arr',
    [2, 2],
    '1 where the lambda is true for a value of the list, else 0.',
    ['any((x) -> x > 2, [1, 2, 3])', 1],
    (args) => condition(sql`coalesce(list_bool_or(${tests(args)}), false)`),
  ),
  define(
    'all',
    'lambda, arr',
    [2, 2],
    '1 where the lambda is true for all values of the list, also where it has none; else 0.',
    ['all((x) -> x > 2, [1, 2, 3])', 0],
    (args) => {
      const passes = tests(args);
      return condition(sql`coalesce(len(${passes}) = len(list_filter(${passes}, lambda e: e)), false)`);
    },
  ),
];

export default functions;

interface Values {
  readonly list: Sql;
  readonly variable: Sql;
  readonly value: Typed;
}

/** The lambda, and names for the values of the lists. */
function applied([first, ...lists]: readonly Typed[]): { lambda: Lambda; over: readonly Values[] } {
  const { lambda } = first as Typed & { lambda: Lambda };
  const over = lists.map((list) => {
    const variable = lambda.variable();
    return { list: asArray(list), variable, value: { type: elementType(list), sql: variable } };
  });
  return { lambda, over };
}

function mapped(args: readonly Typed[], call: Call): Typed {
  const { lambda, over } = applied(args);
  const result = lambda.of(over.map(({ value }) => value));
  if (isArray(result)) throw call.gap(0, 'a list of lists');
  const element = elementType(result);
  return { type: `ARRAY<${element}>`, sql: combinations(over, asType(result, element)) };
}

/** Whether the lambda is true, for each value. */
function tests(args: readonly Typed[]): Sql {
  const { lambda, over } = applied(args);
  return combinations(over, asCondition(lambda.of(over.map(({ value }) => value))));
}

function folded(args: readonly Typed[]): Typed {
  const { lambda, over } = applied(args.slice(0, -1));
  const initial = arg(args, args.length - 1);
  const [before, next] = [lambda.variable(), lambda.variable()];
  const values = over.map(({ value }, i) => ({ type: value.type, sql: sql`${next}.${field(i)}` }));
  const of = (type: ExpressionType) => lambda.of([...values, { type, sql: sql`${before}.result` }]);
  const first = of(initial.type);
  // Longs may become doubles on the way, and then they are from the start.
  const type = commonType([initial, first]);
  const result = inType(type === initial.type ? first : of(type), type);
  // The engine folds values of one type only, so each stands in a struct beside a result.
  const none = sql`NULL::${sqlTypeOf(type)}`;
  const nothing = over.map(({ value }) => sql`NULL::${sqlTypeOf(value.type)}`);
  const struct = (held: Sql, fields: readonly Sql[]) =>
    sql`struct_pack(${join([sql`result := ${held}`, ...fields.map((each, i) => sql`${field(i)} := ${each}`)])})`;
  const inputs = combinations(
    over,
    struct(
      none,
      over.map(({ variable }) => variable),
    ),
  );
  const steps = sql`list_prepend(${struct(inType(initial, type), nothing)}, ${inputs})`;
  const last = sql`list_reduce(${steps}, lambda ${before}, ${next}: ${struct(result, nothing)}).result`;
  return { type, sql: sql`CASE WHEN ${inputs} IS NOT NULL THEN ${last} END` };
}

const field = (index: number): Sql => ident(`v${index}`);

function define(
  name: string,
  args: string,
  arity: ExpressionFunction['arity'],
  summary: string,
  [expression, result]: readonly [expression: string, result: unknown],
  compile: ExpressionFunction['compile'],
): ExpressionFunction {
  return { name, args, arity, summary, example: { expression, result }, takesLists: true, takesLambda: true, compile };
}
