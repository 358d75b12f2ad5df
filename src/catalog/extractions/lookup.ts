/** What a lookup has for a value: one that stands in the query, or a registered one. */
import { z } from 'zod';
import type { Sql } from '../../sql.ts';
import { defineExtraction } from '../define.ts';
import {
  hintsShape,
  inlineLookupSchema,
  lookedUp,
  missingValuesShape,
  notBoth,
  notBothMessage,
  registeredLookup,
} from '../lookup.ts';

const see = 'https://druid.apache.org/docs/latest/querying/dimensionspecs#lookup-extraction-function';
const shape = { ...missingValuesShape, ...hintsShape };

const inlineSchema = z
  .object({ type: z.literal('lookup'), lookup: inlineLookupSchema, ...shape })
  .refine(notBoth, notBothMessage);
const registeredSchema = z
  .object({ type: z.literal('registeredLookup'), lookup: z.string().min(1), ...shape })
  .refine(notBoth, notBothMessage);

export default [
  defineExtraction<z.infer<typeof inlineSchema>>({
    type: 'lookup',
    summary:
      'What a map has for the text. Where it has nothing, the text stays with retainMissingValue, else it is replaceMissingValueWith, else null.',
    see,
    schema: inlineSchema,
    compile: (spec, input) => lookedUp(spec.lookup as Sql, input, spec),
    examples: [
      {
        spec: { type: 'lookup', lookup: { type: 'map', map: { foo: 'bar', baz: 'bat' } }, retainMissingValue: true },
        pairs: [
          ['foo', 'bar'],
          ['Foo', 'Foo'],
          [null, null],
        ],
      },
      {
        spec: { type: 'lookup', lookup: { type: 'map', map: { '1': 'one' } }, replaceMissingValueWith: 'other' },
        pairs: [
          ['1', 'one'],
          ['', 'other'],
          [null, 'other'],
        ],
      },
    ],
  }),
  defineExtraction<z.infer<typeof registeredSchema>>({
    type: 'registeredLookup',
    summary: 'The same with a lookup that is registered under a name.',
    see,
    schema: registeredSchema,
    compile: (spec, input, scope) => lookedUp(registeredLookup(spec.lookup, scope), input, spec),
    examples: [
      {
        spec: { type: 'registeredLookup', lookup: 'countries' },
        pairs: [
          ['de', 'Germany'],
          ['xx', null],
          [null, null],
        ],
      },
    ],
  }),
];
