/** What reads and combines sketches. https://druid.apache.org/docs/latest/querying/sql-scalar#sketch-functions */
import {
  combineDistinct,
  distinctBounds,
  distinctEstimate,
  type SetOperation,
} from '../../../catalog/sketches/distinct.ts';
import type { SketchType } from '../../../catalog/sketches/field.ts';
import { countsBetween, quantileOf, quantilesOf, rankOf, ranksOf } from '../../../catalog/sketches/quantiles.ts';
import { boundedEstimate } from '../../../catalog/sketches/theta.ts';
import { type Sql, sql } from '../../../sql.ts';
import { cast, double, type Expr, nativeType } from '../types.ts';
import { arg, type Call, type ScalarFunction } from './define.ts';
import {
  floatFraction,
  fraction,
  hll,
  hllSize,
  quantiles,
  sketch,
  theta,
  thetaSize,
  usualHllSize,
  usualThetaSize,
  withinRange,
} from './sketch-arguments.ts';

const functions: ScalarFunction[] = [
  {
    names: ['HLL_SKETCH_ESTIMATE'],
    arity: [1, 2],
    takes: ['<ANY>, [<BOOLEAN>]'],
    summary: 'How many different values a sketch has seen, rounded if so wished.',
    compile(args, call) {
      const estimate = distinctEstimate(sketchOf(args, 0, hll, call));
      return double(args[1]?.literal === true ? sql`round(${estimate})` : estimate);
    },
  },
  {
    names: ['HLL_SKETCH_ESTIMATE_WITH_ERROR_BOUNDS'],
    arity: [1, 2],
    takes: ['<ANY>, [<INTEGER>]'],
    summary: 'The estimate, and between what numbers the true one lies, by one or more standard errors.',
    compile(args, call) {
      const { low, high } = distinctBounds(sql`x`, deviations(call, 1));
      const list = sql`[${distinctEstimate(sql`x`)}, ${low}, ${high}]`;
      return doubles(sql`list_transform([${sketchOf(args, 0, hll, call)}], lambda x: ${list})[1]`);
    },
  },
  combining('HLL_SKETCH_UNION', 'UNION', hll, 'The sketch of what any of some sketches has seen.'),
  {
    names: ['THETA_SKETCH_ESTIMATE'],
    arity: [1, 1],
    takes: ['<ANY>'],
    summary: 'How many different values a sketch has seen.',
    compile: (args, call) => double(distinctEstimate(sketchOf(args, 0, theta, call))),
  },
  {
    names: ['THETA_SKETCH_ESTIMATE_WITH_ERROR_BOUNDS'],
    arity: [2, 2],
    takes: ['<ANY>, <INTEGER>'],
    summary: 'The estimate, and between what numbers the true one lies, by one or more standard errors.',
    compile(args, call) {
      const bounded = boundedEstimate(sketchOf(args, 0, theta, call), deviations(call, 1));
      return { sql: bounded.sql, type: 'OTHER', native: bounded.type };
    },
  },
  combining('THETA_SKETCH_UNION', 'UNION', theta, 'The sketch of what any of some sketches has seen.'),
  combining('THETA_SKETCH_INTERSECT', 'INTERSECT', theta, 'The sketch of what all of some sketches have seen.'),
  combining('THETA_SKETCH_NOT', 'NOT', theta, 'The sketch of what only the first of some sketches has seen.'),
  {
    names: ['DS_GET_QUANTILE'],
    arity: [2, 2],
    takes: ['<ANY>, <NUMERIC>'],
    summary: 'The value below or at which a part of all values lies.',
    compile: (args, call) => double(quantileOf(sketchOf(args, 0, quantiles, call), floatFraction(args, 1, call))),
  },
  {
    names: ['DS_GET_QUANTILES'],
    arity: [2],
    takes: ['sketch, arg1, [arg2, ...]'],
    summary: 'The same for several parts.',
    compile(args, call) {
      const fractions = args.slice(1).map((_, i) => fraction(args, i + 1, call));
      return doubles(quantilesOf(sketchOf(args, 0, quantiles, call), fractions));
    },
  },
  {
    names: ['DS_RANK'],
    arity: [2, 2],
    takes: ['<ANY>, <NUMERIC>'],
    summary: 'Which part of all values lies below or at a value.',
    compile: (args, call) => double(rankOf(sketchOf(args, 0, quantiles, call), floatAt(args, 1, call))),
  },
  {
    names: ['DS_CDF'],
    arity: [2],
    takes: ['sketch, arg1, [arg2, ...]'],
    summary: 'Which part of all values lies below or at each of some points, and the whole at the end.',
    compile: (args, call) => doubles(ranksOf(sketchOf(args, 0, quantiles, call), splitPoints(args, call))),
  },
  {
    names: ['DS_HISTOGRAM'],
    arity: [2],
    takes: ['sketch, arg1, [arg2, ...]'],
    summary: 'How many values lie between some points.',
    compile: (args, call) => doubles(countsBetween(sketchOf(args, 0, quantiles, call), splitPoints(args, call))),
  },
];

export default functions;

const doubles = (list: Sql): Expr => ({ sql: list, type: 'DOUBLE ARRAY' });
const deviations = (call: Call, index: number) => withinRange(call, index, 1, 3, 1);

function sketchOf(args: readonly Expr[], index: number, type: SketchType, call: Call): Sql {
  const expr = arg(args, index);
  if (nativeType(expr) === type) return expr.sql;
  throw call.fail(`expected ${type} as argument ${index + 1}, got ${nativeType(expr)}`);
}

/** Their size may come before the sketches. */
function combining(name: string, operation: SetOperation, type: SketchType, summary: string): ScalarFunction {
  const [sizeOf, usualSize] = type === hll ? [hllSize, usualHllSize] : [thetaSize, usualThetaSize];
  return {
    names: [name],
    arity: [1],
    takes: ['...'],
    summary,
    compile(args, call) {
      const first = Math.max(
        0,
        args.findIndex(({ type: one }) => one === 'OTHER'),
      );
      const sketches = args.slice(first).map((_, i) => sketchOf(args, first + i, type, call));
      const size = first === 0 ? usualSize : sizeOf(call, 0);
      return sketch(type, combineDistinct(operation, size, sketches));
    },
  };
}

const numberAt = (args: readonly Expr[], index: number, call: Call): Sql =>
  cast(arg(args, index), 'DOUBLE', call.zone).sql;

/** As Druid reads one that stands alone. */
const floatAt = (args: readonly Expr[], index: number, call: Call): Sql =>
  sql`CAST(CAST(${numberAt(args, index, call)} AS FLOAT) AS DOUBLE)`;

const splitPoints = (args: readonly Expr[], call: Call): Sql[] =>
  args.slice(1).map((_, i) => numberAt(args, i + 1, call));
