/** fieldAccess, finalizingFieldAccess, and hyperUniqueCardinality: another result of the query by its name. */
import { z } from 'zod';
import { definePostAggregator } from '../define.ts';
import { fieldOf } from '../post-field.ts';

const schemaOf = (type: string) =>
  z.object({ type: z.literal(type), name: z.string().nullish(), fieldName: z.string().min(1) });
type Spec = z.infer<ReturnType<typeof schemaOf>>;

const access = (type: string, summary: string, see: string) =>
  definePostAggregator<Spec>({
    type,
    summary,
    see,
    schema: schemaOf(type),
    compile: (spec, scope) => fieldOf(scope, spec.fieldName),
    examples: [{ spec: { type, name: 'p', fieldName: 'x' }, row: { x: 3, y: 4 }, result: 3 }],
  });

const page = 'https://druid.apache.org/docs/latest/querying/post-aggregations';

export default [
  access(
    'fieldAccess',
    "An aggregator's or earlier post-aggregator's result. A sketch gives its estimate.",
    `${page}#field-accessor-post-aggregators`,
  ),
  access(
    'finalizingFieldAccess',
    "An aggregator's or earlier post-aggregator's finished result.",
    `${page}#field-accessor-post-aggregators`,
  ),
  access(
    'hyperUniqueCardinality',
    'The estimate of a hyperUnique or cardinality aggregator.',
    `${page}#hyperunique-cardinality-post-aggregator`,
  ),
];
