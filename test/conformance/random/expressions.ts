/** Random expressions of Druid's native language, as text. */
import fc from 'fast-check';
import { expressionFunctions } from '../../../src/catalog/expression/functions/index.ts';
import { call, infix, zeroLess } from './atoms.ts';
import { numberColumns, textColumns } from './columns.ts';

const quoted = (text: string) => `'${text}'`;
const textLiteral = fc.constantFrom('', 'a', 'b', 'ab', 'x1', '7', '12.5').map(quoted);
const numberLiteral = fc.constantFrom('0', '1', '2', '3', '-1', '10', '0.5', '2.25', '1000000');
const column = (names: readonly string[]) => fc.constantFrom(...names).map((name) => `"${name}"`);

/** For functions of which only the name and the count of arguments are known. Text that is no number is 0 to Druid's arithmetic. */
const leaf = fc.oneof(numberLiteral, column(numberColumns));

/** Read the clock, grow without bounds, need a literal, or what only a cluster has; Base64 of what is no UTF-8. */
const unasked = new Set([
  'timestamp_now',
  'repeat',
  'cast',
  'lookup',
  'array_offset',
  'array_ordinal',
  'decode_base64_utf8',
]);

const numberLists = ['array(1, 2)', 'array("l", 3)'];
const textLists = ["array('a', null)", 'array("k", "s")', 'string_to_array("s", \' \')'];
const list = fc.constantFrom(...numberLists, ...textLists);
/** Of a list of numbers with one of texts Druid makes one that it then cannot read. */
const joinsTypes = (name: string, args: readonly string[]) =>
  name === 'array_concat' && new Set(args.map((arg) => numberLists.includes(arg))).size > 1;

const registered = fc
  .constantFrom(...[...expressionFunctions.values()].filter(({ name }) => !unasked.has(name)))
  .chain(({ name, takesLists, arity: [least, most = least + 2] }) =>
    fc
      .array(takesLists ? list : leaf, { minLength: least, maxLength: most })
      .filter((args) => !joinsTypes(name, args))
      .map((args) => `${name}(${args.join(', ')})`),
  );

const grammar = fc.letrec<{ text: string; number: string; condition: string }>((tie) => {
  const text = tie('text');
  const number = tie('number');
  const condition = tie('condition');
  return {
    text: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      textLiteral,
      column(textColumns),
      call('concat', text, text),
      call('upper', text),
      call('lower', text),
      call('reverse', text),
      call('substring', text, fc.constantFrom('0', '1', '2'), fc.constantFrom('-1', '1', '2')),
      call('replace', text, textLiteral, textLiteral),
      call('nvl', text, text),
      call('if', condition, text, text),
      call('case_searched', condition, text, condition, text, text),
      call('case_simple', text, textLiteral, text, text),
      call('lpad', text, fc.constantFrom('0', '3', '6'), fc.constant("'*'")),
      call('trim', text),
      call('regexp_extract', text, fc.constantFrom("'[a-z]+'", "'^x([0-9]+)$'"), fc.constantFrom('0')),
      call('timestamp_format', fc.constant('__time'), fc.constantFrom("'yyyy-MM-dd'", "'EEE HH'", "'DDD ww'")),
      // Of several types these give the type of what is not null in the row.
      number.filter((value) => !/greatest|least|nvl/.test(value)).map((value) => `cast(${value}, 'STRING')`),
    ),
    number: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      numberLiteral,
      column(numberColumns),
      infix(number, ['+', '-'], number),
      // Each might be -0.0, which is less than 0 in Java; 0 less it is not.
      infix(number, ['*', '/'], number).map(zeroLess),
      // What is left of a fraction by 0 is NaN, a number to Java.
      infix(number, ['%'], fc.constantFrom('2', '3', '-4', '2.5')).map(zeroLess),
      number.map(zeroLess),
      fc.constantFrom('l', 'big').map((value) => `(-"${value}")`),
      call('abs', number),
      call('floor', number),
      call('ceil', number).map(zeroLess),
      call('round', number),
      call('div', number, fc.constantFrom('2', '3', '-4', '2.5')),
      call('greatest', number, number),
      call('least', number, number),
      call('nvl', number, number),
      call('if', condition, number, number),
      call('strlen', text),
      call('strpos', text, textLiteral),
      call('bitwiseAnd', number, number),
      // What `if` gives keeps its own type in Druid, whole or not, row by row.
      call('safe_divide', number, column(['d'])).map(zeroLess),
      text.map((value) => `cast(${value}, 'LONG')`),
      text.map((value) => `cast(${value}, 'DOUBLE')`),
      call('timestamp_extract', fc.constant('__time'), fc.constantFrom("'HOUR'", "'DOW'", "'WEEK'", "'QUARTER'")),
      call('timestamp_floor', fc.constant('__time'), fc.constantFrom("'PT1H'", "'P1D'", "'P1M'", "'PT5H'")),
    ),
    condition: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      infix(number, ['==', '!=', '<', '<=', '>', '>='], number),
      infix(text, ['==', '!=', '<', '<=', '>', '>='], text),
      infix(condition, ['&&', '||'], condition),
      condition.map((inner) => `(!${inner})`),
      call('isnull', fc.oneof(text, number)),
      call('notnull', fc.oneof(text, number)),
      call('like', text, fc.constantFrom("'a%'", "'_'", "'%1%'")),
      call('regexp_like', text, fc.constantFrom("'^[a-c]'", "'[0-9]'")),
      call('contains_string', text, textLiteral),
      call('istrue', condition),
      call('notfalse', condition),
    ),
  };
});

export const { text, number, condition } = grammar;
export const anyExpression = fc.oneof(text, number, condition, registered);
