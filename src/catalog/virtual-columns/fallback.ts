import { z } from 'zod';
import { compileDimension, defineVirtualColumn, specOf } from '../define.ts';
import { givenOrArrayTypeSchema, outputValue } from '../output-type.ts';

const schema = z.object({
  type: z.literal('fallback'),
  name: z.string().min(1),
  columns: z.array(specOf('dimension')).min(1),
  expectedType: givenOrArrayTypeSchema,
});

export default defineVirtualColumn<z.infer<typeof schema>>({
  type: 'fallback',
  summary: 'The first of several dimensions whose column there is; the last one where there is none of them.',
  see: 'https://druid.apache.org/docs/latest/querying/virtual-columns',
  schema,
  outputName: (spec) => spec.name,
  compile: ({ columns, expectedType }, scope) => {
    const isThere = ({ spec }: (typeof columns)[number]) => !scope.column(String(spec.dimension)).missing;
    const chosen = columns.find(isThere) ?? (columns.at(-1) as (typeof columns)[number]);
    // A default dimension would be text, whatever its column is.
    const value =
      chosen.spec.type === 'default' && !('outputType' in chosen.json)
        ? scope.column(String(chosen.spec.dimension))
        : compileDimension(chosen, scope);
    return expectedType ? outputValue(expectedType, value) : value;
  },
  examples: [
    {
      spec: { type: 'fallback', name: 'v', columns: ['a', 'b'] },
      events: [{ a: 'x', b: 'y' }, { b: 'y' }],
      values: ['x', null],
    },
  ],
});
