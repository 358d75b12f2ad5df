/** Conditions on a groupBy's results. https://druid.apache.org/docs/latest/querying/having */
import { z } from 'zod';
import { compileFilter, type Scope, specOf, type Value } from '../../catalog/index.ts';
import { toDouble } from '../../catalog/numbers.ts';
import { equalsScalar, numberLiteral, operand, type Scalar, scalarSchema } from '../../catalog/operand.ts';
import { and, or, type Sql, sql } from '../../sql.ts';

/** Compiles itself over the results, as finished columns. */
export type Having = (results: Scope) => Sql;

const comparison = (type: string, operator: Sql) =>
  z
    .object({ type: z.literal(type), aggregation: z.string(), value: z.union([z.number(), z.string()]) })
    .refine((spec) => !Number.isNaN(Number(spec.value)), { error: 'expected a number', path: ['value'] })
    .transform(
      ({ aggregation, value }): Having =>
        (results) =>
          compare(results.column(aggregation), operator, value),
    );

/** Longs compare as longs where the value is one. */
function compare(result: Value, operator: Sql, value: string | number): Sql {
  const long = result.type === 'LONG' ? numberLiteral('LONG', value) : undefined;
  const [left, right] = long ? [result.sql, long] : [toDouble(result), sql`CAST(${Number(value)} AS DOUBLE)`];
  return sql`coalesce(${left} ${operator} ${right}, false)`;
}

export const havingSchema: z.ZodType<Having> = z.lazy(() =>
  z.discriminatedUnion('type', [
    comparison('greaterThan', sql`>`),
    comparison('lessThan', sql`<`),
    comparison('equalTo', sql`=`),
    z
      .object({
        type: z.literal('dimSelector'),
        dimension: specOf('dimension').transform(({ spec }) => String(spec.dimension)),
        /** The empty text and null are one here. */
        value: scalarSchema.nullish(),
        extractionFn: specOf('extraction').nullish(),
      })
      .transform(
        ({ value, ...spec }): Having =>
          (results) => {
            const dimension = operand(spec, results);
            return (value ?? '') === ''
              ? sql`coalesce(CAST(${dimension.sql} AS VARCHAR) = '', true)`
              : sql`coalesce(${equalsScalar(dimension, value as Scalar)}, false)`;
          },
      ),
    z.object({ type: z.literal('filter'), filter: specOf('filter') }).transform(
      ({ filter }): Having =>
        (results) =>
          sql`coalesce(${compileFilter(filter, results)}, false)`,
    ),
    z.object({ type: z.literal('and'), havingSpecs: z.array(havingSchema) }).transform(
      ({ havingSpecs }): Having =>
        (results) =>
          and(havingSpecs.map((having) => having(results))),
    ),
    z.object({ type: z.literal('or'), havingSpecs: z.array(havingSchema) }).transform(
      ({ havingSpecs }): Having =>
        (results) =>
          or(havingSpecs.map((having) => having(results))),
    ),
    z.object({ type: z.literal('not'), havingSpec: havingSchema }).transform(
      ({ havingSpec }): Having =>
        (results) =>
          sql`(NOT ${havingSpec(results)})`,
    ),
    z.object({ type: z.literal('always') }).transform((): Having => () => sql`true`),
    z.object({ type: z.literal('never') }).transform((): Having => () => sql`false`),
  ]),
);
