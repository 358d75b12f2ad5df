import { z } from 'zod';
import { sql } from '../../sql.ts';
import { defineAggregator, only } from '../define.ts';
import { fieldInputs, fieldShape, fieldValue, oneOfFieldAndExpression } from '../field.ts';
import { toDouble } from '../numbers.ts';

const schema = oneOfFieldAndExpression(z.object({ type: z.literal('doubleMean'), ...fieldShape }));

export default defineAggregator<z.infer<typeof schema>>({
  type: 'doubleMean',
  summary: "The mean of a field's values over the rows that have one; 0.0 without any, as Druid answers.",
  see: 'https://druid.apache.org/docs/latest/querying/aggregations#doublemean-aggregator',
  schema,
  inputs: fieldInputs,
  stateType: () => 'DOUBLE',
  sqlType: () => sql`DOUBLE`,
  fold: (spec, input) => sql`avg(${toDouble(fieldValue(spec, input))})${only(input.where)}`,
  finish: (_, state) => ({ sql: sql`coalesce(${state}, 0.0::DOUBLE)`, type: 'DOUBLE' }),
  examples: [
    { spec: { type: 'doubleMean', name: 'm', fieldName: 'x' }, events: [{ x: 1 }, { x: 2 }, {}], result: 1.5 },
    { spec: { type: 'doubleMean', name: 'm', fieldName: 'x' }, events: [{ y: 1 }], result: 0 },
  ],
});
