/** Aggregates. https://druid.apache.org/docs/latest/querying/sql-aggregations */
import { bind } from '../../../catalog/bound.ts';
import { wrapLong } from '../../../catalog/numbers.ts';
import { distinctEstimate, hyperUniqueSize, mergeDistinct } from '../../../catalog/sketches/distinct.ts';
import { foldVariance, mergeVariance, varianceOf, varianceType } from '../../../catalog/sketches/variance.ts';
import { type Sql, sql } from '../../../sql.ts';
import { bigint, cast, type Expr, isArray, isWhole, nativeType } from '../types.ts';
import { type AggregateCall, type AggregateFunction, arg } from './define.ts';
import { numberOf } from './number.ts';

const functions: AggregateFunction[] = [
  {
    names: ['COUNT'],
    parsedAs: 'COUNT_STAR',
    arity: [0, 1],
    takesLists: true,
    takesSketches: true,
    takes: ['...'],
    summary: 'How many rows, or how many with a value; with DISTINCT how many different values.',
    compile(args, call) {
      const [value] = args;
      if (!value) return bigint(sql`count(*)${call.over}`);
      if (call.distinct) return countDistinct(value, call, call.approximate);
      if (!value.multiValue) return bigint(sql`count(${value.sql})${call.over}`);
      const isWhole = sql`list_bool_and(list_transform(${value.sql}, lambda e: e IS NOT NULL))`;
      return bigint(sql`count(CASE WHEN ${isWhole} THEN 1 END)${call.over}`);
    },
  },
  {
    names: ['APPROX_COUNT_DISTINCT', 'APPROX_COUNT_DISTINCT_BUILTIN'],
    arity: [1, 1],
    takesLists: true,
    takesSketches: true,
    takes: ['<STRING>', '<NUMERIC>', 'COMPLEX<hyperUnique>'],
    summary: 'How many different values, without null and the empty text; of a hyperUnique column an estimate.',
    compile: (args, call) => countDistinct(arg(args, 0), call, true),
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
  spread(['VAR_POP'], 'population', (variance) => variance, 'The variance of a population.'),
  spread(['VAR_SAMP', 'VARIANCE'], 'sample', (variance) => variance, 'The variance of a sample.'),
  spread(['STDDEV_POP'], 'population', rootOf, 'The standard deviation of a population.'),
  spread(['STDDEV_SAMP', 'STDDEV'], 'sample', rootOf, 'The standard deviation of a sample.'),
  bits('BIT_AND', sql`bit_and`, 'The bits that all values have.'),
  bits('BIT_OR', sql`bit_or`, 'The bits that one of the values has.'),
  bits('BIT_XOR', sql`bit_xor`, 'The bits that an odd number of the values has.'),
];

export default functions;

const distinct = (call: AggregateCall): Sql => (call.distinct ? sql`DISTINCT ` : sql``);

/** A sketch counts neither null nor ''. */
export function countDistinct(of: Expr, call: AggregateCall, approximate: boolean): Expr {
  const { sql: value, type, multiValue } = of;
  const { over } = call;
  if (type === 'OTHER') {
    if (nativeType(of) !== 'COMPLEX<hyperUnique>')
      throw call.fail(`is not supported for column type [${nativeType(of)}]`);
    return bigint(sql`CAST(round(${distinctEstimate(mergeDistinct(value, hyperUniqueSize, over))}) AS BIGINT)`);
  }
  const leftOut = approximate && type === 'VARCHAR';
  if (!multiValue) return bigint(sql`count(DISTINCT ${leftOut ? sql`nullif(${value}, '')` : value})${over}`);
  const different = sql`list_distinct(flatten(list(${value})${over}))`;
  return bigint(sql`coalesce(len(${leftOut ? sql`list_filter(${different}, lambda e: e <> '')` : different}), 0)`);
}

const unnamed = ({ type, native }: Expr): Pick<Expr, 'type' | 'native'> => ({ type, ...(native ? { native } : {}) });

/** Of text, too, though Druid 33 refuses that. */
function extreme(name: string, aggregate: Sql, summary: string): AggregateFunction {
  return {
    names: [name],
    arity: [1, 1],
    takes: ['<COMPARABLE_TYPE>'],
    summary,
    compile(args, call) {
      const value = arg(args, 0);
      if (isArray(value)) throw call.fail(`does not support the type ${value.type}`);
      return { ...unnamed(value), sql: sql`${aggregate}(${value.sql})${call.over}` };
    },
  };
}

/** Of numbers, or of what the aggregator `variance` has stored. */
function spread(
  names: AggregateFunction['names'],
  estimator: 'population' | 'sample',
  finish: (variance: Sql) => Sql,
  summary: string,
): AggregateFunction {
  return {
    names,
    arity: [1, 1],
    takesSketches: true,
    takes: ['<NUMERIC>'],
    summary,
    compile: (args, call) => {
      const of = arg(args, 0);
      const state =
        nativeType(of) === varianceType
          ? mergeVariance(of.sql, call.over)
          : foldVariance(sql`CAST(${numberOf(of, call).sql} AS DOUBLE)`, call.over);
      return { sql: bind(sql`v`, state, finish(varianceOf(sql`v`, estimator))), type: 'DOUBLE' };
    },
  };
}

function rootOf(variance: Sql): Sql {
  return sql`sqrt(${variance})`;
}

function bits(name: string, aggregate: Sql, summary: string): AggregateFunction {
  return {
    names: [name],
    arity: [1, 1],
    takes: ['<INTEGER>', '<BINARY>'],
    summary,
    compile: (args, call) =>
      bigint(sql`${aggregate}(${distinct(call)}${cast(arg(args, 0), 'BIGINT', call.zone).sql})${call.over}`),
  };
}
