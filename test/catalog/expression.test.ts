/** Expected values: Druid's documentation of math-expr, its noted oddities, and arithmetic. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Scope, Value } from '../../src/catalog/define.ts';
import { expressionFunctions } from '../../src/catalog/expression/functions/index.ts';
import { checkExpression, compileExpression, expressionInputs } from '../../src/catalog/expression/index.ts';
import { MillraceError } from '../../src/errors.ts';
import { sql } from '../../src/sql.ts';
import { lookups } from './lookups.ts';

const instance = await DuckDBInstance.create(':memory:');
const connection = await instance.connect();
await connection.run("SET TimeZone = 'UTC'");
after(() => connection.closeSync());

/** Columns of a table: numbers are LONG or DOUBLE, lists multi-value, everything else STRING. */
function tableScope(row: Readonly<Record<string, unknown>>): Scope {
  return {
    ...lookups,
    time: sql`make_timestamp_ms(0)`,
    column(name): Value {
      const value = row[name];
      if (typeof value === 'bigint') return { sql: sql`${value}::BIGINT`, type: 'LONG' };
      if (typeof value === 'number') {
        return Number.isInteger(value)
          ? { sql: sql`${value}::BIGINT`, type: 'LONG' }
          : { sql: sql`${value}::DOUBLE`, type: 'DOUBLE' };
      }
      if (Array.isArray(value)) {
        return { sql: sql`(${JSON.stringify(value)}::JSON::VARCHAR[])`, type: 'STRING', multiValue: true };
      }
      if (typeof value === 'object' && value !== null) {
        return { sql: sql`${JSON.stringify(value)}::JSON`, type: 'COMPLEX<json>' };
      }
      return { sql: sql`${value === undefined || value === null ? null : String(value)}::VARCHAR`, type: 'STRING' };
    },
  };
}

/** Fields of an event, whose types show in their JSON only. */
function eventScope(event: Readonly<Record<string, unknown>>, mayHoldList = false): Scope {
  const json = (name: string) => (name in event ? JSON.stringify(event[name]) : null);
  return {
    time: sql`make_timestamp_ms(0)`,
    column: (name) => ({ sql: sql`${json(name)}::VARCHAR`, type: 'STRING' }),
    field: (name) => ({ json: sql`${json(name)}::JSON`, mayHoldList }),
  };
}

async function evaluate(text: string, scope: Scope): Promise<unknown> {
  const { sql: value } = compileExpression(text, scope);
  const reader = await connection.runAndReadAll(sql`SELECT CAST(to_json(${value}) AS VARCHAR)`.text);
  const json = reader.getRows()[0]?.[0];
  return typeof json === 'string' ? JSON.parse(json) : null;
}
const inTable = (text: string, row: Readonly<Record<string, unknown>> = {}) => evaluate(text, tableScope(row));
const ofEvent = (text: string, event: Readonly<Record<string, unknown>>) => evaluate(text, eventScope(event));

function mistake(text: string): MillraceError {
  try {
    checkExpression(text);
  } catch (error) {
    assert.ok(error instanceof MillraceError, String(error));
    return error;
  }
  throw new assert.AssertionError({ message: `expected ${text} to be refused` });
}

for (const { name, example } of expressionFunctions.values()) {
  test(`${name}: ${example.expression}`, async () => {
    assert.deepEqual(await inTable(example.expression, example.row), example.result);
  });
}

const operators: Record<string, unknown> = {
  '-2 ^ 2': 4,
  '2 ^ 3 ^ 2': 512,
  '1 + 2 * 3': 7,
  '(1 + 2) * 3': 9,
  '7 / 2': 3,
  '-7 / 2': -3,
  '7 / 2.0': 3.5,
  '7 % 3': 1,
  '1 / 0': null,
  '10 - 2 - 3': 5,
  '1 + 1 == 2': 1,
  '1 < 2 && 2 < 1': 0,
  '!(1 > 2)': 1,
  '100 && 11': 1,
  '0.7 || 0.3': 1,
  '100 && 0': 0,
  "'troo' && 'true'": 0,
  "'troo' || 'true'": 1,
  '1 || null': 1,
  '0 && null': 0,
  'isnull(1 && null)': 1,
  'isnull(1 + null)': 1,
  "'a' + 'b'": 'ab',
  "'10' > 9": 1,
  "'10' > '9'": 0,
  '9223372036854775807 + 1 < 0': 1,
  "if(-1, 'yes', 'no')": 'no',
  "if(null, 'yes', 'no')": 'no',
  "'it\\'s \\u0041\\n'": "it's A\n",
  'array_length(<LONG>[])': 0,
  'array_length([1 2, null])': 3,
  'max(1, null)': null,
  'greatest(1, null)': 1,
  "cast(sqrt(-1), 'STRING')": 'NaN',
  "cast(sin(1 / 0.0), 'STRING')": 'NaN',
  "cast(cos(-1 / 0.0), 'STRING')": 'NaN',
  "cast(tan(1 / 0.0), 'STRING')": 'NaN',
  "cast(cot(1 / 0.0), 'STRING')": 'NaN',
  "cast(log(0), 'STRING')": '-Infinity',
  'round(-2.5)': -3,
  'round(1234, -2)': 1200,
  "substring('', 0, 1)": null,
  "regexp_extract('abc', 'x(.)', 1)": null,
  "cast('abc', 'LONG')": null,
  "cast('9007199254740993', 'LONG') == 9007199254740993": 1,
  "timestamp_parse('not a time')": null,
  "timestamp_floor(9223372036854775807, 'PT1H')": null,
  "lpad('a', 3, '')": 'a',
  'IF(1, 2, 3)': 2,
  'bitwiseShiftLeft(1, 63) < 0': 1,
  'bitwiseShiftLeft(1, 64)': 1,
  'bitwiseShiftRight(-1, 63)': -1,
  'bitwiseAnd(7.9, 3)': 3,
  "bitwiseAnd('foo', 3)": null,
  'getExponent(0.25)': -2,
  "ipv4_match('192.169.0.1', '192.168.0.0/16')": 0,
  "ipv4_match(3232235521, '192.168.0.1')": 1,
  "ipv4_match('10.0.0', '0.0.0.0/0')": 0,
  "ipv4_match(null, '0.0.0.0/0')": 0,
  "ipv4_parse('010.0.0.1')": 167772161,
  "ipv4_parse('256.0.0.1')": null,
  'ipv4_parse(4294967296)': null,
  "ipv4_stringify('10.1.2.3')": '10.1.2.3',
  'ipv4_stringify(-1)': null,
  // From Druid's own tests of these functions.
  'human_readable_binary_byte_format(1000)': '1000 B',
  'human_readable_binary_byte_format(9223372036854775807)': '8.00 EiB',
  'human_readable_binary_byte_format(45000, 0)': '44 KiB',
  'human_readable_binary_byte_format(45000, 3)': '43.945 KiB',
  'human_readable_decimal_byte_format(999)': '999 B',
  'human_readable_decimal_byte_format(1024)': '1.02 KB',
  'human_readable_decimal_byte_format(9223372036854775807)': '9.22 EB',
  'human_readable_decimal_byte_format(45678, 1)': '45.7 KB',
  "decode_base64_utf8('*')": null,
  "json_value('text', '$')": 'text',
  "json_value('text', '$.a')": null,
};
for (const [text, result] of Object.entries(operators)) {
  test(`${text} is ${JSON.stringify(result)}`, async () => assert.deepEqual(await inTable(text), result));
}

test('a list of longs and doubles holds doubles', async () => {
  assert.deepEqual(await inTable('array(n, d)', { n: 1, d: 1.5 }), [1, 1.5]);
  assert.equal(compileExpression('array(n, d)', tableScope({ n: 1, d: 1.5 })).type, 'ARRAY<DOUBLE>');
});

test('nested columns', async () => {
  const row = { n: { text: 'x', list: [1, '2'], object: { a: true }, '': 0 } };
  assert.equal(await inTable(`json_value(n, '$.text')`, row), 'x');
  assert.equal(await inTable(`json_value(n, '$.list[1]', 'LONG')`, row), 2);
  assert.deepEqual(await inTable(`json_value(n, '$.list', 'ARRAY<LONG>')`, row), [1, 2]);
  assert.equal(await inTable(`json_value(n, '$.object')`, row), null);
  assert.equal(await inTable(`json_value(n, '$.object.a', 'LONG')`, row), 1);
  assert.deepEqual(await inTable(`json_keys(n, '$.object')`, row), ['a']);
  assert.deepEqual(await inTable(`json_keys(n, '$.list')`, row), ['0', '1']);
  assert.equal(await inTable(`to_json_string(n)`, { n: { a: [1] } }), '{"a":[1]}');
  assert.equal(await ofEvent(`json_value(n, '$.list[0]', 'LONG') * 2`, row), 2);
});

test('identifiers are bare or in double quotes, whatever they hold', async () => {
  assert.equal(await inTable('"a b" + $x_1', { 'a b': 1, $x_1: 2 }), 3);
  assert.equal(await inTable(`"x' OR 1=1 --" + '"; DROP'`, { "x' OR 1=1 --": 'v' }), 'v"; DROP');
  assert.deepEqual(expressionInputs('if("a b" > 1, x, concat(x, y))'), ['a b', 'x', 'y']);
});

test('longs stay longs, beside a double they become doubles', async () => {
  assert.equal(compileExpression('a * 2', tableScope({ a: 1 })).type, 'LONG');
  assert.equal(compileExpression('a * 2.0', tableScope({ a: 1 })).type, 'DOUBLE');
  assert.equal(compileExpression("a + 'x'", tableScope({ a: 't' })).type, 'STRING');
});

test('an operation on a multi-value column is done to each value', async () => {
  assert.deepEqual(await inTable("upper(tags) + '!'", { tags: ['a', 'b'] }), ['A!', 'B!']);
  assert.deepEqual(await inTable('concat(a, b)', { a: ['x', 'y'], b: ['1', '2'] }), ['x1', 'x2', 'y1', 'y2']);
  assert.deepEqual(await inTable('concat(tags, tags)', { tags: ['a', 'b'] }), ['aa', 'bb']);
  assert.deepEqual(await inTable('strlen(tags)', { tags: ['a', 'bcd'] }), [1, 3]);
  assert.equal(await inTable("array_to_string(upper(tags), '+')", { tags: ['a', 'b'] }), 'A+B');
});

test('a row without values has no list', async () => {
  assert.equal(await inTable('array_length(tags)', { tags: [null] }), null);
  assert.deepEqual(await inTable("nvl(tags, 'none')", { tags: [null] }), ['none']);
});

test('a lambda sees its parameters, those of the lambdas around it, and columns', async () => {
  const row = { a: [1, 2], k: 10 };
  const list = "cast(a, 'ARRAY<LONG>')";
  assert.deepEqual(await inTable(`map((x) -> x + k, ${list})`, row), [11, 12]);
  assert.deepEqual(await inTable(`map((k) -> k * 2, ${list})`, row), [2, 4]);
  assert.deepEqual(await inTable(`map(x -> fold((y, sum) -> y * x + sum, ${list}, 0), ${list})`, row), [3, 6]);
  assert.equal(await inTable(`fold((x, sum) -> x + sum, ${list}, 0.5)`, row), 3.5);
  assert.deepEqual(await inTable('fold((x, all) -> array_append(all, x), [1, 2], <LONG>[])'), [1, 2]);
  assert.deepEqual(expressionInputs('map((x) -> x + k, a)'), ['k', 'a']);
});

test('nothing is applied to a list that is not there; a list without values has no value that is true', async () => {
  assert.equal(await inTable('map((x) -> x + 1, a)', { a: null }), null);
  assert.equal(await inTable('any((x) -> x > 0, <LONG>[])'), 0);
  assert.equal(await inTable('all((x) -> x > 0, <LONG>[])'), 1);
  assert.equal(await inTable('filter((x) -> x > 9, [1, 2])'), null);
  assert.equal(await inTable('fold((x, sum) -> x + sum, <LONG>[], 7)'), 7);
});

test('the fields of an event add as numbers and join as texts', async () => {
  assert.equal(await ofEvent('a + b', { a: 1, b: 2 }), '3');
  assert.equal(await ofEvent('a + b', { a: 1, b: 2.5 }), '3.5');
  assert.equal(await ofEvent('a + b', { a: 'x', b: 'y' }), 'xy');
  assert.equal(await ofEvent('a + b', { a: 1 }), null);
  assert.equal(await ofEvent('a + b', { a: 1, b: null }), null);
  assert.equal(await ofEvent('a > 9', { a: 10 }), 1);
  assert.equal(await ofEvent('a > b', { a: '10', b: '9' }), 0);
  assert.equal(await ofEvent("if(country == 'US', price * 2, price)", { country: 'US', price: 3 }), '6');
  assert.equal(await ofEvent('concat(name, price * 2)', { name: 'n', price: 3 }), 'n6');
  assert.equal(await ofEvent('nvl(x, 7)', {}), '7');
  assert.equal(await ofEvent('"x"', { x: { y: [1] } }), '{"y":[1]}');
  assert.equal(await ofEvent('array_length(tags)', { tags: ['a', 'b'] }), 2);
});

test('a list in an event is transformed value by value, unless a function works on lists', async () => {
  const tags = { tags: ['a', 'b'] };
  assert.deepEqual(await evaluate('upper(tags)', eventScope(tags, true)), ['A', 'B']);
  assert.deepEqual(await evaluate('upper(tags)', eventScope({ tags: 'a' }, true)), ['A']);
  assert.deepEqual(await evaluate('tags * 2', eventScope({ tags: [1, 2.5] }, true)), ['2', '5.0']);
  assert.equal(await evaluate('array_length(tags)', eventScope(tags, true)), 2);
});

const mistakes: readonly (readonly [string, number, number, RegExp])[] = [
  ['1 +', 400, 3, /expected a value, got the end/],
  ['foo(1', 400, 5, /expected '\)', got the end/],
  ['uper(x)', 400, 0, /unknown function 'uper'; did you mean 'upper'\?/],
  ['a = 1', 400, 2, /equality is '=='/],
  ["'abc", 400, 0, /does not end/],
  ["'a\\qb'", 400, 0, /unknown escape '\\q'/],
  ['substring(x)', 400, 0, /substring takes \(expr, index, length\), got 1/],
  ['like(x, y)', 400, 8, /expected a literal/],
  ["timestamp_floor(x, 'PTX')", 400, 19, /ISO 8601 period/],
  ["regexp_like(x, '(')", 400, 15, /regular expression/],
  ["1 + regexp_like(x, '(?=a)')", 501, 19, /not supported yet/],
  ['99999999999999999999', 400, 0, /too large for a long/],
  ['map((x) -> x, y, z)', 400, 0, /map takes \(lambda, arr\), got 3/],
  ['map((x, y) -> x, z)', 400, 4, /expected a lambda of 1 parameters, got 2/],
  ['map(x, y)', 400, 4, /expected a lambda such as/],
  ['upper((x) -> x)', 400, 6, /a lambda cannot stand here/],
  ['map((x) -> array(x, x), y)', 501, 4, /a list of lists/],
  ['array([1], x)', 501, 6, /a list of lists/],
  ["1 + lookup(x, 'l')", 501, 14, /a lookup in ingestion is not supported/],
  [`${'('.repeat(500)}1${')'.repeat(500)}`, 400, 151, /150 deep/],
  [Array(5000).fill('x').join('+'), 400, 303, /150 deep/],
];
for (const [text, status, offset, message] of mistakes) {
  test(`${text.slice(0, 40)} is refused`, () => {
    const error = mistake(text);
    assert.equal(error.status, status);
    assert.match(error.message, message);
    assert.equal(error.context.offset, offset);
  });
}

test('what nests explosively is refused before it is huge', () => {
  const text = `${'max('.repeat(60)}x${', x)'.repeat(60)}`;
  assert.match(mistake(text).message, /too large/);
});
