/** Random expressions of Druid's SQL, as text. */
import fc from 'fast-check';
import { scalarFunctions } from '../../../src/query/sql/functions/index.ts';
import { call, infix, zeroLess } from './atoms.ts';
import { numberColumns, textColumns, texts } from './columns.ts';

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
const textLiteral = fc.constantFrom(...texts).map(quoted);
const fraction = fc.constantFrom('d', 'f', '2.25', '(d / 3)');
const whole = fc.constantFrom('l', 'big', '2', '-3', '(1 + l)');
const double = fc.constantFrom('d', '(d / 3)', '(0.5 + d)');
const numberLiteral = fc.constantFrom('0', '1', '2', '-3', '10', '0.5', '2.25', '1000000');
const time = fc.constantFrom('__time', "TIMESTAMP '2024-10-27 01:30:00'");
const unit = fc.constantFrom('SECOND', 'MINUTE', 'HOUR', 'DAY', 'WEEK', 'MONTH', 'QUARTER', 'YEAR');
const period = fc.constantFrom("'PT1H'", "'P1D'", "'P1W'", "'P1M'", "'PT6H'");
const zone = fc.constantFrom("'UTC'", "'Europe/Berlin'", "'America/Los_Angeles'");

/** Read the clock, grow without bounds, or are asked by the grammar with literals that they need. */
const unasked = new Set([
  'CURRENT_TIMESTAMP',
  'CURRENT_DATE',
  'REPEAT',
  'LOOKUP',
  'TABLE',
  'LTRIM',
  'RTRIM',
  'TRIM',
  'SUBSTRING',
  'FLOOR',
  // -0.0, which CEIL(-0.5) is, is less than 0 in Java.
  'CEIL',
  'DECODE_BASE64_UTF8',
]);

const numberList = 'ARRAY[1, 2]';

/** What stands for a type of INFORMATION_SCHEMA.ROUTINES. */
const leaves: Readonly<Record<string, fc.Arbitrary<string>>> = {
  CHARACTER: fc.oneof(fc.constantFrom<string>(...textColumns), textLiteral),
  STRING: fc.oneof(fc.constantFrom<string>(...textColumns), textLiteral),
  // Of floats Druid's SQL makes floats, as they come; here they are doubles once something is computed.
  NUMERIC: fc.oneof(fc.constantFrom('l', 'big', 'd'), numberLiteral),
  INTEGER: fc.constantFrom('l', '0', '1', '3'),
  TIMESTAMP: time,
  ANY: fc.oneof(fc.constantFrom<string>(...textColumns, ...numberColumns, '__time'), textLiteral, numberLiteral),
  ARRAY: fc.constantFrom("ARRAY['a', 'b']", numberList, "STRING_TO_ARRAY(s, ' ')", 'MV_TO_ARRAY(m)'),
};

/** `<CHARACTER>, [<INTEGER>]`: each argument's type, and whether it may be left out. */
function argumentsOf(
  takes: string,
): readonly { readonly leaf: fc.Arbitrary<string>; readonly optional: boolean }[] | undefined {
  const parts = takes === '' ? [] : takes.split(', ').map((part) => /^(\[?)<([A-Z]+)>\]?$/.exec(part));
  if (parts.some((part) => leaves[part?.[2] ?? ''] === undefined)) return undefined;
  return parts.map((part) => ({ leaf: leaves[part?.[2] ?? ''] as fc.Arbitrary<string>, optional: part?.[1] === '[' }));
}

const forms = [...scalarFunctions.values()]
  .filter(({ names: [name] }) => !unasked.has(name))
  .flatMap(({ names: [name], takes }) => takes.map((form) => ({ name, args: argumentsOf(form) })))
  .filter(({ args }) => args !== undefined);

const registered = fc.constantFrom(...forms).chain(({ name, args = [] }) => {
  const least = args.filter(({ optional }) => !optional).length;
  return fc
    .tuple(fc.tuple(...args.map(({ leaf }) => leaf)), fc.integer({ min: least, max: args.length }))
    .filter(([given]) => name !== 'ARRAY_CONCAT' || new Set(given.map((list) => list === numberList)).size === 1)
    .map(([given, count]) => `${name}(${given.slice(0, count).join(', ')})`);
});

const grammar = fc.letrec<{ text: string; number: string; condition: string }>((tie) => {
  const text = tie('text');
  const number = tie('number');
  const condition = tie('condition');
  return {
    text: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      textLiteral,
      fc.constantFrom(...textColumns),
      infix(text, ['||'], text),
      call('UPPER', text),
      call('LOWER', text),
      call('REVERSE', text),
      call('TRIM', text),
      // Calcite fills a literal's SUBSTRING up with blanks.
      call(
        'SUBSTRING',
        fc.constantFrom<string>(...textColumns),
        fc.constantFrom('1', '2', '3'),
        fc.constantFrom('1', '2'),
      ),
      call('LEFT', text, fc.constantFrom('1', '2')),
      call('RIGHT', text, fc.constantFrom('1', '2')),
      call(
        'REPLACE',
        text,
        textLiteral.filter((literal) => literal !== "''"),
        textLiteral,
      ),
      call('COALESCE', fc.constantFrom<string>(...textColumns), text),
      call('NULLIF', text, textLiteral),
      call('LPAD', text, fc.constantFrom('3', '6'), fc.constant("'*'")),
      call('CONCAT', text, number, text),
      call('REGEXP_EXTRACT', text, fc.constantFrom("'[a-z]+'", "'^x([0-9]+)$'"), fc.constantFrom('0')),
      call('TIME_FORMAT', time, fc.constantFrom("'yyyy-MM-dd HH'", "'EEE DDD'"), zone),
      fc.tuple(condition, text, text).map(([test, a, b]) => `CASE WHEN ${test} THEN ${a} ELSE ${b} END`),
      fc
        .tuple(text, textLiteral, text)
        .map(([subject, literal, value]) => `CASE ${subject} WHEN ${literal} THEN ${value} END`),
      fc.constantFrom('l', 'big').map((value) => `CAST(${value} AS VARCHAR)`),
    ),
    number: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      numberLiteral,
      fc.constantFrom(...numberColumns),
      infix(number, ['+', '-'], number),
      // Each might be -0.0, which is less than 0 in Java; 0 less it is not.
      // Longs are not to leave their range; and a whole number by 0 cannot be computed, but is not null to Calcite.
      infix(number, ['*', '/'], fc.constantFrom('2', '-3', '2.25', 'd')).map(zeroLess),
      number.map(zeroLess),
      fc.constantFrom('l', 'big').map((value) => `(-${value})`),
      call('ABS', number),
      // Of whole numbers Druid makes doubles that are printed as whole numbers.
      call('FLOOR', fraction),
      call('ROUND', number),
      call('ROUND', number, fc.constantFrom('1', '2')),
      call('MOD', fc.constantFrom('l', 'big'), fc.constantFrom('2', '7', '-3')),
      // Of several types these two give the type of what is not null in the row.
      call('GREATEST', whole, whole),
      call('LEAST', double, double),
      call('COALESCE', number, number),
      call('SAFE_DIVIDE', number, number).map(zeroLess),
      call('SIGN', number),
      call('CHAR_LENGTH', text),
      call('STRPOS', text, textLiteral),
      // In an aggregator Druid reads the column as it is.
      fraction.map((value) => `(1 + CAST(${value} AS BIGINT))`),
      fc.tuple(unit, time).map(([of, at]) => `EXTRACT(${of} FROM ${at})`),
      call('TIME_EXTRACT', time, fc.constantFrom("'HOUR'", "'DOW'", "'DOY'", "'WEEK'"), zone),
      fc.tuple(unit, time, time).map(([of, from, to]) => `TIMESTAMPDIFF(${of}, ${from}, ${to})`),
      fc.tuple(condition, number, number).map(([test, a, b]) => `CASE WHEN ${test} THEN ${a} ELSE ${b} END`),
      call('TIMESTAMP_TO_MILLIS', time),
    ),
    condition: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      infix(number, ['=', '<>', '<', '<=', '>', '>='], number),
      infix(text, ['=', '<>', '<', '<=', '>', '>='], text),
      infix(
        fc.constant('__time'),
        ['<', '>='],
        fc.constantFrom("TIMESTAMP '2024-10-27 01:30:00'", "TIMESTAMP '2024-11-01'"),
      ),
      infix(condition, ['AND', 'OR'], condition),
      condition.map((inner) => `(NOT ${inner})`),
      fc.oneof(text, number).map((value) => `(${value} IS NULL)`),
      fc.oneof(text, number).map((value) => `(${value} IS NOT NULL)`),
      infix(number, ['=', '<'], number).map((inner) => `(${inner} IS NOT TRUE)`),
      fc
        .tuple(text, fc.constantFrom("'a%'", "'_'", "'%1%'", "'50\\%' ESCAPE '\\'"))
        .map(([value, like]) => `(${value} LIKE ${like})`),
      fc
        .tuple(text, fc.array(textLiteral, { minLength: 1, maxLength: 3 }))
        .map(([value, list]) => `(${value} IN (${list.join(', ')}))`),
      fc
        .tuple(text, fc.array(textLiteral, { minLength: 1, maxLength: 3 }))
        .map(([value, list]) => `(${value} NOT IN (${list.join(', ')}))`),
      fc
        .tuple(number, fc.constantFrom('-3', '0', '0.5'), fc.constantFrom('1', '2.25', '1000000'))
        .map(([value, from, to]) => `(${value} BETWEEN ${from} AND ${to})`),
      call('REGEXP_LIKE', text, fc.constantFrom("'^[a-c]'", "'[0-9]'")),
      call('CONTAINS_STRING', text, textLiteral),
      call('TIME_IN_INTERVAL', fc.constant('__time'), fc.constantFrom("'2024-10-26/2024-10-28'", "'2024-11-01/P1D'")),
    ),
  };
});

export const { text, number, condition } = grammar;

/** Behind FROM, or nothing. */
export const where = fc
  .option(condition, { nil: undefined })
  .map((given) => (given === undefined ? '' : ` WHERE ${given}`));

/** On rows; inside of an expression a dimension of several values makes several values of it. */
export const filter = fc.oneof(
  { arbitrary: condition, weight: 4 },
  { arbitrary: fc.constantFrom(...texts).map((value) => `(m = ${quoted(value)})`), weight: 1 },
  { arbitrary: fc.constantFrom(...texts).map((value) => `(m <> ${quoted(value)})`), weight: 1 },
  { arbitrary: textLiteral.map((value) => `NOT MV_CONTAINS(m, ${value})`), weight: 1 },
  {
    arbitrary: infix(call('MV_OVERLAP', fc.constant('m'), fc.constant("ARRAY['p', 'zz']")), ['AND', 'OR'], condition),
    weight: 1,
  },
);
export const bucket = fc.oneof(
  unit.map((of) => `FLOOR(__time TO ${of})`),
  unit.map((of) => `CEIL(__time TO ${of})`),
  call('TIME_FLOOR', fc.constant('__time'), period, fc.constant('NULL'), zone),
  unit.map((of) => `DATE_TRUNC('${of}', __time)`),
  call('TIME_SHIFT', fc.constant('__time'), period, fc.constantFrom('1', '-2'), zone),
);
export const scalar = fc.oneof(text, number, condition, bucket, registered, registered);
