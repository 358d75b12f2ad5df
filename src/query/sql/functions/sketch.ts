/** What makes sketches, and what tells of them at once. https://druid.apache.org/docs/latest/querying/sql-aggregations#sketch-functions */
import { distinctEstimate, foldDistinct, mergeDistinct } from '../../../catalog/sketches/distinct.ts';
import type { SketchType } from '../../../catalog/sketches/field.ts';
import { histogramType, sizeOf } from '../../../catalog/sketches/histogram.ts';
import { foldQuantiles, mergeQuantiles, quantileOf } from '../../../catalog/sketches/quantiles.ts';
import { type Sql, sql } from '../../../sql.ts';
import { bigint, catalogValue, double, type Expr, nativeType } from '../types.ts';
import { countDistinct } from './aggregate.ts';
import { type AggregateCall, type AggregateFunction, arg, type Call } from './define.ts';
import {
  floatFraction,
  fraction,
  hll,
  hllSize,
  powerOfTwo,
  quantiles,
  sketch,
  theta,
  thetaSize,
} from './sketch-arguments.ts';

/** Druid's default is 128. */
const quantilesSize = (call: Call, index: number) => powerOfTwo(call, index, 2 ** 15, 128);

const functions: AggregateFunction[] = [
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
    compile: (args, call) => sketch(quantiles, distribution(arg(args, 0), call, quantiles, quantilesSize(call, 1))),
  },
  {
    names: ['APPROX_QUANTILE_DS'],
    arity: [2, 3],
    takesSketches: true,
    takes: ['<column>, <probability>, [<k>]'],
    summary: 'The value below or at which a part of all values lies.',
    compile: (args, call) =>
      double(
        quantileOf(distribution(arg(args, 0), call, quantiles, quantilesSize(call, 2)), floatFraction(args, 1, call)),
      ),
  },
  {
    names: ['APPROX_QUANTILE'],
    arity: [2, 3],
    takesSketches: true,
    takes: ['<NUMERIC>, <NUMERIC>', '<NUMERIC>, <NUMERIC>, <NUMERIC>'],
    summary: 'The value below or at which a part of all values lies, also of an approxHistogram column.',
    compile(args, call) {
      const k = sizeOf(call.integer(2) ?? 50);
      return double(quantileOf(distribution(arg(args, 0), call, histogramType, k), fraction(args, 1, call)));
    },
  },
];

export default functions;

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

function distribution(of: Expr, call: AggregateCall, type: SketchType, k: number): Sql {
  return holds(type, of, call) ? mergeQuantiles(of.sql, k, call.over) : foldQuantiles(catalogValue(of), k, call.over);
}
