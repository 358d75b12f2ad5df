/** Aggregates that gather the values of rows, in the order of their time. https://druid.apache.org/docs/latest/querying/sql-aggregations */
import { type Sql, sql } from '../../../sql.ts';
import {
  type ArrayType,
  bigint,
  cast,
  catalogValue,
  type Expr,
  elementOf,
  isArray,
  nativeType,
  varchar,
} from '../types.ts';
import { type AggregateCall, type AggregateFunction, arg } from './define.ts';

/** Druid's 1,024 bytes count for each segment by itself. */
const defaultBytes = 2 ** 20;

const functions: AggregateFunction[] = [
  {
    names: ['ARRAY_AGG'],
    arity: [1, 2],
    takesLists: true,
    takes: ['<ANY>', 'expr, maxSizeBytes'],
    summary:
      'All values as an array, nulls among them; with DISTINCT the different ones in order. At most 1 MiB, or maxSizeBytes.',
    compile(args, call) {
      const value = arg(args, 0);
      if (isArray(value)) throw call.gap('an array of arrays');
      if (value.multiValue) return gathered(sql`flatten(${rows(value.sql, call)})`, 'VARCHAR ARRAY', call, 1);
      const { sql: element, type } = storable(value);
      const array = gathered(rows(element, call), `${type} ARRAY`, call, 1);
      return value.type === 'FLOAT' ? { ...array, native: 'ARRAY<FLOAT>' } : array;
    },
  },
  {
    names: ['ARRAY_CONCAT_AGG'],
    arity: [1, 2],
    takesLists: true,
    takes: ['<ARRAY>', 'expr, maxSizeBytes'],
    summary:
      'The arrays of all rows as one, null ones left out; with DISTINCT the different values in order. At most 1 MiB, or maxSizeBytes.',
    compile(args, call) {
      const value = arg(args, 0);
      if (!isArray(value)) throw call.fail(`expected an array, got a ${value.type}`);
      const type = value.type as ArrayType;
      return gathered(sql`flatten(list_filter(${rows(value.sql, call)}, lambda e: e IS NOT NULL))`, type, call, 1);
    },
  },
  {
    names: ['STRING_AGG', 'LISTAGG'],
    arity: [2, 3],
    takesLists: true,
    takes: ['expr, separator', 'expr, separator, maxSizeBytes'],
    summary: 'The values that are not null, joined by a text. At most 1 MiB, or maxSizeBytes.',
    compile(args, call) {
      const separator = call.text(1);
      if (separator === undefined) throw call.fail('expected a text literal as argument 2');
      const value = arg(args, 0);
      // Of a multi-value dimension a row with a null among its values is left out as well.
      const texts = value.multiValue
        ? sql`flatten(list_filter(${rows(value.sql, call)}, lambda e: len(e) = list_count(e)))`
        : sql`list_filter(${rows(cast(value, 'VARCHAR', call.zone).sql, call)}, lambda e: e IS NOT NULL)`;
      const list = gathered(texts, 'VARCHAR ARRAY', call, 2);
      return varchar(sql`array_to_string(nullif(${list.sql}, []::VARCHAR[]), ${separator})`);
    },
  },
];

export default functions;

/** A list of one value for each row; those of the same time in the order of the values. */
function rows(value: Sql, { over, time }: AggregateCall): Sql {
  const at = time();
  return sql`list(${value}${at ? sql` ORDER BY ${at.sql}, ${value}` : sql``})${over}`;
}

/** In the type in which Druid keeps it in an array: times are milliseconds, conditions 1 and 0. */
function storable(value: Expr): Expr & { readonly type: 'VARCHAR' | 'BIGINT' | 'DOUBLE' } {
  const { sql: stored, type } = catalogValue(value);
  switch (type) {
    case 'LONG':
      return { ...bigint(stored), type: 'BIGINT' };
    case 'FLOAT':
    case 'DOUBLE':
      return { sql: sql`CAST(${stored} AS DOUBLE)`, type: 'DOUBLE' };
    default:
      return { sql: stored, type: 'VARCHAR' };
  }
}

/** The list as a result: without repetitions where these are not wanted, and an error where it is too large. */
function gathered(list: Sql, type: ArrayType, call: AggregateCall, limitAt: number): Expr {
  const values = call.distinct
    ? sql`CASE WHEN l IS NOT NULL THEN list_concat(list_filter(l, lambda e: e IS NULL)[1:1], list_sort(list_distinct(l))) END`
    : sql`l`;
  const most = call.integer(limitAt) ?? defaultBytes;
  // A null takes a byte, a value one more than itself, and before a text stands its length.
  const bytes = elementOf(type) === 'VARCHAR' ? sql`5 + strlen(e)` : sql`9`;
  const size = sql`5 + coalesce(list_sum(list_transform(l, lambda e: CASE WHEN e IS NULL THEN 1 ELSE ${bytes} END)), 0)`;
  const message = `Exceeded memory usage when aggregating type [${nativeType({ type })}], its size is larger than max [${most}]`;
  const checked = sql`CASE WHEN ${size} > ${most} THEN error(${message}) ELSE l END`;
  return {
    sql: sql`list_transform(list_transform([${list}], lambda l: ${values}), lambda l: ${checked})[1]`,
    type,
  };
}
