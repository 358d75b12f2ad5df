/** Nested data. https://druid.apache.org/docs/latest/querying/sql-json-functions */
import { sql } from '../../../sql.ts';
import { textLiteral } from '../literals.ts';
import { boolean, cast, type SqlType } from '../types.ts';
import { anyViaNative, arg, type Call, native, type ScalarFunction } from './define.ts';

const functions: ScalarFunction[] = [
  {
    names: ['JSON_VALUE'],
    arity: [2, 3],
    takes: [
      'json_doc, path [RETURNING type] [{NULL | ERROR | DEFAULT value} ON EMPTY] [{NULL | ERROR | DEFAULT value} ON ERROR]',
    ],
    summary: 'The scalar at a path such as `$.a[0]`, as text or as the type behind RETURNING, which may be an array.',
    compile(args, call) {
      const [type, nativeType] = returned(call);
      const value = native('json_value', [arg(args, 0), arg(args, 1), textLiteral(nativeType)], {
        ...call,
        text: (index) => (index === 2 ? nativeType : call.text(index)),
      });
      if (type === 'BOOLEAN') return boolean(sql`(${value.sql} > 0)`);
      return type === value.type ? value : cast(value, type, call.zone);
    },
  },
  anyViaNative(
    'json_query',
    ['JSON_QUERY'],
    [2, 2],
    ['<ANY>, <CHARACTER>'],
    'What stands at a path, nested data as well.',
  ),
  {
    names: ['JSON_QUERY_ARRAY'],
    arity: [2, 2],
    takes: ['<ANY>, <CHARACTER>'],
    summary: 'The list that stands at a path, of nested data.',
    compile: (args, call) => ({ ...native('json_query_array', args, call), native: 'ARRAY<COMPLEX<json>>' }),
  },
  anyViaNative(
    'json_keys',
    ['JSON_KEYS'],
    [2, 2],
    ['<expr>, <path>'],
    'The names of the members of the object at a path.',
  ),
  anyViaNative('json_paths', ['JSON_PATHS'], [1, 1], ['<ANY>'], 'The paths of all scalars.'),
  anyViaNative('json_object', ['JSON_OBJECT'], [0], ['...'], "An object: `JSON_OBJECT(KEY 'a' VALUE x, 'b': y)`."),
  anyViaNative(
    'json_merge',
    ['JSON_MERGE'],
    [1],
    ['...'],
    'Texts of JSON objects as one object, the later ones over the earlier.',
  ),
  anyViaNative(
    'parse_json',
    ['PARSE_JSON'],
    [1, 1],
    ['<STRING>'],
    'The nested data that a text writes; a mistake where it is none.',
  ),
  anyViaNative(
    'try_parse_json',
    ['TRY_PARSE_JSON'],
    [1, 1],
    ['<STRING>'],
    'The nested data that a text writes; null where it is none.',
  ),
  anyViaNative('to_json_string', ['TO_JSON_STRING'], [1, 1], ['<ANY>'], 'The JSON of a value, as text.'),
];

export default functions;

const nativeTypes: Partial<Record<SqlType, string>> = {
  VARCHAR: 'STRING',
  BIGINT: 'LONG',
  INTEGER: 'LONG',
  BOOLEAN: 'LONG',
  DOUBLE: 'DOUBLE',
  FLOAT: 'DOUBLE',
  DECIMAL: 'DOUBLE',
  'VARCHAR ARRAY': 'ARRAY<STRING>',
  'BIGINT ARRAY': 'ARRAY<LONG>',
  'DOUBLE ARRAY': 'ARRAY<DOUBLE>',
};

/** The type behind RETURNING, which arrives as a third argument, and what the native function calls it. */
function returned(call: Call): readonly [SqlType, string] {
  const named = (call.text(2) ?? 'VARCHAR').toUpperCase();
  const nativeType = nativeTypes[named as SqlType];
  if (nativeType === undefined) throw call.fail(`cannot return a ${named}`);
  return [named as SqlType, nativeType];
}
