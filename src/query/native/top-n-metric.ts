/** What a topN orders by. https://druid.apache.org/docs/latest/querying/topnmetricspec */
import { z } from 'zod';
import type { Value } from '../../catalog/index.ts';
import { type Ordering, orderingKey, orderingSchema } from '../../catalog/ordering.ts';
import { nearestWord } from '../../errors.ts';
import { type Sql, sql } from '../../sql.ts';
import { QueryMistake } from '../define.ts';

export type TopNMetric =
  | { readonly kind: 'metric'; readonly metric: string; readonly inverted: boolean }
  | {
      readonly kind: 'dimension';
      readonly ordering: Ordering;
      readonly previousStop: string | undefined;
      readonly inverted: boolean;
    };

const dimensionOf = (ordering: Ordering, previousStop: string | null | undefined): TopNMetric => ({
  kind: 'dimension',
  ordering,
  previousStop: previousStop ?? undefined,
  inverted: false,
});
const previousStop = z.string().nullish();

export const topNMetricSchema: z.ZodType<TopNMetric> = z.lazy(() =>
  z.union([
    z.string().transform((metric): TopNMetric => ({ kind: 'metric', metric, inverted: false })),
    z.discriminatedUnion('type', [
      z
        .object({ type: z.literal('numeric'), metric: z.string() })
        .transform(({ metric }): TopNMetric => ({ kind: 'metric', metric, inverted: false })),
      z
        .object({ type: z.literal('inverted'), metric: topNMetricSchema })
        .transform(({ metric }): TopNMetric => ({ ...metric, inverted: !metric.inverted })),
      z
        .object({ type: z.literal('dimension'), ordering: orderingSchema.default('lexicographic'), previousStop })
        .transform((spec) => dimensionOf(spec.ordering, spec.previousStop)),
      // Older names of two of the orderings.
      z
        .object({ type: z.literal('lexicographic'), previousStop })
        .transform((spec) => dimensionOf('lexicographic', spec.previousStop)),
      z
        .object({ type: z.literal('alphaNumeric'), previousStop })
        .transform((spec) => dimensionOf('alphanumeric', spec.previousStop)),
    ]),
  ]),
);

/** An ORDER BY list, and a condition on the dimension's values where the order begins after one. */
export function topNOrder(
  metric: TopNMetric,
  dimension: Value,
  results: ReadonlyMap<string, Value>,
): { readonly order: Sql; readonly after: Sql | undefined } {
  if (metric.kind === 'metric') {
    const value = results.get(metric.metric);
    if (!value) throw unknownMetric(metric.metric, results.keys());
    // Null comes last in both directions, and ties go by the dimension's value.
    const direction = metric.inverted ? sql`ASC` : sql`DESC`;
    return { order: sql`${value.sql} ${direction} NULLS LAST, ${dimension.sql} NULLS FIRST`, after: undefined };
  }
  const key = orderingKey(metric.ordering, dimension);
  const order = metric.inverted ? sql`${key} DESC NULLS LAST` : sql`${key} ASC NULLS FIRST`;
  if (metric.previousStop === undefined) return { order, after: undefined };
  const stop = orderingKey(metric.ordering, stopValue(metric.previousStop, dimension));
  return { order, after: metric.inverted ? sql`(${key} < ${stop} OR ${key} IS NULL)` : sql`${key} > ${stop}` };
}

function stopValue(text: string, { type }: Value): Value {
  return type === 'STRING'
    ? { sql: sql`${text}`, type }
    : { sql: sql`TRY_CAST(${text} AS ${type === 'LONG' ? sql`BIGINT` : sql`DOUBLE`})`, type };
}

function unknownMetric(metric: string, names: Iterable<string>) {
  const near = nearestWord(metric, names);
  const hint = near ? `; did you mean '${near}'?` : '';
  return new QueryMistake(['metric'], `the query has no aggregator or post-aggregator named '${metric}'${hint}`);
}
