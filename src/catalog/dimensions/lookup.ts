import { z } from 'zod';
import type { Sql } from '../../sql.ts';
import { defineDimension } from '../define.ts';
import {
  inlineLookupSchema,
  lookedUp,
  missingValuesShape,
  notBoth,
  notBothMessage,
  registeredLookup,
} from '../lookup.ts';
import { asText } from '../numbers.ts';
import { eachValue } from '../operand.ts';

const schema = z
  .object({
    type: z.literal('lookup'),
    dimension: z.string().min(1),
    outputName: z.string().min(1).nullish(),
    lookup: inlineLookupSchema.nullish(),
    name: z.string().min(1).nullish(),
    ...missingValuesShape,
    optimize: z.boolean().nullish(),
  })
  .refine(({ lookup, name }) => (lookup == null) !== (name == null), {
    error: 'expected either a lookup or the name of a registered one',
    path: ['lookup'],
  })
  .refine(notBoth, notBothMessage);

export default defineDimension<z.infer<typeof schema>>({
  type: 'lookup',
  summary: "What a lookup has for a dimension's values: a map, or a lookup that is registered under a name.",
  see: 'https://druid.apache.org/docs/latest/querying/dimensionspecs#lookup-dimensionspecs',
  schema,
  outputName: (spec) => spec.outputName ?? spec.dimension,
  compile: (spec, scope) => {
    const relation = (spec.lookup as Sql | null | undefined) ?? registeredLookup(spec.name as string, scope);
    return eachValue(asText(scope.column(spec.dimension)), (single) => lookedUp(relation, single, spec));
  },
  examples: [
    {
      spec: { type: 'lookup', dimension: 'a', outputName: 'b', name: 'countries', replaceMissingValueWith: '?' },
      events: [{ a: 'de' }, { a: 'xx' }, {}],
      values: ['Germany', '?', '?'],
    },
    {
      spec: { type: 'lookup', dimension: 'a', lookup: { type: 'map', map: { x: 'ex' } }, retainMissingValue: true },
      events: [{ a: ['x', 'y'] }, { a: 'x' }, {}],
      values: [['ex', 'y'], 'ex', null],
    },
  ],
});
