/** What the functions of sketches take and give. */
import type { SketchType } from '../../../catalog/sketches/field.ts';
import type { Sql } from '../../../sql.ts';
import type { Expr } from '../types.ts';
import { arg, type Call } from './define.ts';

export const hll: SketchType = 'COMPLEX<HLLSketch>';
export const theta: SketchType = 'COMPLEX<thetaSketch>';
export const quantiles: SketchType = 'COMPLEX<quantilesDoublesSketch>';

/** Druid's defaults. */
export const usualHllSize = 2 ** 12;
export const usualThetaSize = 16_384;

/** A size as the argument gives it. */
export const hllSize = (call: Call, index: number) => 2 ** withinRange(call, index, 4, 21, Math.log2(usualHllSize));
export const thetaSize = (call: Call, index: number) => powerOfTwo(call, index, 2 ** 26, usualThetaSize);

export const sketch = (native: SketchType, state: Sql): Expr => ({ sql: state, type: 'OTHER', native });

export function withinRange(call: Call, index: number, least: number, most: number, usual: number): number {
  const number = call.integer(index) ?? usual;
  if (number < least || number > most)
    throw call.fail(`expected a number from ${least} to ${most} as argument ${index + 1}, got ${number}`);
  return number;
}

export function powerOfTwo(call: Call, index: number, most: number, usual: number): number {
  const number = withinRange(call, index, 2, most, usual);
  if (!Number.isInteger(Math.log2(number)))
    throw call.fail(`expected a power of two as argument ${index + 1}, got ${number}`);
  return number;
}

export function fraction(args: readonly Expr[], index: number, call: Call): number {
  const { literal } = arg(args, index);
  const number = typeof literal === 'bigint' ? Number(literal) : literal;
  if (typeof number !== 'number' || number < 0 || number > 1)
    throw call.fail(`expected a literal number from 0 to 1 as argument ${index + 1}`);
  return number;
}

/** As Druid reads it where a function takes one only: as a float, 0.05 of which is a little more. */
export const floatFraction = (args: readonly Expr[], index: number, call: Call): number =>
  Math.fround(fraction(args, index, call));
