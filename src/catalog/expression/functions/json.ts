/** Values inside of nested columns, and nested values made of others. */
import { join, type Sql, sql } from '../../../sql.ts';
import { atPath, isPlainList, type PathPart, parseJsonPath, plainAt, scalarAt, scalarText } from '../../json-path.ts';
import { arg, type Call, type ExpressionFunction } from '../function.ts';
import { mergedJson } from '../merge-json.ts';
import type { ElementType } from '../syntax.ts';
import { asArray, asJson, asString, asType, json, string, type Typed } from '../typed.ts';

const nested = { n: { a: { b: 5 }, list: [1, 2] } };

const functions: ExpressionFunction[] = [
  {
    name: 'json_keys',
    args: 'expr, path',
    arity: [2, 2],
    summary: 'The names of the members of the object at the path, of a list its indexes; null where there is neither.',
    example: { expression: `array_to_string(json_keys("n", '$'), ',')`, row: nested, result: 'a,list' },
    compile(args, call) {
      const value = jsonAt(arg(args, 0), pathOf(call));
      const indexes = sql`CAST(range(CAST(json_array_length(${value}) AS BIGINT)) AS VARCHAR[])`;
      const keys = sql`CASE json_type(${value}) WHEN 'OBJECT' THEN json_keys(${value}) WHEN 'ARRAY' THEN ${indexes} END`;
      return { type: 'ARRAY<STRING>', sql: keys };
    },
  },
  {
    name: 'json_merge',
    args: 'text1, text2, …',
    arity: [1],
    summary:
      'The JSON that texts write, the later into the earlier ones: objects member by member, lists one after the other.',
    example: { expression: `to_json_string(json_merge('{"a":[1]}', '{"a":[2]}'))`, result: '{"a":[1,2]}' },
    compile: (args, call) => json(mergedJson(args, call)),
  },
  {
    name: 'json_object',
    args: 'name1, value1[, name2, value2, …]',
    arity: [0],
    summary: 'The object of these members.',
    example: { expression: `to_json_string(json_object('x', 1, 'y', 'z'))`, result: '{"x":1,"y":"z"}' },
    compile(args, call) {
      if (args.length % 2 === 1) throw call.fail(args.length - 1, 'expected a value after each name');
      return json(sql`json_object(${join(args.map((each, i) => (i % 2 === 0 ? asString(each) : each.sql)))})`);
    },
  },
  {
    name: 'json_paths',
    args: 'expr',
    arity: [1, 1],
    summary: 'The paths of all scalars in the value, and of lists that hold nothing else.',
    example: { expression: `array_to_string(json_paths("n"), ' ')`, row: nested, result: '$.a.b $.list' },
    compile: (args) => ({ type: 'ARRAY<STRING>', sql: pathsOf(arg(args, 0)) }),
  },
  {
    name: 'json_query',
    args: 'expr, path',
    arity: [2, 2],
    summary: 'What stands at the path, an object or a list as well.',
    example: { expression: `to_json_string(json_query("n", '$.a'))`, row: nested, result: '{"b":5}' },
    compile: (args, call) => json(jsonAt(arg(args, 0), pathOf(call))),
  },
  {
    name: 'json_query_array',
    args: 'expr, path',
    arity: [2, 2],
    summary: 'The list at the path, a scalar as a list of one; null where there is an object or nothing.',
    example: { expression: `to_json_string(json_query_array("n", '$.a.b'))`, row: nested, result: '[5]' },
    compile(args, call) {
      const value = jsonAt(arg(args, 0), pathOf(call));
      const single = scalarAt(value);
      return json(
        sql`CASE WHEN json_type(${value}) = 'ARRAY' THEN ${value} WHEN json_type(${value}) NOT IN ('OBJECT', 'NULL') THEN json_array(${single}) END`,
      );
    },
  },
  {
    name: 'json_value',
    args: 'expr, path[, type]',
    arity: [2, 3],
    summary:
      "The scalar or list of scalars at a path such as '$.a[0]', as 'STRING', 'LONG', 'DOUBLE' or an 'ARRAY<…>' of one of these; as it is where no type is named.",
    example: { expression: `json_value("n", '$.a.b', 'LONG') + 1`, row: nested, result: 6 },
    compile(args, call) {
      const value = jsonAt(arg(args, 0), pathOf(call));
      const named = call.text(2);
      if (named === undefined) return json(plainAt(value));
      const found = /^(ARRAY<)?(STRING|LONG|DOUBLE)(>)?$/.exec(named.toUpperCase());
      if (!found || Boolean(found[1]) !== Boolean(found[3]))
        throw call.fail(2, `expected 'STRING', 'LONG', 'DOUBLE' or an 'ARRAY<…>' of one of these, got '${named}'`);
      const element = found[2] as ElementType;
      if (!found[1]) return { type: element, sql: asType(string(scalarText(value)), element) };
      const list = asArray(json(value), element);
      return { type: `ARRAY<${element}>`, sql: list };
    },
  },
  {
    name: 'parse_json',
    args: 'text',
    arity: [1, 1],
    summary: 'The value that the JSON text writes; a mistake where it is none.',
    example: { expression: `json_value(parse_json('{"x":[1,2]}'), '$.x[1]', 'LONG')`, result: 2 },
    compile: (args) => json(sql`CAST(${asString(arg(args, 0))} AS JSON)`),
  },
  {
    name: 'try_parse_json',
    args: 'text',
    arity: [1, 1],
    summary: 'The value that the JSON text writes; null where it is none.',
    example: { expression: `isnull(try_parse_json('{'))`, result: 1 },
    compile([text]) {
      const value = text as Typed;
      return json(value.type === 'STRING' ? sql`TRY_CAST(${value.sql} AS JSON)` : sql`NULL::JSON`);
    },
  },
  {
    name: 'to_json_string',
    args: 'expr',
    arity: [1, 1],
    summary: 'The value as the text of its JSON.',
    example: { expression: `to_json_string('a"b')`, result: '"a\\"b"' },
    compile: (args) => string(jsonText(arg(args, 0))),
  },
];

export default functions;

/** Null stays null, and doubles are written as by Java. */
function jsonText(value: Typed): Sql {
  if (value.type === 'DOUBLE') return asString(value);
  return sql`CASE WHEN ${value.sql} IS NOT NULL THEN CAST(to_json(${value.sql}) AS VARCHAR) END`;
}

function pathOf(call: Call): readonly PathPart[] {
  const parts = parseJsonPath(call.text(1) ?? '');
  if (!parts) throw call.fail(1, "expected a path such as '$.a.b[0]'");
  return parts;
}

/** What is no nested column has nothing but itself. */
function jsonAt(value: Typed, parts: readonly PathPart[]): Sql {
  if (value.type !== 'ANY' && parts.length > 0) return sql`NULL::JSON`;
  return atPath(asJson(value), parts);
}

function pathsOf(value: Typed): Sql {
  if (value.type !== 'ANY') return sql`['$']`;
  const leaf = sql`CASE WHEN regexp_matches(key, '[.''\\[]') THEN path || '[''' || key || ''']' ELSE fullkey END`;
  // Of a list of scalars only the list's own path is told.
  const tree = sql`SELECT id, type, value, ${leaf} AS leaf, ends_with(fullkey, ']') AS listed, bool_or(type IN ('OBJECT', 'ARRAY')) OVER (PARTITION BY parent) AS nested FROM json_tree(${value.sql})`;
  const told = sql`CASE type WHEN 'OBJECT' THEN false WHEN 'ARRAY' THEN ${isPlainList(sql`value`)} ELSE nested OR NOT listed END`;
  const paths = sql`(SELECT list(leaf ORDER BY id) FROM (${tree}) WHERE ${told})`;
  return sql`CASE WHEN ${value.sql} IS NULL THEN ['$'] ELSE coalesce(${paths}, []) END`;
}
