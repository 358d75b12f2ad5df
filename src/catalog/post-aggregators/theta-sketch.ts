/** thetaSketchEstimate, thetaSketchSetOp. */
import { z } from 'zod';
import { definePostAggregator, specOf } from '../define.ts';
import { combineDistinct, distinctEstimate } from '../sketches/distinct.ts';
import { sketchOf } from '../sketches/field.ts';
import { boundedEstimate, thetaSizeSchema, thetaType } from '../sketches/theta.ts';

const see = 'https://druid.apache.org/docs/latest/development/extensions-core/datasketches-theta#post-aggregators';

const estimateSchema = z.object({
  type: z.literal('thetaSketchEstimate'),
  name: z.string().nullish(),
  field: specOf('postAggregator'),
  errorBoundsStdDev: z.number().int().min(1).max(3).nullish(),
});

const setOpSchema = z.object({
  type: z.literal('thetaSketchSetOp'),
  name: z.string().nullish(),
  func: z.enum(['UNION', 'INTERSECT', 'NOT']),
  size: thetaSizeSchema,
  fields: z.array(specOf('postAggregator')).min(2),
});

const row = { x: ['a', 'b', 'c'], y: ['c', 'd'] };
const fields = ['x', 'y'].map((fieldName) => ({ type: 'fieldAccess', fieldName }));
const sketch = 'thetaSketch';
const setOp = (func: string, result: number) => ({
  spec: { type: 'thetaSketchEstimate', name: 'p', field: { type: 'thetaSketchSetOp', func, fields } },
  sketch,
  row,
  result,
});

export default [
  definePostAggregator<z.infer<typeof estimateSchema>>({
    type: 'thetaSketchEstimate',
    summary:
      'The number of distinct values that a sketch has seen; with errorBoundsStdDev also between what numbers it lies.',
    see,
    schema: estimateSchema,
    compile: ({ field, errorBoundsStdDev }, results) => {
      const state = sketchOf(field, thetaType, results);
      return errorBoundsStdDev
        ? boundedEstimate(state, errorBoundsStdDev)
        : { sql: distinctEstimate(state), type: 'DOUBLE' };
    },
    examples: [
      { spec: { type: 'thetaSketchEstimate', name: 'p', field: fields[0] }, sketch, row, result: 3 },
      {
        spec: { type: 'thetaSketchEstimate', name: 'p', field: fields[0], errorBoundsStdDev: 2 },
        sketch,
        row,
        result: { estimate: 3, highBound: 3, lowBound: 3, numStdDev: 2 },
      },
    ],
  }),
  definePostAggregator<z.infer<typeof setOpSchema>>({
    type: 'thetaSketchSetOp',
    summary: 'The sketch of what any or all of some sketches have seen, or of what only the first of them has.',
    see,
    schema: setOpSchema,
    compile: ({ func, size, fields }, results) => ({
      sql: combineDistinct(
        func,
        size,
        fields.map((field) => sketchOf(field, thetaType, results)),
      ),
      type: thetaType,
    }),
    examples: [setOp('UNION', 4), setOp('INTERSECT', 1), setOp('NOT', 2)],
  }),
];
