/** Text. https://druid.apache.org/docs/latest/querying/sql-scalar#string-functions */
import { sql } from '../../../sql.ts';
import { bigint, cast, type Expr, varchar } from '../types.ts';
import { arg, native, type ScalarFunction, viaNative } from './define.ts';

const blank: Expr = { sql: sql`' '`, type: 'VARCHAR', literal: ' ' };

const functions: ScalarFunction[] = [
  viaNative(['UPPER'], [1, 1], 'upper'),
  viaNative(['LOWER'], [1, 1], 'lower'),
  viaNative(['LENGTH', 'CHAR_LENGTH', 'CHARACTER_LENGTH', 'STRLEN'], [1, 1], 'strlen'),
  viaNative(['TRIM', 'BTRIM'], [1, 2], 'trim'),
  viaNative(['LTRIM'], [1, 2], 'ltrim'),
  viaNative(['RTRIM'], [1, 2], 'rtrim'),
  viaNative(['REPLACE'], [3, 3], 'replace'),
  viaNative(['REPEAT'], [2, 2], 'repeat'),
  viaNative(['REVERSE'], [1, 1], 'reverse'),
  viaNative(['LEFT'], [2, 2], 'left'),
  viaNative(['RIGHT'], [2, 2], 'right'),
  viaNative(['CONCAT', 'TEXTCAT'], [1], 'concat'),
  viaNative(['CONTAINS_STRING'], [2, 2], 'contains_string'),
  viaNative(['ICONTAINS_STRING'], [2, 2], 'icontains_string'),
  viaNative(['REGEXP_LIKE'], [2, 2], 'regexp_like'),
  viaNative(['REGEXP_EXTRACT'], [2, 3], 'regexp_extract'),
  viaNative(['REGEXP_REPLACE'], [3, 3], 'regexp_replace'),
  viaNative(['PARSE_LONG'], [1, 2], 'parse_long'),
  viaNative(['DECODE_BASE64_UTF8'], [1, 1], 'decode_base64_utf8'),
  viaNative(['IPV4_MATCH'], [2, 2], 'ipv4_match'),
  viaNative(['IPV4_PARSE'], [1, 1], 'ipv4_parse'),
  viaNative(['IPV4_STRINGIFY'], [1, 1], 'ipv4_stringify'),
  {
    names: ['LPAD'],
    arity: [2, 3],
    compile: (args, call) => native('lpad', [arg(args, 0), arg(args, 1), args[2] ?? blank], call),
  },
  {
    names: ['RPAD'],
    arity: [2, 3],
    compile: (args, call) => native('rpad', [arg(args, 0), arg(args, 1), args[2] ?? blank], call),
  },
  {
    // Counts from 1; 0 where it is not found.
    names: ['STRPOS', 'POSITION'],
    arity: [2, 2],
    compile: (args, call) => bigint(sql`(${native('strpos', args, call).sql} + 1)`),
  },
  {
    names: ['SUBSTRING', 'SUBSTR'],
    arity: [2, 3],
    compile(args, { zone }) {
      const text = cast(arg(args, 0), 'VARCHAR', zone).sql;
      const from = cast(arg(args, 1), 'BIGINT', zone).sql;
      const length = args[2] ? sql`, ${cast(args[2], 'BIGINT', zone).sql}` : sql``;
      return varchar(sql`CASE WHEN length(${text}) >= ${from} THEN substring(${text}, ${from}${length}) END`);
    },
  },
];

export default functions;
