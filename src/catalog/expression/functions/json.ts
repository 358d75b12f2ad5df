/** Values inside of nested columns. */
import { type Sql, sql } from '../../../sql.ts';
import { atPath, listOf, type PathPart, parseJsonPath, scalarText } from '../../json-path.ts';
import { arg, type Call, type ExpressionFunction } from '../function.ts';
import type { ElementType } from '../syntax.ts';
import { asArray, asType, string, type Typed } from '../typed.ts';

const nested = { n: { a: { b: 5 }, list: [1, 2] } };

const functions: ExpressionFunction[] = [
  {
    name: 'json_keys',
    args: 'expr, path',
    arity: [2, 2],
    takesLists: true,
    summary: 'The names of the members of the object at the path; null where there is none.',
    example: { expression: `array_to_string(json_keys("n", '$'), ',')`, row: nested, result: 'a,list' },
    compile(args, call) {
      const json = jsonAt(arg(args, 0), pathOf(call));
      return { type: 'ARRAY<STRING>', sql: sql`nullif(json_keys(${json}), [])` };
    },
  },
  {
    name: 'json_value',
    args: 'expr, path[, type]',
    arity: [2, 3],
    takesLists: true,
    summary:
      "The scalar at a path such as '$.a[0]', as 'STRING', 'LONG', 'DOUBLE' or an 'ARRAY<…>' of one of these; as text where no type is named.",
    example: { expression: `json_value("n", '$.a.b', 'LONG') + 1`, row: nested, result: 6 },
    compile(args, call) {
      const json = jsonAt(arg(args, 0), pathOf(call));
      const type = (call.text(2) ?? 'STRING').toUpperCase();
      const found = /^(ARRAY<)?(STRING|LONG|DOUBLE)(>)?$/.exec(type);
      if (!found || Boolean(found[1]) !== Boolean(found[3]))
        throw call.fail(2, `expected 'STRING', 'LONG', 'DOUBLE' or an 'ARRAY<…>' of one of these, got '${type}'`);
      const element = found[2] as ElementType;
      if (!found[1]) return { type: element, sql: asType(string(scalarText(json)), element) };
      return { type: `ARRAY<${element}>`, sql: asArray({ type: 'ARRAY<STRING>', sql: listOf(json) }, element) };
    },
  },
  {
    name: 'to_json_string',
    args: 'expr',
    arity: [1, 1],
    takesLists: true,
    summary: 'The value as the text of its JSON.',
    example: { expression: `to_json_string('a"b')`, result: '"a\\"b"' },
    compile: (args) => string(sql`CAST(to_json(${arg(args, 0).sql}) AS VARCHAR)`),
  },
];

export default functions;

function pathOf(call: Call): readonly PathPart[] {
  const parts = parseJsonPath(call.text(1) ?? '');
  if (!parts) throw call.fail(1, "expected a path such as '$.a.b[0]'");
  return parts;
}

/** What is no nested column has nothing but itself. */
function jsonAt(value: Typed, parts: readonly PathPart[]): Sql {
  if (value.type !== 'ANY' && parts.length > 0) return sql`NULL::JSON`;
  return atPath(value.type === 'ANY' ? value.sql : sql`to_json(${value.sql})`, parts);
}
