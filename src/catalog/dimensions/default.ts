import { z } from 'zod';
import { defineDimension, registerShorthand } from '../define.ts';
import { anyOutputTypeSchema, outputValue } from '../output-type.ts';

/** A bare name is a default dimension, and so is an object without `type`. */
registerShorthand('dimension', (value) => {
  if (typeof value === 'string') return { type: 'default', dimension: value };
  return typeof value === 'object' && value !== null && !('type' in value) ? { ...value, type: 'default' } : value;
});

const schema = z.object({
  type: z.literal('default'),
  dimension: z.string().min(1),
  outputName: z.string().min(1).nullish(),
  outputType: anyOutputTypeSchema,
});

export default defineDimension<z.infer<typeof schema>>({
  type: 'default',
  summary:
    "A dimension's values as they are, under its own or another name, as text or another type. An array is a multi-value dimension as text.",
  see: 'https://druid.apache.org/docs/latest/querying/dimensionspecs#default-dimensionspec',
  schema,
  outputName: (spec) => spec.outputName ?? spec.dimension,
  compile: (spec, scope) => outputValue(spec.outputType, scope.column(spec.dimension)),
  examples: [
    {
      spec: { type: 'default', dimension: 'a', outputName: 'b' },
      events: [{ a: 'x' }, { a: '' }, {}],
      values: ['x', '', null],
    },
    { spec: { type: 'default', dimension: 'n' }, events: [{ n: 12 }, {}], values: ['12', null] },
    {
      spec: { type: 'default', dimension: 'a', outputType: 'LONG' },
      events: [{ a: '12' }, { a: '1.9' }, { a: 'x' }],
      values: [12, null, null],
    },
  ],
});
