/** fieldAccess, finalizingFieldAccess, and hyperUniqueCardinality: another result of the query by its name. */
import { z } from 'zod';
import { definePostAggregator, type ResultScope, type Value } from '../define.ts';
import { fieldOf, stateOf } from '../post-field.ts';

const schemaOf = (type: string) =>
  z.object({ type: z.literal(type), name: z.string().nullish(), fieldName: z.string().min(1) });
type Spec = z.infer<ReturnType<typeof schemaOf>>;

const access = (type: string, read: (scope: ResultScope, name: string) => Value, summary: string, see: string) =>
  definePostAggregator<Spec>({
    type,
    summary,
    see,
    schema: schemaOf(type),
    compile: (spec, scope) => read(scope, spec.fieldName),
    examples: [{ spec: { type, name: 'p', fieldName: 'x' }, row: { x: 3, y: 4 }, result: 3 }],
  });

const page = 'https://druid.apache.org/docs/latest/querying/post-aggregations';

export default [
  access(
    'fieldAccess',
    stateOf,
    "An aggregator's or earlier post-aggregator's result. Of sketches, and of first and last with their times, it is the whole, for post-aggregators to read.",
    `${page}#field-accessor-post-aggregators`,
  ),
  access(
    'finalizingFieldAccess',
    fieldOf,
    "An aggregator's or earlier post-aggregator's finished result.",
    `${page}#field-accessor-post-aggregators`,
  ),
  access(
    'hyperUniqueCardinality',
    fieldOf,
    'The estimate of a hyperUnique or cardinality aggregator.',
    `${page}#hyperunique-cardinality-post-aggregator`,
  ),
];
