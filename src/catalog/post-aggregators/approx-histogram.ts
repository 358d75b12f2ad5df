/** equalBuckets, buckets, customBuckets, min, max, quantile, quantiles: what an approxHistogram tells, and the last four what a fixedBucketsHistogram does. */
import { z } from 'zod';
import { type Sql, sql } from '../../sql.ts';
import { definePostAggregator, type Value } from '../define.ts';
import { stateOf } from '../post-field.ts';
import { namedSketch } from '../sketches/field.ts';
import {
  bucketQuantilesWithEnds,
  fixedBucketsType,
  greatestInBuckets,
  leastInBuckets,
  quantilesInBuckets,
} from '../sketches/fixed-buckets.ts';
import {
  bucketsBetween,
  bucketsOfSize,
  equalBuckets,
  greatestOf,
  histogramType,
  leastOf,
  quantilesWithEnds,
} from '../sketches/histogram.ts';
import { quantileOf } from '../sketches/quantiles.ts';

const probability = z.number().gt(0).lt(1);

interface Definition<S> {
  readonly summary: string;
  readonly shape: z.ZodRawShape;
  compile(spec: S, sketch: Sql): Value;
  /** Over a fixedBucketsHistogram; absent where it does not tell. */
  ofBuckets?(spec: S, histogram: Sql): Value;
  /** The members beside type, name and fieldName, and the result over 10, 20, 20, 40. */
  readonly example: readonly [Readonly<Record<string, unknown>>, unknown];
  /** The same over 1, 2, 3 … 10 in ten buckets from 0 to 10, which is beyond them. */
  readonly bucketsExample?: readonly [Readonly<Record<string, unknown>>, unknown];
}

const buckets = {
  type: 'fixedBucketsHistogram',
  lowerLimit: 0,
  upperLimit: 10,
  numBuckets: 10,
  outlierHandlingMode: 'overflow',
};

function define<S>(type: string, definition: Definition<S>) {
  const { summary, shape, compile, ofBuckets, example, bucketsExample } = definition;
  const schema = z.object({
    type: z.literal(type),
    name: z.string().nullish(),
    fieldName: z.string().min(1),
    ...shape,
  });
  return definePostAggregator<z.infer<typeof schema>>({
    type,
    summary,
    see: 'https://druid.apache.org/docs/latest/development/extensions-core/approximate-histograms#histogram-post-aggregators',
    schema,
    compile: (spec, results) => {
      const state = stateOf(results, String(spec.fieldName));
      if (ofBuckets && state.type === fixedBucketsType) return ofBuckets(spec as S, state.sql);
      return compile(spec as S, namedSketch(String(spec.fieldName), histogramType, results));
    },
    examples: [
      { members: example, sketch: 'approxHistogramFold', row: { delays: [10, 20, 20, 40] } },
      bucketsExample && { members: bucketsExample, sketch: buckets, row: { delays: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] } },
    ].flatMap((given) => {
      if (!given) return [];
      const [members, result] = given.members;
      const spec = { type, name: 'p', fieldName: 'delays', ...members };
      return [{ spec, sketch: given.sketch, row: given.row, result }];
    }),
  });
}

const float = (number: Sql): Value => ({ sql: sql`CAST(${number} AS FLOAT)`, type: 'FLOAT' });

export default [
  define<{ numBuckets: number }>('equalBuckets', {
    summary: 'Buckets of one size, of which the first ends with the least value and the last with the greatest.',
    shape: { numBuckets: z.number().int().min(2).max(10_000).default(10) },
    compile: (spec, sketch) => equalBuckets(sketch, spec.numBuckets),
    example: [{ numBuckets: 4 }, { breaks: [0, 10, 20, 30, 40], counts: [1, 2, 0, 1] }],
  }),
  define<{ bucketSize: number; offset: number }>('buckets', {
    summary: 'Buckets of a given size that hold values; one of them would end at the offset.',
    shape: { bucketSize: z.number().positive().default(1), offset: z.number().default(0) },
    compile: (spec, sketch) => bucketsOfSize(sketch, spec.bucketSize, spec.offset),
    example: [
      { bucketSize: 8, offset: 2 },
      { breaks: [2, 10, 18, 26, 34, 42], counts: [1, 0, 2, 0, 1] },
    ],
  }),
  define<{ breaks: number[] }>('customBuckets', {
    summary: 'How many values lie above one break, up to the next.',
    shape: { breaks: z.array(z.number()).min(2) },
    compile: (spec, sketch) => bucketsBetween(sketch, spec.breaks),
    example: [{ breaks: [0, 10, 30] }, { breaks: [0, 10, 30], counts: [1, 2] }],
  }),
  define('min', {
    summary: 'The least value.',
    shape: {},
    compile: (_, sketch) => float(leastOf(sketch)),
    ofBuckets: (_, histogram) => ({ sql: leastInBuckets(histogram), type: 'DOUBLE' }),
    example: [{}, 10],
    bucketsExample: [{}, 1],
  }),
  define('max', {
    summary: 'The greatest value.',
    shape: {},
    compile: (_, sketch) => float(greatestOf(sketch)),
    ofBuckets: (_, histogram) => ({ sql: greatestInBuckets(histogram), type: 'DOUBLE' }),
    example: [{}, 40],
    bucketsExample: [{}, 9],
  }),
  define<{ probability: number }>('quantile', {
    summary: 'The value below or at which a part of all values lies.',
    shape: { probability },
    compile: (spec, sketch) => float(quantileOf(sketch, spec.probability)),
    ofBuckets: (spec, histogram) => float(sql`${quantilesInBuckets(histogram, [spec.probability])}[1]`),
    example: [{ probability: 0.5 }, 20],
    bucketsExample: [{ probability: 0.98 }, 9.82],
  }),
  define<{ probabilities: number[] }>('quantiles', {
    summary: 'The same for several parts, with the least and the greatest value.',
    shape: { probabilities: z.array(probability).min(1) },
    compile: (spec, sketch) => quantilesWithEnds(sketch, spec.probabilities),
    ofBuckets: (spec, histogram) => bucketQuantilesWithEnds(histogram, spec.probabilities),
    example: [{ probabilities: [0.25, 0.9] }, { probabilities: [0.25, 0.9], quantiles: [10, 40], min: 10, max: 40 }],
    bucketsExample: [
      { probabilities: [0.125, 0.5] },
      { probabilities: [0.125, 0.5], quantiles: [2.125, 5.5], min: 1, max: 9 },
    ],
  }),
];
