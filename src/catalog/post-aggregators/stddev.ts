import { z } from 'zod';
import { sql } from '../../sql.ts';
import { definePostAggregator } from '../define.ts';
import { namedSketch } from '../sketches/field.ts';
import { varianceOf, varianceType } from '../sketches/variance.ts';

const schema = z.object({
  type: z.literal('stddev'),
  name: z.string().nullish(),
  fieldName: z.string().min(1),
  estimator: z.string().nullish(),
});

const row = { v: [2, 4, 4, 4, 5, 5, 7, 9] };

export default definePostAggregator<z.infer<typeof schema>>({
  type: 'stddev',
  summary:
    "The standard deviation of what a variance aggregator has seen, by the post-aggregator's own estimator: of a sample, or with `population` of all there is.",
  see: 'https://druid.apache.org/docs/latest/development/extensions-core/stats#standard-deviation-post-aggregator',
  schema,
  compile: ({ fieldName, estimator }, results) => ({
    sql: sql`sqrt(${varianceOf(namedSketch(fieldName, varianceType, results), estimator)})`,
    type: 'DOUBLE',
  }),
  examples: [
    {
      spec: { type: 'stddev', name: 'p', fieldName: 'v', estimator: 'population' },
      sketch: 'variance',
      row,
      result: 2,
    },
    { spec: { type: 'stddev', name: 'p', fieldName: 'v' }, sketch: 'variance', row: { v: [2, 4, 6] }, result: 2 },
  ],
});
