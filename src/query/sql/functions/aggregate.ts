/** Aggregates. https://druid.apache.org/docs/latest/querying/sql-aggregations */
import { wrapLong } from '../../../catalog/numbers.ts';
import { type Sql, sql } from '../../../sql.ts';
import { bigint, cast, type Expr, isTime, isWhole, varchar } from '../types.ts';
import { type AggregateCall, type AggregateFunction, arg } from './define.ts';
import { numberOf } from './number.ts';

const functions: AggregateFunction[] = [
  { names: ['COUNT_STAR'], arity: [0, 0], compile: (_, { over }) => bigint(sql`count(*)${over}`) },
  {
    names: ['COUNT'],
    arity: [1, 1],
    compile(args, call) {
      if (!call.distinct) return bigint(sql`count(${arg(args, 0).sql})${call.over}`);
      return bigint(sql`count(DISTINCT ${call.approximate ? counted(arg(args, 0)) : arg(args, 0).sql})${call.over}`);
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
    compile: (args, { over }) => bigint(sql`count(DISTINCT ${counted(arg(args, 0))})${over}`),
  },
  {
    names: ['SUM'],
    arity: [1, 1],
    compile(args, call) {
      const number = numberOf(arg(args, 0), call);
      const sum = sql`sum(${distinct(call)}${number.sql})${call.over}`;
      return isWhole(number) ? bigint(wrapLong(sum)) : { sql: sum, type: 'DOUBLE' };
    },
  },
  extreme('MIN', sql`min`),
  extreme('MAX', sql`max`),
  {
    names: ['AVG'],
    arity: [1, 1],
    compile: (args, call) => ({
      sql: sql`avg(${distinct(call)}${numberOf(arg(args, 0), call).sql})${call.over}`,
      type: 'DOUBLE',
    }),
  },
  ofNumbers('VAR_POP', sql`var_pop`),
  ofNumbers('VAR_SAMP', sql`var_samp`, 'VARIANCE'),
  ofNumbers('STDDEV_POP', sql`stddev_pop`),
  ofNumbers('STDDEV_SAMP', sql`stddev_samp`, 'STDDEV'),
  { names: ['EARLIEST'], arity: [1, 2], compile: (args, call) => atTime(sql`min`, arg(args, 0), call.time(), call) },
  { names: ['LATEST'], arity: [1, 2], compile: (args, call) => atTime(sql`max`, arg(args, 0), call.time(), call) },
  {
    names: ['EARLIEST_BY'],
    arity: [2, 3],
    compile: (args, call) => atTime(sql`min`, arg(args, 0), arg(args, 1), call),
  },
  { names: ['LATEST_BY'], arity: [2, 3], compile: (args, call) => atTime(sql`max`, arg(args, 0), arg(args, 1), call) },
  {
    names: ['ANY_VALUE'],
    arity: [1, 3],
    compile: (args, { over }) => ({ ...unnamed(arg(args, 0)), sql: sql`any_value(${arg(args, 0).sql})${over}` }),
  },
  {
    names: ['STRING_AGG', 'LISTAGG'],
    arity: [1, 3],
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
function extreme(name: string, aggregate: Sql): AggregateFunction {
  return {
    names: [name],
    arity: [1, 1],
    compile: (args, { over }) => ({ ...unnamed(arg(args, 0)), sql: sql`${aggregate}(${arg(args, 0).sql})${over}` }),
  };
}

function ofNumbers(name: string, aggregate: Sql, ...others: string[]): AggregateFunction {
  return {
    names: [name, ...others],
    arity: [1, 1],
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
