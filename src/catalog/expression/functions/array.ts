/** Lists: multi-value columns, and what these functions make. Indexes are offsets from 0 or ordinals from 1. */
import { type Sql, sql } from '../../../sql.ts';
import { arg, type ExpressionFunction } from '../function.ts';
import { holds, holdsAll, joined, joinedText, overlap, slice, split } from '../lists.ts';
import type { ElementType } from '../syntax.ts';
import {
  arrayOf,
  asArray,
  asLong,
  asString,
  asType,
  commonType,
  condition,
  double,
  elementType,
  isArray,
  long,
  sqlTypes,
  string,
  type Typed,
} from '../typed.ts';
import { regexOf } from './string.ts';

const functions: ExpressionFunction[] = [
  define(
    'array',
    'expr, …',
    [0],
    'A list of the arguments, of a type that fits them all: doubles where longs stand beside doubles.',
    [`array_to_string(array('a', 'b'), '+')`, 'a+b'],
    (args, call) => {
      if (args.some(isArray)) throw call.gap(args.findIndex(isArray), 'a list of lists');
      return arrayOf(args, elementType({ type: commonType(args), sql: sql`NULL` }));
    },
  ),
  define(
    'array_append',
    'arr, expr',
    [2, 2],
    'The list with one more value at its end.',
    [`array_to_string(array_append([1, 2], 3), '+')`, '1+2+3'],
    ([list, value]) =>
      listLike(list as Typed, (sqlList, type) => joined(sqlList, sql`[${asType(value as Typed, type)}]`)),
  ),
  define(
    'array_concat',
    'arr1, arr2',
    [2, 2],
    'The two lists, one after the other.',
    [`array_length(array_concat([1, 2], [3]))`, 3],
    ([a, b]) => listLike(a as Typed, (list, type) => joined(list, asArray(b as Typed, type))),
  ),
  define(
    'array_contains',
    'arr, expr',
    [2, 2],
    '1 where the list holds the value, or all values if it is a list.',
    [`array_contains(['a', 'b'], 'b')`, 1],
    ([list, value]) => {
      const type = elementType(list as Typed);
      const whole = asArray(list as Typed, type);
      return isArray(value as Typed)
        ? condition(holdsAll(whole, asArray(value as Typed, type)))
        : condition(holds(whole, asType(value as Typed, type)));
    },
  ),
  define('array_length', 'arr', [1, 1], 'The number of values.', [`array_length(['a', 'b'])`, 2], (args) =>
    long(sql`len(${asArray(arg(args, 0))})`),
  ),
  define(
    'array_offset',
    'arr, long',
    [2, 2],
    'The value at an index from 0; null outside the list.',
    [`array_offset(['a', 'b'], 1)`, 'b'],
    at(0),
  ),
  define(
    'array_ordinal',
    'arr, long',
    [2, 2],
    'The value at an index from 1; null outside the list.',
    [`array_ordinal(['a', 'b'], 1)`, 'a'],
    at(1),
  ),
  define(
    'array_offset_of',
    'arr, expr',
    [2, 2],
    'The index from 0 of the first such value; null if there is none.',
    [`array_offset_of(['a', 'b'], 'b')`, 1],
    positionOf(0),
  ),
  define(
    'array_ordinal_of',
    'arr, expr',
    [2, 2],
    'The index from 1 of the first such value; null if there is none.',
    [`array_ordinal_of(['a', 'b'], 'b')`, 2],
    positionOf(1),
  ),
  define(
    'array_overlap',
    'arr1, arr2',
    [2, 2],
    '1 where the lists have a value in common, else 0.',
    [`array_overlap(['a', 'b'], ['b', 'c'])`, 1],
    ([a, b]) => {
      const type = elementType(a as Typed);
      return condition(overlap(asArray(a as Typed, type), asArray(b as Typed, type)));
    },
  ),
  define(
    'array_prepend',
    'expr, arr',
    [2, 2],
    'The list with one more value at its beginning.',
    [`array_to_string(array_prepend(0, [1, 2]), '+')`, '0+1+2'],
    ([value, list]) =>
      listLike(list as Typed, (sqlList, type) => joined(sql`[${asType(value as Typed, type)}]`, sqlList)),
  ),
  define(
    'array_set_add',
    'arr, expr',
    [2, 2],
    'The different values of the list and one more, in ascending order.',
    [`array_to_string(array_set_add([2, 1, 2], 3), '+')`, '1+2+3'],
    ([list, value]) =>
      listLike(list as Typed, (sqlList, type) => asSet(sql`list_append(${sqlList}, ${asType(value as Typed, type)})`)),
  ),
  define(
    'array_set_add_all',
    'arr1, arr2',
    [2, 2],
    'The different values of the two lists, in ascending order.',
    [`array_to_string(array_set_add_all([2, 1, 2], [3, 1]), '+')`, '1+2+3'],
    ([a, b]) => listLike(a as Typed, (list, type) => asSet(concatenated(list, asArray(b as Typed, type)))),
  ),
  define(
    'array_slice',
    'arr, start[, end]',
    [2, 3],
    'The values from one offset up to, without, another.',
    [`array_to_string(array_slice([1, 2, 3], 0, 2), '+')`, '1+2'],
    ([list, start, end]) =>
      listLike(list as Typed, (sqlList) => slice(sqlList, asLong(start as Typed), end && asLong(end))),
  ),
  define(
    'array_to_string',
    'arr, text',
    [2, 2],
    'The values joined by a text; a null is written `null`.',
    [`array_to_string([1, null, 3], ',')`, '1,null,3'],
    ([list, separator]) =>
      string(
        joinedText(
          asArray(list as Typed, 'STRING'),
          sql`coalesce(${asString(separator as Typed)}, '')`,
          (separator as Typed).literal !== undefined,
        ),
      ),
  ),
  define(
    'array_quantile',
    'arr, rank',
    [2, 2],
    'The value at a literal rank from 0 to 1 of a list of numbers, between two of them in proportion; NaN of a list without numbers.',
    ['array_quantile([1, 2, 4], 0.75)', 3],
    (args, call) => {
      const rank = Number(arg(args, 1).literal ?? Number.NaN);
      if (!(rank >= 0 && rank <= 1)) throw call.fail(1, 'expected a rank from 0 to 1');
      const list = arg(args, 0);
      if (!isArray(list) || list.type === 'ARRAY<STRING>') return double(sql`NULL::DOUBLE`);
      const quantile = sql`list_aggregate(${asArray(list, 'DOUBLE')}, 'quantile_cont', ${rank})`;
      return double(sql`CASE WHEN ${list.sql} IS NOT NULL THEN coalesce(${quantile}, 'NaN'::DOUBLE) END`);
    },
  ),
  define(
    'array_to_mv',
    'arr',
    [1, 1],
    'The values of the list as text, for a multi-value column.',
    [`array_to_string(array_to_mv([1, 2]), '+')`, '1+2'],
    (args) => ({ type: 'ARRAY<STRING>', sql: asArray(arg(args, 0), 'STRING') }),
  ),
  define(
    'mv_harmonize_nulls',
    'arr',
    [1, 1],
    'The list as a multi-value column has it: of one null where it is empty or null.',
    ['array_length(mv_harmonize_nulls("tags"))', 1, {}],
    ([list]) => {
      const type = elementType(list as Typed);
      const values = asArray(list as Typed, type);
      return { type: `ARRAY<${type}>`, sql: sql`coalesce(nullif(${values}, []), [NULL::${sqlTypes[type]}])` };
    },
  ),
  define(
    'mv_to_array',
    'column',
    [1, 1],
    'The values of a multi-value column as a list.',
    [`array_length(mv_to_array("tags"))`, 2, { tags: ['a', 'b'] }],
    (args) => ({
      type: 'ARRAY<STRING>',
      sql: asArray(arg(args, 0), 'STRING'),
    }),
  ),
  define(
    'scalar_in_array',
    'expr, arr',
    [2, 2],
    '1 where the value is in the list, else 0; null for a null that is not in it.',
    [`scalar_in_array(2, [1, 2])`, 1],
    ([value, list]) => {
      const type = elementType(list as Typed);
      const single = asType(value as Typed, type);
      const found = holds(asArray(list as Typed, type), single);
      return condition(sql`CASE WHEN ${single} IS NOT NULL OR ${found} THEN ${found} END`);
    },
  ),
  define(
    'string_to_array',
    'text, delimiter',
    [2, 2],
    'The parts of a text between matches of a literal pattern, without empty ones at the end.',
    [`array_offset(string_to_array('a,b', ','), 1)`, 'b'],
    (args, call) => {
      const pattern = (call.text(1) ?? '').replace(/^\\\\(\W)$/, '\\$1');
      return { type: 'ARRAY<STRING>', sql: split(asString(arg(args, 0)), regexOf(pattern, call, 1)) };
    },
  ),
];

export default functions;

type Compile = ExpressionFunction['compile'];
type Example = readonly [expression: string, result: unknown, row?: Readonly<Record<string, unknown>>];

function define(
  name: string,
  args: string,
  arity: ExpressionFunction['arity'],
  summary: string,
  [expression, result, row]: Example,
  compile: Compile,
): ExpressionFunction {
  return {
    name,
    args,
    arity,
    summary,
    example: { expression, result, ...(row ? { row } : {}) },
    takesLists: true,
    compile,
  };
}

/** Of null the result is null. */
function listLike(list: Typed, of: (list: Sql, type: ElementType) => Sql): Typed {
  const type = elementType(list);
  const values = asArray(list, type);
  return { type: `ARRAY<${type}>`, sql: sql`CASE WHEN ${values} IS NOT NULL THEN ${of(values, type)} END` };
}

/** The engine takes a list that is null for an empty one. */
const concatenated = (a: Sql, b: Sql): Sql => sql`CASE WHEN ${b} IS NOT NULL THEN list_concat(${a}, ${b}) END`;

/** The different values in ascending order, null first. */
function asSet(list: Sql): Sql {
  const distinct = sql`list_sort(list_distinct(a))`;
  const set = sql`CASE WHEN len(a) > list_count(a) THEN list_prepend(NULL, ${distinct}) ELSE ${distinct} END`;
  return sql`list_transform([${list}], lambda a: ${set})[1]`;
}

function at(first: 0 | 1): Compile {
  return ([list, index]) => {
    const type = elementType(list as Typed);
    const position = sql`${asLong(index as Typed)} + ${1 - first}`;
    return { type, sql: sql`CASE WHEN ${position} > 0 THEN (${asArray(list as Typed, type)})[${position}] END` };
  };
}

function positionOf(first: 0 | 1): Compile {
  return ([list, value]) => {
    const type = elementType(list as Typed);
    return long(
      sql`nullif(list_position(${asArray(list as Typed, type)}, ${asType(value as Typed, type)}), 0) - ${1 - first}`,
    );
  };
}
