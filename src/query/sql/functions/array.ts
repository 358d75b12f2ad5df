/** Arrays. Offsets count from 0, ordinals from 1. https://druid.apache.org/docs/latest/querying/sql-array-functions */
import { sql } from '../../../sql.ts';
import { bigint, commonType, type Expr, inType, isArray, isTime } from '../types.ts';
import { type Call, listsViaNative, native, type ScalarFunction } from './define.ts';

const functions: ScalarFunction[] = [
  {
    names: ['ARRAY'],
    arity: [1],
    takesLists: true,
    takes: ['...'],
    summary: 'An array of the values: `ARRAY[1, 2]`.',
    compile: arrayOf,
  },
  listsViaNative('array_length', ['ARRAY_LENGTH'], [1, 1], ['<ARRAY>', '<STRING>'], 'The number of values.'),
  listsViaNative(
    'array_offset',
    ['ARRAY_OFFSET'],
    [2, 2],
    ['array, expr'],
    'The value at an offset; null outside of the array.',
  ),
  listsViaNative(
    'array_ordinal',
    ['ARRAY_ORDINAL'],
    [2, 2],
    ['array, expr'],
    'The value at an ordinal; null outside of the array.',
  ),
  listsViaNative(
    'array_offset_of',
    ['ARRAY_OFFSET_OF'],
    [2, 2],
    ['array, expr'],
    'The offset of the first such value; null where there is none.',
  ),
  listsViaNative(
    'array_ordinal_of',
    ['ARRAY_ORDINAL_OF'],
    [2, 2],
    ['array, expr'],
    'The ordinal of the first such value; null where there is none.',
  ),
  listsViaNative(
    'array_contains',
    ['ARRAY_CONTAINS'],
    [2, 2],
    ['array, array'],
    'Whether the array holds a value, or all values of another array.',
  ),
  listsViaNative(
    'array_overlap',
    ['ARRAY_OVERLAP'],
    [2, 2],
    ['array, array'],
    'Whether two arrays have a value in common.',
  ),
  listsViaNative('scalar_in_array', ['SCALAR_IN_ARRAY'], [2, 2], ['expr, array'], 'Whether a value is in an array.'),
  listsViaNative('array_prepend', ['ARRAY_PREPEND'], [2, 2], ['expr, array'], 'The array with one more value before.'),
  listsViaNative('array_append', ['ARRAY_APPEND'], [2, 2], ['array, expr'], 'The array with one more value behind.'),
  listsViaNative('array_concat', ['ARRAY_CONCAT'], [2, 2], ['array, array'], 'Two arrays, one after the other.'),
  listsViaNative(
    'array_slice',
    ['ARRAY_SLICE'],
    [2, 3],
    ['expr, start', 'expr, start, end'],
    'The values from one offset up to, without, another.',
  ),
  listsViaNative(
    'array_to_string',
    ['ARRAY_TO_STRING'],
    [2, 2],
    ['array, expr'],
    'The values joined by a text; a null is written `null`.',
  ),
  listsViaNative(
    'array_quantile',
    ['ARRAY_QUANTILE'],
    [2, 2],
    ['<ARRAY>, <NUMERIC>'],
    'The value at a rank from 0 to 1 of an array of numbers, between two of them in proportion.',
  ),
  listsViaNative(
    'string_to_array',
    ['STRING_TO_ARRAY'],
    [2, 2],
    ['string, expr'],
    'The parts of a text between a delimiter, which is a regular expression.',
  ),
];

export default functions;

function arrayOf(args: readonly Expr[], call: Call): Expr {
  if (args.some(isArray)) throw call.gap('an array of arrays');
  const values = args.map((value) => (isTime(value) ? bigint(sql`epoch_ms(${value.sql})`) : value));
  const type = commonType(values);
  const texts = values.filter((value) => value.type === 'VARCHAR').length;
  if (type === undefined || (texts > 0 && type !== 'VARCHAR')) throw call.fail('Parameters must be of the same type');
  return native(
    'array',
    values.map((value) => ({ ...value, sql: inType(value, type, call.zone), type })),
    call,
  );
}
