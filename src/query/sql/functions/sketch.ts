/** Sketches: what makes them, and what reads them. https://druid.apache.org/docs/latest/querying/sql-aggregations#sketch-functions */

import {
  combineDistinct,
  distinctBounds,
  distinctEstimate,
  foldDistinct,
  mergeDistinct,
  type SetOperation,
} from '../../../catalog/sketches/distinct.ts';
import type { SketchType } from '../../../catalog/sketches/field.ts';
import {
  countsBetween,
  foldQuantiles,
  mergeQuantiles,
  quantileOf,
  rankOf,
  ranksOf,
} from '../../../catalog/sketches/quantiles.ts';
import { boundedEstimate } from '../../../catalog/sketches/theta.ts';
import { join, type Sql, sql } from '../../../sql.ts';
import { bigint, cast, catalogValue, double, type Expr, nativeType } from '../types.ts';
import { countDistinct } from './aggregate.ts';
import { type AggregateCall, type AggregateFunction, arg, type Call, type ScalarFunction } from './define.ts';

const hll: SketchType = 'COMPLEX<HLLSketch>';
const theta: SketchType = 'COMPLEX<thetaSketch>';
const quantiles: SketchType = 'COMPLEX<quantilesDoublesSketch>';

/** Druid's defaults. */
const usualLgK = 12;
const usualThetaSize = 16_384;

const hllSize = (call: Call, index: number) => 2 ** withinRange(call, index, 4, 21, usualLgK);
const thetaSize = (call: Call, index: number) => powerOfTwo(call, index, 2 ** 26, usualThetaSize);

const aggregates: AggregateFunction[] = [
  {
    names: ['APPROX_COUNT_DISTINCT_DS_HLL', 'APPROX_COUNT_DISTINCT_DS_HLL_UTF8'],
    arity: [1, 3],
    takesLists: true,
    takesSketches: true,
    takes: ['<STRING>', '<NUMERIC>', 'COMPLEX<HLLSketch>', 'column, lgk', 'column, lgk, tgtHllType'],
    summary: 'How many different values, without null and the empty text; of stored sketches an estimate.',
    compile: (args, call) => distinctCount(arg(args, 0), call, hll, hllSize(call, 1)),
  },
  {
    names: ['APPROX_COUNT_DISTINCT_DS_THETA'],
    arity: [1, 2],
    takesLists: true,
    takesSketches: true,
    takes: ['<STRING>', '<NUMERIC>', 'COMPLEX<thetaSketch>', 'expr, size'],
    summary: 'How many different values, without null and the empty text; of stored sketches an estimate.',
    compile: (args, call) => distinctCount(arg(args, 0), call, theta, thetaSize(call, 1)),
  },
  {
    names: ['DS_HLL'],
    arity: [1, 3],
    takesLists: true,
    takesSketches: true,
    takes: ['<column>, [<lgK>, [<tgtHllType>]]'],
    summary: 'A sketch of the different values.',
    compile: (args, call) => sketch(hll, distinctSketch(arg(args, 0), call, hll, hllSize(call, 1))),
  },
  {
    names: ['DS_THETA'],
    arity: [1, 2],
    takesLists: true,
    takesSketches: true,
    takes: ['<column>, [<size>]'],
    summary: 'A sketch of the different values, which can be intersected and subtracted.',
    compile: (args, call) => sketch(theta, distinctSketch(arg(args, 0), call, theta, thetaSize(call, 1))),
  },
  {
    names: ['DS_QUANTILES_SKETCH'],
    arity: [1, 2],
    takesSketches: true,
    takes: ['<column>, [<k>]'],
    summary: 'A sketch of how numbers are distributed.',
    compile: (args, call) => sketch(quantiles, quantilesSketch(arg(args, 0), call, 1)),
  },
  {
    names: ['APPROX_QUANTILE_DS'],
    arity: [2, 3],
    takesSketches: true,
    takes: ['<column>, <probability>, [<k>]'],
    summary: 'The value below or at which a part of all values lies.',
    compile: (args, call) => double(quantileOf(quantilesSketch(arg(args, 0), call, 2), fraction(args, 1, call))),
  },
];

const scalars: ScalarFunction[] = [
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
    compile: (args, call) => double(quantileOf(sketchOf(args, 0, quantiles, call), fraction(args, 1, call))),
  },
  {
    names: ['DS_GET_QUANTILES'],
    arity: [2],
    takes: ['sketch, arg1, [arg2, ...]'],
    summary: 'The same for several parts.',
    compile(args, call) {
      const from = sketchOf(args, 0, quantiles, call);
      return doubles(sql`[${join(args.slice(1).map((_, i) => quantileOf(from, fraction(args, i + 1, call))))}]`);
    },
  },
  {
    names: ['DS_RANK'],
    arity: [2, 2],
    takes: ['<ANY>, <NUMERIC>'],
    summary: 'Which part of all values lies below or at a value.',
    compile: (args, call) => double(rankOf(sketchOf(args, 0, quantiles, call), numberAt(args, 1, call))),
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

export default { aggregates, scalars };

const sketch = (native: SketchType, state: Sql): Expr => ({ sql: state, type: 'OTHER', native });
const doubles = (list: Sql): Expr => ({ sql: list, type: 'DOUBLE ARRAY' });

const deviations = (call: Call, index: number) => withinRange(call, index, 1, 3, 1);

function withinRange(call: Call, index: number, least: number, most: number, usual: number): number {
  const number = call.integer(index) ?? usual;
  if (number < least || number > most)
    throw call.fail(`expected a number from ${least} to ${most} as argument ${index + 1}, got ${number}`);
  return number;
}

function powerOfTwo(call: Call, index: number, most: number, usual: number): number {
  const number = withinRange(call, index, 2, most, usual);
  if (!Number.isInteger(Math.log2(number)))
    throw call.fail(`expected a power of two as argument ${index + 1}, got ${number}`);
  return number;
}

/** Whether the argument holds sketches of this type; a mistake where they are of another. */
function holds(type: SketchType, expr: Expr, call: Call): boolean {
  if (expr.type !== 'OTHER') return false;
  if (nativeType(expr) === type) return true;
  throw call.fail(`expected ${type} or plain values, got ${nativeType(expr)}`);
}

/** Of plain values it is exact, and faster so. */
function distinctCount(of: Expr, call: AggregateCall, type: SketchType, size: number): Expr {
  if (!holds(type, of, call)) return countDistinct(of, call, true);
  return bigint(sql`CAST(round(${distinctEstimate(mergeDistinct(of.sql, size, call.over))}) AS BIGINT)`);
}

function distinctSketch(of: Expr, call: AggregateCall, type: SketchType, size: number): Sql {
  if (holds(type, of, call)) return mergeDistinct(of.sql, size, call.over);
  return foldDistinct({ ...catalogValue(of), multiValue: of.multiValue ?? false }, size, call.over);
}

function quantilesSketch(of: Expr, call: AggregateCall, sizeAt: number): Sql {
  const k = powerOfTwo(call, sizeAt, 2 ** 15, 128);
  return holds(quantiles, of, call)
    ? mergeQuantiles(of.sql, k, call.over)
    : foldQuantiles(catalogValue(of), k, call.over);
}

function sketchOf(args: readonly Expr[], index: number, type: SketchType, call: Call): Sql {
  const expr = arg(args, index);
  if (nativeType(expr) === type) return expr.sql;
  throw call.fail(`expected ${type} as argument ${index + 1}, got ${nativeType(expr)}`);
}

/** Their size may come before the sketches. */
function combining(name: string, operation: SetOperation, type: SketchType, summary: string): ScalarFunction {
  const [sizeOf, usualSize] = type === hll ? [hllSize, 2 ** usualLgK] : [thetaSize, usualThetaSize];
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

function fraction(args: readonly Expr[], index: number, call: Call): number {
  const { literal } = arg(args, index);
  const number = typeof literal === 'bigint' ? Number(literal) : literal;
  if (typeof number !== 'number' || number < 0 || number > 1)
    throw call.fail(`expected a literal number from 0 to 1 as argument ${index + 1}`);
  return number;
}

const numberAt = (args: readonly Expr[], index: number, call: Call): Sql =>
  cast(arg(args, index), 'DOUBLE', call.zone).sql;

const splitPoints = (args: readonly Expr[], call: Call): Sql[] =>
  args.slice(1).map((_, i) => numberAt(args, i + 1, call));
