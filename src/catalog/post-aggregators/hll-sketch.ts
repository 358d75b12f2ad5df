/** HLLSketchEstimate, HLLSketchEstimateWithBounds, HLLSketchUnion. */
import { z } from 'zod';
import { sql } from '../../sql.ts';
import { definePostAggregator, specOf } from '../define.ts';
import { combineDistinct, distinctBounds, distinctEstimate } from '../sketches/distinct.ts';
import { sketchOf } from '../sketches/field.ts';

const type = 'COMPLEX<HLLSketch>';
const see = 'https://druid.apache.org/docs/latest/development/extensions-core/datasketches-hll#post-aggregators';
const shapeOf = <T extends string>(name: T) => ({ type: z.literal(name), name: z.string().nullish() });
const users = { type: 'fieldAccess', fieldName: 'users' };
const sketch = 'HLLSketchBuild';

const estimateSchema = z.object({
  ...shapeOf('HLLSketchEstimate'),
  field: specOf('postAggregator'),
  round: z.boolean().default(false),
});

const boundsSchema = z.object({
  ...shapeOf('HLLSketchEstimateWithBounds'),
  field: specOf('postAggregator'),
  numStdDev: z.number().int().min(1).max(3).default(1),
});

const unionSchema = z.object({
  ...shapeOf('HLLSketchUnion'),
  fields: z.array(specOf('postAggregator')).min(2),
  lgK: z.number().int().min(4).max(21).default(12),
  tgtHllType: z.enum(['HLL_4', 'HLL_6', 'HLL_8']).optional(),
});

export default [
  definePostAggregator<z.infer<typeof estimateSchema>>({
    type: 'HLLSketchEstimate',
    summary: 'The number of distinct values that a sketch has seen.',
    see,
    schema: estimateSchema,
    compile: ({ field, round }, results) => {
      const estimate = distinctEstimate(sketchOf(field, type, results));
      return { sql: round ? sql`round(${estimate})` : estimate, type: 'DOUBLE' };
    },
    examples: [
      { spec: { type: 'HLLSketchEstimate', name: 'p', field: users }, sketch, row: { users: ['a', 'b'] }, result: 2 },
    ],
  }),
  definePostAggregator<z.infer<typeof boundsSchema>>({
    type: 'HLLSketchEstimateWithBounds',
    summary: 'The estimate, and between what numbers the true one lies, by one, two or three standard errors.',
    see,
    schema: boundsSchema,
    compile: ({ field, numStdDev }, results) => {
      const { low, high } = distinctBounds(sql`x`, numStdDev);
      const list = sql`[${distinctEstimate(sql`x`)}, ${low}, ${high}]`;
      return {
        sql: sql`list_transform([${sketchOf(field, type, results)}], lambda x: ${list})[1]`,
        type: 'ARRAY<DOUBLE>',
      };
    },
    examples: [
      {
        spec: { type: 'HLLSketchEstimateWithBounds', name: 'p', field: users, numStdDev: 2 },
        sketch,
        row: { users: ['a', 'b'] },
        result: [2, 2, 2],
      },
    ],
  }),
  definePostAggregator<z.infer<typeof unionSchema>>({
    type: 'HLLSketchUnion',
    summary: 'The sketch of what any of some sketches has seen.',
    see,
    schema: unionSchema,
    compile: ({ fields, lgK }, results) => ({
      sql: combineDistinct(
        'UNION',
        2 ** lgK,
        fields.map((field) => sketchOf(field, type, results)),
      ),
      type,
    }),
    examples: [
      {
        spec: {
          type: 'HLLSketchEstimate',
          name: 'p',
          field: { type: 'HLLSketchUnion', fields: [users, { type: 'fieldAccess', fieldName: 'others' }] },
        },
        sketch,
        row: { users: ['a', 'b'], others: ['b', 'c'] },
        result: 3,
      },
    ],
  }),
];
