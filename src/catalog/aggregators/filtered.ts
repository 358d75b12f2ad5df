import { z } from 'zod';
import { and } from '../../sql.ts';
import { aggregator } from '../aggregator.ts';
import { compileFilter, defineAggregator, specOf } from '../define.ts';

const schema = z
  .object({
    type: z.literal('filtered'),
    name: z.string().optional(),
    filter: specOf('filter'),
    aggregator: specOf('aggregator'),
  })
  // Druid names the result after the inner aggregator when the outer one has no name.
  .transform((spec) => ({ ...spec, name: spec.name || (spec.aggregator.spec.name as string) }));

export default defineAggregator<z.infer<typeof schema>>({
  type: 'filtered',
  summary: 'Another aggregator over the rows that pass a filter.',
  see: 'https://druid.apache.org/docs/latest/querying/aggregations#filtered-aggregator',
  schema,
  inputs: (spec) => aggregator(spec.aggregator).inputs(),
  stateType: (spec) => aggregator(spec.aggregator).stateType(),
  sqlType: (spec) => aggregator(spec.aggregator).sqlType(),
  fold: (spec, { where, ...input }) => {
    const passes = compileFilter(spec.filter, input.scope);
    return aggregator(spec.aggregator).fold({ ...input, where: where ? and([where, passes]) : passes });
  },
  merge: (spec, state) => aggregator(spec.aggregator).merge(state),
  finish: (spec, state) => aggregator(spec.aggregator).finish(state),
  examples: [
    {
      spec: {
        type: 'filtered',
        filter: { type: 'selector', dimension: 'country', value: 'DE' },
        aggregator: { type: 'longSum', name: 'german', fieldName: 'x' },
      },
      events: [
        { country: 'DE', x: 1 },
        { country: 'FR', x: 10 },
        { country: 'DE', x: 100 },
      ],
      result: 101,
    },
  ],
});
