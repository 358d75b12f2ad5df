/** Text. https://druid.apache.org/docs/latest/querying/sql-scalar#string-functions */
import { sql } from '../../../sql.ts';
import { bigint, cast, type Expr, varchar } from '../types.ts';
import { arg, type Call, native, type ScalarFunction, viaNative } from './define.ts';

const blank: Expr = { sql: sql`' '`, type: 'VARCHAR', literal: ' ' };

const functions: ScalarFunction[] = [
  viaNative('upper', ['UPPER'], [1, 1], ['<CHARACTER>'], 'In upper case.'),
  viaNative('lower', ['LOWER'], [1, 1], ['<CHARACTER>'], 'In lower case.'),
  viaNative(
    'strlen',
    ['LENGTH', 'CHAR_LENGTH', 'CHARACTER_LENGTH', 'STRLEN'],
    [1, 1],
    ['<CHARACTER>'],
    'The number of characters.',
  ),
  viaNative(
    'trim',
    ['TRIM'],
    [1, 2],
    ['[BOTH|LEADING|TRAILING] <ANY> FROM <STRING>'],
    'Without the given characters at its ends; without spaces where none are given.',
  ),
  viaNative('trim', ['BTRIM'], [1, 2], ['<CHARACTER>, [<CHARACTER>]'], 'The same as a plain call.'),
  viaNative(
    'ltrim',
    ['LTRIM'],
    [1, 2],
    ['<CHARACTER>, [<CHARACTER>]'],
    'Without the given characters, else spaces, at its beginning.',
  ),
  viaNative(
    'rtrim',
    ['RTRIM'],
    [1, 2],
    ['<CHARACTER>, [<CHARACTER>]'],
    'Without the given characters, else spaces, at its end.',
  ),
  viaNative(
    'replace',
    ['REPLACE'],
    [3, 3],
    ['<STRING>, <STRING>, <STRING>'],
    'Every occurrence of the second text replaced by the third.',
  ),
  viaNative('repeat', ['REPEAT'], [2, 2], ['<CHARACTER>, <INTEGER>'], 'The text so many times.'),
  viaNative('reverse', ['REVERSE'], [1, 1], ['<CHARACTER>'], 'The characters from last to first.'),
  viaNative('left', ['LEFT'], [2, 2], ['<CHARACTER>, <INTEGER>'], 'The first characters.'),
  viaNative('right', ['RIGHT'], [2, 2], ['<CHARACTER>, <INTEGER>'], 'The last characters.'),
  viaNative(
    'concat',
    ['CONCAT', 'TEXTCAT'],
    [1],
    ['<EQUIVALENT_TYPE>, <EQUIVALENT_TYPE>, <...>'],
    'The texts one after the other; null where one is null.',
  ),
  viaNative(
    'contains_string',
    ['CONTAINS_STRING'],
    [2, 2],
    ['<CHARACTER>, <CHARACTER>'],
    'Whether the second text is part of the first.',
  ),
  viaNative(
    'icontains_string',
    ['ICONTAINS_STRING'],
    [2, 2],
    ['<CHARACTER>, <CHARACTER>'],
    'Whether the second text is part of the first, in any letter case.',
  ),
  viaNative(
    'regexp_like',
    ['REGEXP_LIKE'],
    [2, 2],
    ['<CHARACTER>, <CHARACTER>'],
    'Whether the pattern matches a part of the text.',
  ),
  viaNative(
    'regexp_extract',
    ['REGEXP_EXTRACT'],
    [2, 3],
    ['<CHARACTER>, <CHARACTER>, [<INTEGER>]'],
    'What the pattern, or its group of that index, matches first.',
  ),
  viaNative(
    'regexp_replace',
    ['REGEXP_REPLACE'],
    [3, 3],
    ['<CHARACTER>, <CHARACTER>, <CHARACTER>'],
    'Every match replaced; `$1` is what the first group matched.',
  ),
  viaNative(
    'parse_long',
    ['PARSE_LONG'],
    [1, 2],
    ['<CHARACTER>, [<INTEGER>]'],
    'The whole number that the text writes, to base 10 or the given one.',
  ),
  viaNative(
    'decode_base64_utf8',
    ['DECODE_BASE64_UTF8'],
    [1, 1],
    ['<CHARACTER>'],
    'The text that is written in Base64.',
  ),
  viaNative(
    'ipv4_match',
    ['IPV4_MATCH'],
    [2, 2],
    ['expr, string'],
    'Whether an IPv4 address, text or number, lies in a subnet such as `10.0.0.0/8`.',
  ),
  viaNative('ipv4_parse', ['IPV4_PARSE'], [1, 1], ['<STRING>', '<INTEGER>'], 'An IPv4 address as a number.'),
  viaNative(
    'ipv4_stringify',
    ['IPV4_STRINGIFY'],
    [1, 1],
    ['<INTEGER>', '<STRING>'],
    'An IPv4 address as text with points.',
  ),
  viaNative(
    'ipv6_match',
    ['IPV6_MATCH'],
    [2, 2],
    ['expr, string'],
    'Whether an IPv6 address lies in a subnet such as `2001:db8::/32`.',
  ),
  viaNative(
    'format',
    ['STRING_FORMAT'],
    [1],
    ['CHARACTER, [ANY, ...]'],
    "A pattern filled with values, as by Java's String.format.",
  ),
  {
    takes: ['<CHARACTER>, <INTEGER>, [<CHARACTER>]'],
    summary: 'Cut off or padded before the text to a length.',
    names: ['LPAD'],
    arity: [2, 3],
    compile: (args, call) => native('lpad', [arg(args, 0), arg(args, 1), args[2] ?? blank], call),
  },
  {
    takes: ['<CHARACTER>, <INTEGER>, [<CHARACTER>]'],
    summary: 'Cut off or padded behind the text to a length.',
    names: ['RPAD'],
    arity: [2, 3],
    compile: (args, call) => native('rpad', [arg(args, 0), arg(args, 1), args[2] ?? blank], call),
  },
  {
    names: ['STRPOS'],
    arity: [2, 2],
    takes: ['<CHARACTER>, <CHARACTER>'],
    summary: 'Where the second text begins in the first, counted from 1; 0 where it does not.',
    compile: position,
  },
  {
    names: ['POSITION'],
    parsedAs: 'POSITION_FROM',
    arity: [2, 3],
    takes: ['<STRING> IN <STRING>', '<STRING> IN <STRING> FROM <INTEGER>'],
    summary: 'Where the first text begins in the second, counted from 1; 0 where it does not.',
    compile(args, call) {
      const [needle, haystack, from] = args;
      if (!from) return position(args, call);
      const first = bigint(sql`(${cast(from, 'BIGINT', call.zone).sql} - 1)`);
      return position([haystack as Expr, needle as Expr, first], call);
    },
  },
  {
    takes: ['<CHARACTER>, <INTEGER>, [<INTEGER>]'],
    summary: 'The part from a place, counted from 1, of a length or up to the end.',
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

/** The native function counts from 0. */
function position(args: readonly Expr[], call: Call): Expr {
  return { sql: sql`(${native('strpos', args, call).sql} + 1)`, type: 'INTEGER' };
}
