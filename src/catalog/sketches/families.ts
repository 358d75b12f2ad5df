/** Druid's sketches of quantiles: three families of types over the one sketch that is here. */
import { z } from 'zod';
import { sql } from '../../sql.ts';
import type { Value } from '../define.ts';
import { toFloat } from '../numbers.ts';
import type { SketchType } from './field.ts';

export interface QuantileFamily {
  /** The aggregator's type, with which those of the post-aggregators begin. */
  readonly name: string;
  readonly type: SketchType;
  readonly kSchema: z.ZodType<number>;
  readonly see: string;
  toValue(field: Value): Value;
}

const page = 'https://druid.apache.org/docs/latest/development/extensions-core/datasketches';

const quantilesK = z
  .number()
  .int()
  .min(2)
  .max(2 ** 15)
  .refine((k) => Number.isInteger(Math.log2(k)), { error: 'expected a power of two' })
  .default(128);
const kllK = z
  .number()
  .int()
  .min(8)
  .max(2 ** 16 - 1)
  .default(200);

/** A float by its own digits: 0.1, not the 0.10000000149011612 of the double that is nearest to it. */
const floatValue = (field: Value): Value => ({
  sql: sql`CAST(CAST(${toFloat(field)} AS VARCHAR) AS DOUBLE)`,
  type: 'DOUBLE',
});

export const quantileFamilies: readonly QuantileFamily[] = [
  {
    name: 'quantilesDoublesSketch',
    type: 'COMPLEX<quantilesDoublesSketch>',
    kSchema: quantilesK,
    see: `${page}-quantiles`,
    toValue: (field) => field,
  },
  {
    name: 'KllDoublesSketch',
    type: 'COMPLEX<KllDoublesSketch>',
    kSchema: kllK,
    see: `${page}-kll`,
    toValue: (field) => field,
  },
  {
    name: 'KllFloatsSketch',
    type: 'COMPLEX<KllFloatsSketch>',
    kSchema: kllK,
    see: `${page}-kll`,
    toValue: floatValue,
  },
];
