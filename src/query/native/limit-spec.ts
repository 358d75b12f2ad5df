/** Order, limit and offset of a groupBy. https://druid.apache.org/docs/latest/querying/limitspec */
import { z } from 'zod';
import type { Value } from '../../catalog/index.ts';
import { isNumber, orderingKey, orderingSchema } from '../../catalog/ordering.ts';
import { nearestWord } from '../../errors.ts';
import { type Sql, sql } from '../../sql.ts';
import { QueryMistake } from '../define.ts';
import { countSchema } from './common.ts';

/** `asc` and `descending` in any letter case: Druid looks only at how the word begins. */
const directionSchema = z
  .string()
  .regex(/^(asc|desc)/i, { error: "expected 'ascending' or 'descending'" })
  .transform((word) => (/^desc/i.test(word) ? ('descending' as const) : ('ascending' as const)));

const orderBySchema = z.union([
  z.string().transform((dimension) => ({ dimension, direction: 'ascending' as const, dimensionOrder: undefined })),
  z.object({
    dimension: z.string(),
    direction: directionSchema.default('ascending'),
    dimensionOrder: orderingSchema.optional(),
  }),
]);

export type OrderBy = z.infer<typeof orderBySchema>;

export const limitSpecSchema = z.preprocess(
  (value) =>
    typeof value === 'object' && value !== null && !('type' in value) ? { ...value, type: 'default' } : value,
  z.discriminatedUnion('type', [
    z.object({
      type: z.literal('default'),
      columns: z
        .array(orderBySchema)
        .nullish()
        .transform((columns) => columns ?? []),
      limit: countSchema.nullish(),
      offset: countSchema.nullish(),
    }),
    z.object({ type: z.literal('NoopLimitSpec') }).transform(() => undefined),
  ]),
);

/** One ORDER BY term. Dimensions go by a string comparator, results by their own values; null is the smallest. */
export function orderTerm(
  order: OrderBy,
  dimensions: ReadonlyMap<string, Value>,
  results: ReadonlyMap<string, Value>,
): Sql {
  const direction = order.direction === 'descending' ? sql`DESC NULLS LAST` : sql`ASC NULLS FIRST`;
  const dimension = dimensions.get(order.dimension);
  if (dimension) {
    const ordering = order.dimensionOrder ?? (isNumber(dimension) ? 'numeric' : 'lexicographic');
    return sql`${orderingKey(ordering, dimension)} ${direction}`;
  }
  const result = results.get(order.dimension);
  if (result) return sql`${result.sql} ${direction}`;
  const near = nearestWord(order.dimension, [...dimensions.keys(), ...results.keys()]);
  throw new QueryMistake(
    ['limitSpec', 'columns'],
    `unknown column '${order.dimension}' to order by${near ? `; did you mean '${near}'?` : ''}; expected a dimension, aggregator or post-aggregator of the query`,
  );
}
