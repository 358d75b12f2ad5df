import { z } from 'zod';
import { defineDimension, specOf } from '../define.ts';
import { operand } from '../operand.ts';
import { outputTypeSchema, outputValue } from '../output-type.ts';

const shape = z.object({
  type: z.literal('extraction'),
  dimension: z.string().min(1),
  outputName: z.string().min(1).nullish(),
  outputType: outputTypeSchema,
  extractionFn: specOf('extraction'),
});

/** Druid's older name of `extractionFn` is read as well. */
const schema = z.preprocess((value) => {
  const older = value as { extractionFn?: unknown; dimExtractionFn?: unknown };
  return older.dimExtractionFn === undefined
    ? older
    : { ...older, extractionFn: older.extractionFn ?? older.dimExtractionFn };
}, shape);

export default defineDimension<z.infer<typeof shape>>({
  type: 'extraction',
  summary: "What an extraction function makes of a dimension's values.",
  see: 'https://druid.apache.org/docs/latest/querying/dimensionspecs#extraction-dimensionspec',
  schema,
  outputName: (spec) => spec.outputName ?? spec.dimension,
  compile: (spec, scope) => outputValue(spec.outputType, operand(spec, scope)),
  examples: [
    {
      spec: { type: 'extraction', dimension: 'a', extractionFn: { type: 'upper' } },
      events: [{ a: 'x' }, {}],
      values: ['X', null],
    },
    {
      spec: {
        type: 'extraction',
        dimension: '__time',
        outputName: 'hour',
        outputType: 'LONG',
        extractionFn: { type: 'timeFormat', format: 'H' },
      },
      events: [{ __time: '2015-09-12T14:47:13.000Z' }],
      values: [14],
    },
  ],
});
