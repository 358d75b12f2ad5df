/** Multi-value dimensions. https://druid.apache.org/docs/latest/querying/sql-multivalue-string-functions */
import { holds, holdsAll, overlap } from '../../../catalog/expression/lists.ts';
import { type Sql, sql } from '../../../sql.ts';
import { asMultiValue } from '../multi-value.ts';
import { boolean, cast, type Expr, isArray } from '../types.ts';
import { arg, native, type ScalarFunction } from './define.ts';

const functions: ScalarFunction[] = [
  likeArray('MV_LENGTH', 'array_length', [1, 1], ['<ARRAY>', '<STRING>'], 'The number of values.'),
  likeArray('MV_OFFSET', 'array_offset', [2, 2], ['array, expr'], 'The value at an offset, counted from 0.'),
  likeArray('MV_ORDINAL', 'array_ordinal', [2, 2], ['array, expr'], 'The value at an ordinal, counted from 1.'),
  likeArray('MV_OFFSET_OF', 'array_offset_of', [2, 2], ['array, expr'], 'The offset of the first such value.'),
  likeArray('MV_ORDINAL_OF', 'array_ordinal_of', [2, 2], ['array, expr'], 'The ordinal of the first such value.'),
  holding('MV_CONTAINS', holdsAll, 'Whether the value, or all values of an array, are there.'),
  holding('MV_OVERLAP', overlap, 'Whether both have a value in common.'),
  likeArray('MV_PREPEND', 'array_prepend', [2, 2], ['expr, array'], 'One more value before the others.'),
  likeArray('MV_APPEND', 'array_append', [2, 2], ['array, expr'], 'One more value behind the others.'),
  likeArray('MV_CONCAT', 'array_concat', [2, 2], ['array, array'], 'The values of both, one after the other.'),
  likeArray(
    'MV_SLICE',
    'array_slice',
    [2, 3],
    ['expr, start', 'expr, start, end'],
    'The values from one offset up to, without, another.',
  ),
  likeArray('MV_TO_STRING', 'array_to_string', [2, 2], ['array, expr'], 'The values joined by a text.'),
  likeArray(
    'STRING_TO_MV',
    'string_to_array',
    [2, 2],
    ['string, expr'],
    'The parts of a text between a delimiter, which is a regular expression.',
  ),
  filtering('MV_FILTER_ONLY', sql``, 'The values that are in an array.'),
  filtering('MV_FILTER_NONE', sql`NOT `, 'The values that are not in an array.'),
  {
    names: ['MV_TO_ARRAY'],
    arity: [1, 1],
    takesLists: true,
    takes: ['<STRING>', '<ARRAY>'],
    summary: 'The values as an array, for its functions and for GROUP BY of all of them together.',
    compile: (args, { zone }) => asArray(arg(args, 0), zone),
  },
  {
    names: ['ARRAY_TO_MV'],
    arity: [1, 1],
    takesLists: true,
    takes: ['<STRING>', '<ARRAY>'],
    summary: 'The values of an array as those of a multi-value dimension.',
    compile: (args, { zone }) => asMultiValue(asArray(arg(args, 0), zone)),
  },
];

export default functions;

const asArray = (expr: Expr, zone: string): Expr => cast(expr, 'VARCHAR ARRAY', zone);

function likeArray(
  name: string,
  nativeName: string,
  arity: ScalarFunction['arity'],
  takes: readonly string[],
  summary: string,
): ScalarFunction {
  return {
    names: [name],
    arity,
    takesLists: true,
    takes,
    summary,
    compile(args, call) {
      const result = native(nativeName, args, call);
      return isArray(result) ? asMultiValue(asArray(result, call.zone)) : result;
    },
  };
}

/** A row without values has the one value null. */
const valuesOf = (expr: Expr, zone: string): Sql => sql`coalesce(${asArray(expr, zone).sql}, [NULL])`;

function holding(name: string, test: (list: Sql, values: Sql) => Sql, summary: string): ScalarFunction {
  return {
    names: [name],
    arity: [2, 2],
    takesLists: true,
    takes: ['array, array'],
    summary,
    compile(args, { zone }) {
      const [values, wanted] = [valuesOf(arg(args, 0), zone), valuesOf(arg(args, 1), zone)];
      const held = test(values, wanted);
      const hasNull = sql`len(${values}) > list_count(${values})`;
      return { ...boolean(held), filter: sql`CASE WHEN ${held} THEN true WHEN ${hasNull} THEN NULL ELSE false END` };
    },
  };
}

function filtering(name: string, not: Sql, summary: string): ScalarFunction {
  return {
    names: [name],
    arity: [2, 2],
    takesLists: true,
    takes: ['string, array'],
    summary,
    compile(args, { zone }) {
      const [values, wanted] = [valuesOf(arg(args, 0), zone), asArray(arg(args, 1), zone).sql];
      const kept = sql`list_filter(${values}, lambda e: ${not}${holds(wanted, sql`e`)})`;
      return asMultiValue({ sql: sql`nullif(${kept}, []::VARCHAR[])`, type: 'VARCHAR ARRAY' });
    },
  };
}
