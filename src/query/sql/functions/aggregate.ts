/** Aggregates. https://druid.apache.org/docs/latest/querying/sql-aggregations */
import { wrapLong } from '../../../catalog/numbers.ts';
import { type Sql, sql } from '../../../sql.ts';
import { bigint, cast, type Expr, isTime, isWhole, varchar } from '../types.ts';
import { type AggregateCall, type AggregateFunction, arg } from './define.ts';
import { numberOf } from './number.ts';

const ofRow = ['<expr>, [<maxBytesPerStringInt>, [<aggregateMultipleValuesBoolean>]]'];
const ofRowBy = ['<expr>, <timeColumn>, [<maxBytesPerString>]'];

const functions: AggregateFunction[] = [
  {
    names: ['COUNT'],
    parsedAs: 'COUNT_STAR',
    arity: [0, 1],
    takes: ['...'],
    summary: 'How many rows, or how many with a value; with DISTINCT how many different values.',
    compile(args, call) {
      const [value] = args;
      if (!value) return bigint(sql`count(*)${call.over}`);
      if (!call.distinct) return bigint(sql`count(${value.sql})${call.over}`);
      return bigint(sql`count(DISTINCT ${call.approximate ? counted(value) : value.sql})${call.over}`);
    },
  },
  {
    names: [
      'APPROX_COUNT_DISTINCT',
      'APPROX_COUNT_DISTINCT_BUILTIN',
      'APPROX_COUNT_DISTINCT_DS_HLL',
      'APPROX_COUNT_DISTINCT_DS_THETA',
    ],
    arity: [1, 3],
    takes: ['<STRING>', '<NUMERIC>'],
    summary: 'How many different values, without null and the empty text.',
    compile: (args, { over }) => bigint(sql`count(DISTINCT ${counted(arg(args, 0))})${over}`),
  },
  {
    names: ['SUM'],
    arity: [1, 1],
    takes: ['<NUMERIC>'],
    summary: 'The sum.',
    compile(args, call) {
      const number = numberOf(arg(args, 0), call);
      const sum = sql`sum(${distinct(call)}${number.sql})${call.over}`;
      return isWhole(number) ? bigint(wrapLong(sum)) : { sql: sum, type: 'DOUBLE' };
    },
  },
  extreme('MIN', sql`min`, 'The smallest value.'),
  extreme('MAX', sql`max`, 'The largest value.'),
  {
    names: ['AVG'],
    arity: [1, 1],
    takes: ['<NUMERIC>'],
    summary: 'The mean.',
    compile: (args, call) => ({
      sql: sql`avg(${distinct(call)}${numberOf(arg(args, 0), call).sql})${call.over}`,
      type: 'DOUBLE',
    }),
  },
  ofNumbers(['VAR_POP'], sql`var_pop`, 'The variance of a population.'),
  ofNumbers(['VAR_SAMP', 'VARIANCE'], sql`var_samp`, 'The variance of a sample.'),
  ofNumbers(['STDDEV_POP'], sql`stddev_pop`, 'The standard deviation of a population.'),
  ofNumbers(['STDDEV_SAMP', 'STDDEV'], sql`stddev_samp`, 'The standard deviation of a sample.'),
  {
    names: ['EARLIEST'],
    arity: [1, 3],
    takes: ofRow,
    summary: 'The value of the row with the smallest `__time`.',
    compile: (args, call) => atTime(sql`min`, arg(args, 0), call.time(), call),
  },
  {
    names: ['LATEST'],
    arity: [1, 3],
    takes: ofRow,
    summary: 'The value of the row with the largest `__time`.',
    compile: (args, call) => atTime(sql`max`, arg(args, 0), call.time(), call),
  },
  {
    names: ['EARLIEST_BY'],
    arity: [2, 3],
    takes: ofRowBy,
    summary: 'The value of the row with the smallest time in a column.',
    compile: (args, call) => atTime(sql`min`, arg(args, 0), arg(args, 1), call),
  },
  {
    names: ['LATEST_BY'],
    arity: [2, 3],
    takes: ofRowBy,
    summary: 'The value of the row with the largest time in a column.',
    compile: (args, call) => atTime(sql`max`, arg(args, 0), arg(args, 1), call),
  },
  {
    names: ['ANY_VALUE'],
    arity: [1, 3],
    takes: ofRow,
    summary: 'The value of some row.',
    compile: (args, { over }) => ({ ...unnamed(arg(args, 0)), sql: sql`any_value(${arg(args, 0).sql})${over}` }),
  },
  {
    names: ['STRING_AGG', 'LISTAGG'],
    arity: [1, 3],
    takes: ['expr, separator', 'expr, separator, maxSizeBytes'],
    summary: 'The values that are not null, joined by a text.',
    compile: (args, call) => {
      const text = cast(arg(args, 0), 'VARCHAR', call.zone).sql;
      return varchar(sql`string_agg(${distinct(call)}${text}, ${call.text(1) ?? ''})${call.over}`);
    },
  },
];

export default functions;

const distinct = (call: AggregateCall): Sql => (call.distinct ? sql`DISTINCT ` : sql``);

/** A sketch counts neither null nor ''. */
const counted = (expr: Expr): Sql => (expr.type === 'VARCHAR' ? sql`nullif(${expr.sql}, '')` : expr.sql);

const unnamed = ({ type, native }: Expr): Pick<Expr, 'type' | 'native'> => ({ type, ...(native ? { native } : {}) });

/** Of text, too, though Druid 33 refuses that. */
function extreme(name: string, aggregate: Sql, summary: string): AggregateFunction {
  return {
    names: [name],
    arity: [1, 1],
    takes: ['<COMPARABLE_TYPE>'],
    summary,
    compile: (args, { over }) => ({ ...unnamed(arg(args, 0)), sql: sql`${aggregate}(${arg(args, 0).sql})${over}` }),
  };
}

function ofNumbers(names: AggregateFunction['names'], aggregate: Sql, summary: string): AggregateFunction {
  return {
    names,
    arity: [1, 1],
    takes: ['<NUMERIC>'],
    summary,
    compile: (args, call) => ({
      sql: sql`${aggregate}(CAST(${numberOf(arg(args, 0), call).sql} AS DOUBLE))${call.over}`,
      type: 'DOUBLE',
    }),
  };
}

/** Among equal times by value, so that the order of arrival does not matter. */
function atTime(aggregate: Sql, value: Expr, time: Expr, call: AggregateCall): Expr {
  if (!isTime(time)) throw call.fail(`expected a TIMESTAMP, got a ${time.type}`);
  const state = sql`${aggregate}(struct_pack(t := ${time.sql}, v := ${value.sql}))${call.over}`;
  return { ...unnamed(value), sql: sql`(${state}).v` };
}
