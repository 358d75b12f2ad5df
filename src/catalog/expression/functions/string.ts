/** Text. Lengths and positions count characters. */
import { type Sql, sql } from '../../../sql.ts';
import type { TypeIssueParams } from '../../define.ts';
import { groupCount, javaRegexSchema } from '../../java-regex.ts';
import { arg, type Call, type ExpressionFunction } from '../function.ts';
import { asLong, asString, condition, long, string, type Typed } from '../typed.ts';

const functions: ExpressionFunction[] = [
  {
    name: 'concat',
    args: 'expr, …',
    arity: [0],
    summary: 'The arguments as one text; null if one of them is null.',
    example: { expression: `concat("a", '-', 1)`, row: { a: 'x' }, result: 'x-1' },
    compile: (args) => string(args.reduce((all, each) => sql`${all} || ${asString(each)}`, sql`''`)),
  },
  {
    name: 'contains_string',
    args: 'expr, text',
    arity: [2, 2],
    summary: '1 where the expression holds the text, else 0.',
    example: { expression: `contains_string('foobar', 'OBA')`, result: 0 },
    compile: ([whole, part]) => condition(sql`contains(${asString(whole as Typed)}, ${asString(part as Typed)})`),
  },
  {
    name: 'decode_base64_utf8',
    args: 'expr',
    arity: [1, 1],
    summary: 'The text that is written in Base64; null where it is none.',
    example: { expression: `decode_base64_utf8('aGVsbG8=')`, result: 'hello' },
    compile: (args) => string(sql`TRY(decode(from_base64(${asString(arg(args, 0))})))`),
  },
  {
    name: 'icontains_string',
    args: 'expr, text',
    arity: [2, 2],
    summary: '1 where the expression holds the text in any letter case, else 0.',
    example: { expression: `icontains_string('foobar', 'OBA')`, result: 1 },
    compile: ([whole, part]) =>
      condition(sql`contains(lower(${asString(whole as Typed)}), lower(${asString(part as Typed)}))`),
  },
  {
    name: 'left',
    args: 'expr, length',
    arity: [2, 2],
    summary: 'The first characters.',
    example: { expression: `left('foobar', 3)`, result: 'foo' },
    compile: (args) =>
      string(
        sql`left(${asString(arg(args, 0))}, CASE WHEN ${asLong(arg(args, 1))} < 0 THEN 0 ELSE ${asLong(arg(args, 1))} END)`,
      ),
  },
  {
    name: 'like',
    args: 'expr, pattern[, escape]',
    arity: [2, 3],
    summary: "SQL's LIKE, with a literal pattern.",
    example: { expression: `like('foobar', 'f_o%')`, result: 1 },
    compile: (args, call) => condition(like(asString(arg(args, 0)), call)),
  },
  {
    name: 'lower',
    args: 'expr',
    arity: [1, 1],
    summary: 'In lower case.',
    example: { expression: `lower('ÄB')`, result: 'äb' },
    compile: (args) => string(sql`lower(${asString(arg(args, 0))})`),
  },
  pad('lpad', 'before', `lpad('7', 3, '0')`, '007'),
  {
    name: 'parse_long',
    args: 'text[, radix]',
    arity: [1, 2],
    summary: 'The long that the text writes, to base 10 or another one up to 36; null where it is none.',
    example: { expression: `parse_long('ff', 16)`, result: 255 },
    compile(args, call) {
      const text = asString(arg(args, 0));
      const radix = call.integer(1) ?? 10;
      if (radix < 2 || radix > 36) return long(sql`NULL::BIGINT`);
      if (radix === 10) return long(sql`TRY_CAST(regexp_extract(${text}, '^[+-]?[0-9]+$') AS BIGINT)`);
      return long(longOfBase(radix, text));
    },
  },
  {
    name: 'regexp_extract',
    args: 'expr, pattern[, index]',
    arity: [2, 3],
    summary:
      "What the pattern, or its group of that index, matches first; null where it does not match. The pattern is a literal in RE2's syntax.",
    example: { expression: `regexp_extract('foobar', 'o(b)', 1)`, result: 'b' },
    compile(args, call) {
      const pattern = regex(call);
      const index = call.integer(2) ?? 0;
      if (index < 0 || index > groupCount(pattern)) throw call.fail(2, `the pattern has no group ${index}`);
      const text = asString(arg(args, 0));
      return string(
        sql`CASE WHEN regexp_matches(${text}, ${pattern}) THEN regexp_extract(${text}, ${pattern}, ${index}) END`,
      );
    },
  },
  {
    name: 'regexp_like',
    args: 'expr, pattern',
    arity: [2, 2],
    summary: '1 where the pattern matches somewhere in the expression, else 0.',
    example: { expression: `regexp_like('foobar', '^fo+b')`, result: 1 },
    compile: (args, call) => condition(sql`regexp_matches(${asString(arg(args, 0))}, ${regex(call)})`),
  },
  {
    name: 'regexp_replace',
    args: 'expr, pattern, replacement',
    arity: [3, 3],
    summary: 'Every match of the pattern, a literal, replaced; `$1` in the replacement is the first group.',
    example: { expression: `regexp_replace('2018-03', '(\\\\d+)-(\\\\d+)', '$2/$1')`, result: '03/2018' },
    compile(args, call) {
      const [text, replacement] = [asString(arg(args, 0)), rewritten(asString(arg(args, 2)))];
      return string(sql`regexp_replace(${text}, ${regex(call)}, ${replacement}, 'g')`);
    },
  },
  {
    name: 'repeat',
    args: 'expr, count',
    arity: [2, 2],
    summary: `The text so many times; null below 1 or above ${10_000} times.`,
    example: { expression: `repeat('ab', 3)`, result: 'ababab' },
    compile(args) {
      const count = asLong(arg(args, 1));
      return string(sql`CASE WHEN ${count} BETWEEN 1 AND 10000 THEN repeat(${asString(arg(args, 0))}, ${count}) END`);
    },
  },
  {
    name: 'replace',
    args: 'expr, text, replacement',
    arity: [3, 3],
    summary: 'Every occurrence of the text replaced.',
    example: { expression: `replace('a.b.c', '.', '/')`, result: 'a/b/c' },
    compile(args) {
      const [whole, part, replacement] = args.map(asString) as [Sql, Sql, Sql];
      const replaced = sql`replace(${whole}, ${part}, ${replacement})`;
      if (arg(args, 1).literal) return string(replaced);
      // Of '' between all characters, as Java does; the engine's own replaces nothing then.
      const between = sql`regexp_replace(${whole}, '', replace(${replacement}, '\\', '\\\\'), 'g')`;
      return string(sql`CASE ${part} WHEN '' THEN ${between} ELSE ${replaced} END`);
    },
  },
  {
    name: 'reverse',
    args: 'expr',
    arity: [1, 1],
    summary: 'The characters from last to first.',
    example: { expression: `reverse('abc')`, result: 'cba' },
    compile: (args) => string(sql`reverse(${asString(arg(args, 0))})`),
  },
  {
    name: 'right',
    args: 'expr, length',
    arity: [2, 2],
    summary: 'The last characters.',
    example: { expression: `right('foobar', 3)`, result: 'bar' },
    compile: (args) =>
      string(
        sql`right(${asString(arg(args, 0))}, CASE WHEN ${asLong(arg(args, 1))} < 0 THEN 0 ELSE ${asLong(arg(args, 1))} END)`,
      ),
  },
  pad('rpad', 'after', `rpad('abcdef', 3, '-')`, 'abc'),
  {
    name: 'strlen',
    args: 'expr',
    arity: [1, 1],
    summary: 'The number of characters.',
    example: { expression: `strlen('häh')`, result: 3 },
    compile: (args) => long(sql`length(${asString(arg(args, 0))})`),
  },
  {
    name: 'strpos',
    args: 'haystack, needle[, fromIndex]',
    arity: [2, 3],
    summary: 'Where the second text begins in the first, counted from 0; -1 where it does not.',
    example: { expression: `strpos('foobar', 'o', 2)`, result: 2 },
    compile(args) {
      const [haystack, needle] = [asString(arg(args, 0)), asString(arg(args, 1))];
      const from = args[2] ? sql`greatest(${asLong(args[2])}, 0)` : sql`0`;
      const found = sql`nullif(strpos(substring(${haystack}, ${from} + 1), ${needle}), 0) - 1 + ${from}`;
      return long(sql`CASE WHEN ${haystack} IS NOT NULL AND ${needle} IS NOT NULL THEN coalesce(${found}, -1) END`);
    },
  },
  {
    name: 'substring',
    args: 'expr, index, length',
    arity: [3, 3],
    summary:
      'Characters from an index counted from 0; a negative length is up to the end. Null where the text ends before the index.',
    example: { expression: `substring('foobar', 1, 3)`, result: 'oob' },
    compile(args, call) {
      const index = call.integer(1) ?? 0;
      const length = call.integer(2) ?? -1;
      if (index < 0) throw call.fail(1, `expected an index of at least 0, got ${index}`);
      const text = asString(arg(args, 0));
      const part =
        length < 0 ? sql`substring(${text}, ${index + 1})` : sql`substring(${text}, ${index + 1}, ${length})`;
      return string(sql`CASE WHEN length(${text}) > ${index} THEN ${part} END`);
    },
  },
  trim('trim', sql`trim`, 'both ends', `trim('xxaxx', 'x')`, 'a'),
  trim('ltrim', sql`ltrim`, 'the beginning', `ltrim('  a')`, 'a'),
  trim('rtrim', sql`rtrim`, 'the end', `rtrim('a--', '-')`, 'a'),
  {
    name: 'upper',
    args: 'expr',
    arity: [1, 1],
    summary: 'In upper case.',
    example: { expression: `upper('äb')`, result: 'ÄB' },
    compile: (args) => string(sql`upper(${asString(arg(args, 0))})`),
  },
];

export default functions;

function trim(name: string, sqlName: Sql, where: string, expression: string, result: string): ExpressionFunction {
  return {
    name,
    args: 'expr[, chars]',
    arity: [1, 2],
    summary: `Without the given characters at ${where}, without spaces where none are named; as it is where they are null.`,
    example: { expression, result },
    compile([text, characters]) {
      const set = characters ? sql`coalesce(${asString(characters)}, '')` : sql`' '`;
      return string(sql`${sqlName}(${asString(text as Typed)}, ${set})`);
    },
  };
}

function longOfBase(radix: number, text: Sql): Sql {
  const allowed = '0123456789abcdefghijklmnopqrstuvwxyz'.slice(0, radix);
  const pattern = `^[+-]?${radix === 16 ? '(?:0x)?' : ''}([${allowed}]{1,64})$`;
  const digits = sql`string_split(regexp_extract(lower(${text}), ${pattern}, 1), '')`;
  const values = sql`list_transform(${digits}, lambda c: CAST(strpos(${allowed}, c) - 1 AS HUGEINT))`;
  const number = sql`list_reduce(${values}, lambda a, v: a * ${radix} + v)`;
  const signed = sql`CASE WHEN starts_with(${text}, '-') THEN - ${number} ELSE ${number} END`;
  return sql`TRY(CAST(CASE WHEN regexp_matches(lower(${text}), ${pattern}) THEN ${signed} END AS BIGINT))`;
}

/** The engine's own function fails on an empty padding. */
function pad(name: 'lpad' | 'rpad', where: string, expression: string, result: string): ExpressionFunction {
  return {
    name,
    args: 'expr, length, chars',
    arity: [3, 3],
    summary: `Of that length: cut off, or padded ${where} the text with the characters. Null for a length of 0 or above 10000.`,
    example: { expression, result },
    compile(args) {
      const [text, length, characters] = [asString(arg(args, 0)), asLong(arg(args, 1)), asString(arg(args, 2))];
      const padded = name === 'lpad' ? sql`lpad` : sql`rpad`;
      const cut = sql`left(${text}, greatest(${length}, 0))`;
      return string(
        sql`CASE WHEN ${length} < 0 AND ${characters} IS NOT NULL THEN ${cut} WHEN ${length} BETWEEN 1 AND 10000 THEN CASE ${characters} WHEN '' THEN ${cut} ELSE ${padded}(${text}, CAST(least(greatest(${length}, 0), 10000) AS INTEGER), nullif(${characters}, '')) END END`,
      );
    },
  };
}

/** Java's replacement as RE2 takes it: `\\1` for `$1`, and what stands behind a backslash as it is. */
function rewritten(replacement: Sql): Sql {
  const part = sql`CASE WHEN ends_with(p, '\\') THEN '\\\\' WHEN length(p) = 1 THEN p WHEN starts_with(p, '$') THEN '\\' || p[2] ELSE p[2] END`;
  const parts = sql`list_transform(regexp_extract_all(${replacement}, '(?s)\\\\.|[$][0-9]|.'), lambda p: ${part})`;
  return sql`coalesce(array_to_string(${parts}, ''), ${replacement})`;
}

function like(text: Sql, call: Call): Sql {
  const [pattern, escapeWith] = [call.text(1), call.text(2)];
  if (pattern === undefined) return sql`NULL::BOOLEAN`;
  if (escapeWith === undefined) return sql`(${text} LIKE ${pattern})`;
  if (escapeWith.length !== 1) throw call.fail(2, 'expected a single character');
  const dangling = pattern.split(`${escapeWith}${escapeWith}`).at(-1)?.endsWith(escapeWith);
  if (dangling) throw call.fail(1, 'the pattern ends with its escape character');
  return sql`(${text} LIKE ${pattern} ESCAPE ${escapeWith})`;
}

const regex = (call: Call): string => regexOf(call.text(1) ?? '', call, 1);

/** The pattern as the engine takes it. */
export function regexOf(pattern: string, call: Call, index: number): string {
  const parsed = javaRegexSchema.safeParse(pattern);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const params = issue?.code === 'custom' ? (issue.params as TypeIssueParams | undefined) : undefined;
  throw params?.unsupported ? call.gap(index, 'this regular expression') : call.fail(index, issue?.message ?? '');
}
