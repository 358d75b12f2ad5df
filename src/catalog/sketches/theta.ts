/** What thetaSketch's aggregator and post-aggregators share. */
import { z } from 'zod';
import { type Sql, sql } from '../../sql.ts';
import type { Value } from '../define.ts';
import { distinctBounds, distinctEstimate } from './distinct.ts';

export const thetaType = 'COMPLEX<thetaSketch>';

/** Up to as many hashes are kept. Druid's limits and default. */
export const thetaSizeSchema = z
  .number()
  .int()
  .min(16)
  .max(2 ** 26)
  .refine((size) => Number.isInteger(Math.log2(size)), { error: 'expected a power of two' })
  .default(16_384);

/** `{"estimate", "highBound", "lowBound", "numStdDev"}`, as Druid names them. */
export function boundedEstimate(state: Sql, deviations: number): Value {
  const { low, high } = distinctBounds(sql`x`, deviations);
  const members = sql`struct_pack(estimate := ${distinctEstimate(sql`x`)}, highBound := ${high}, lowBound := ${low}, numStdDev := ${deviations})`;
  return {
    sql: sql`list_transform([${state}], lambda x: ${members})[1]`,
    type: 'COMPLEX<thetaSketchEstimateWithErrorBounds>',
  };
}
