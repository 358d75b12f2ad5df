import { z } from 'zod';
import {
  compileDimension,
  compileGranularity,
  dimensionName,
  type LookupScope,
  type Scope,
  specOf,
  type Value,
} from '../../catalog/index.ts';
import { timestampLiteral } from '../../catalog/time.ts';
import { ident, join, literal, type Sql, sql } from '../../sql.ts';
import { bucketKeyOf } from '../bucket-key.ts';
import { derivedView, epoch } from '../data-sources/view.ts';
import { defineQueryType, type Plan, type PlanContext, QueryMistake } from '../define.ts';
import { arrayPrinter, type Column, columnOf, encodeLong, objectPrinter, printArray } from '../encode.ts';
import { type Measures, measuresOf } from '../measures.ts';
import { type Source, sourceOf, unnested } from '../source.ts';
import { measuresShape, rowsShape, timeEncoder } from './common.ts';
import { havingSchema } from './having.ts';
import { limitSpecSchema, orderTerm } from './limit-spec.ts';
import { type Grouping, groupedBy, subtotalsOf, subtotalsSchema } from './subtotals.ts';

const schema = z.object({
  queryType: z.literal('groupBy'),
  ...rowsShape,
  ...measuresShape,
  dimensions: z
    .array(specOf('dimension'))
    .nullish()
    .transform((list) => list ?? []),
  having: havingSchema.nullish(),
  limitSpec: limitSpecSchema.nullish(),
  subtotalsSpec: subtotalsSchema,
});

type Query = z.infer<typeof schema>;

/** `[{"version":"v1","timestamp":…,"event":{…}}]`; with `resultAsArray` an array of values for each row. */
export default defineQueryType<Query>({
  type: 'groupBy',
  summary: 'Aggregates for each combination of dimensions, and each bucket of time.',
  see: 'https://druid.apache.org/docs/latest/querying/groupbyquery',
  schema,
  plan: (query, context): Plan => {
    const { dimensions, measures, from } = resultsOf(query, context);
    const columns = [...[...dimensions].map(([name, value]) => columnOf(name, value)), ...measures.columns];
    return {
      statement: sql`SELECT ${join([sql`t`, ...columns.map((column) => column.sql)])} ${from}`,
      mostRows: query.limitSpec?.limit ?? undefined,
      shape: (batches) => printArray(batches, printerOf(query, columns)),
    };
  },
  view: (query, context, asker) => {
    const { source, dimensions, measures, from } = resultsOf(query, context);
    const bucketed = compileGranularity(query.granularity).extent !== 'all';
    // Of one bucket for everything only a groupBy knows where it begins.
    const start = asker?.queryType === 'groupBy' ? timestampLiteral(source.startMs) : epoch;
    return derivedView({
      name: query.dataSource.name,
      columns: [...dimensions, ...measures.inner].map(([name, value]) => {
        return { name, kind: dimensions.has(name) ? 'dimension' : 'metric', value };
      }),
      time: bucketed ? sql`make_timestamp_ms(t)` : start,
      isTimeless: !bucketed,
      from,
    });
  },
});

interface Results {
  readonly source: Source;
  readonly dimensions: ReadonlyMap<string, Value>;
  readonly measures: Measures;
  /** `FROM … WHERE … ORDER BY … LIMIT …`: rows of `t` in milliseconds, of the dimensions and of the measures' columns. */
  readonly from: Sql;
}

function resultsOf(query: Query, context: PlanContext): Results {
  const source = sourceOf(query, context);
  const names = query.dimensions.map(dimensionName);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined)
    throw new QueryMistake(
      ['dimensions', names.lastIndexOf(twice)],
      `two dimensions of the query are named '${twice}'; give one another outputName`,
    );
  const { from, values } = unnested(
    source,
    query.dimensions.map((dimension) => compileDimension(dimension, source.scope)),
    'null',
  );
  const dimensions = new Map(
    names.map((name, i): [string, Value] => [name, { sql: ident(`d${i}`), type: (values[i] as Value).type }]),
  );
  const measures = measuresOf(query, source.scope, dimensions);
  const groups = groupsOf(query, source, from, values, measures);
  return {
    source,
    dimensions,
    measures,
    from: sql`
      FROM ${measures.withPosts(sql`(${groups})`)} AS g
      ${havingOf(query, dimensions, measures, context)} ${orderOf(query, dimensions, measures)}`,
  };
}

/** Rows of `t` in milliseconds, `d0` … and the states; with subtotals also `s`. */
function groupsOf(query: Query, source: Source, from: Sql, keys: readonly Value[], { foldsOf }: Measures): Sql {
  const buckets = compileGranularity(query.granularity);
  const bucketed = buckets.extent !== 'all';
  const grouping: Grouping = {
    from,
    bucket: bucketed ? bucketKeyOf(source, buckets) : undefined,
    start: sql`${literal(BigInt(source.startMs))} AS t`,
    keys,
    foldsOf,
  };
  const { subtotalsSpec } = query;
  return subtotalsSpec
    ? subtotalsOf(subtotalsSpec, query.dimensions.map(dimensionName), grouping)
    : groupedBy(grouping);
}

function havingOf(
  query: Query,
  dimensions: ReadonlyMap<string, Value>,
  { results }: Measures,
  lookups: LookupScope,
): Sql {
  if (!query.having) return sql``;
  const scope: Scope = {
    lookup: lookups.lookup,
    time: sql`make_timestamp_ms(t)`,
    column: (name) =>
      name === '__time'
        ? { sql: sql`t`, type: 'LONG' }
        : (dimensions.get(name) ?? results.get(name) ?? { sql: sql`NULL::VARCHAR`, type: 'STRING' }),
  };
  return sql`WHERE ${query.having(scope)}`;
}

/** By time, then as the limitSpec says, then by the dimensions. Subtotals come one after the other unless the limitSpec orders them all. */
function orderOf(query: Query, dimensions: ReadonlyMap<string, Value>, { results }: Measures): Sql {
  const { columns, limit, offset } = query.limitSpec ?? { columns: [], limit: undefined, offset: undefined };
  const chosen = columns.map((order) => orderTerm(order, dimensions, results));
  const bucketed = compileGranularity(query.granularity).extent !== 'all';
  const time = bucketed ? [sql`t`] : [];
  const subtotal = query.subtotalsSpec ? [sql`s`] : [];
  const rest = [...dimensions]
    // To the alphanumeric order, texts that differ in letter case are the same.
    .filter(([name]) => !columns.some((order) => order.dimension === name && order.dimensionOrder !== 'alphanumeric'))
    .map(([, { sql: value }]) => sql`${value} ASC NULLS FIRST`);
  const ordered = chosen.length > 0 ? [...chosen, ...subtotal, ...rest] : rest;
  const inOne = query.context.sortByDimsFirst ? [...ordered, ...time] : [...time, ...ordered];
  const terms = chosen.length > 0 ? inOne : [...subtotal, ...inOne];
  return join(
    [
      terms.length === 0 ? sql`` : sql`ORDER BY ${join(terms)}`,
      typeof limit === 'number' ? sql` LIMIT ${limit}` : sql``,
      offset ? sql` OFFSET ${offset}` : sql``,
    ],
    '',
  );
}

function printerOf(query: Query, columns: readonly Column[]) {
  const buckets = compileGranularity(query.granularity);
  if (query.context.resultAsArray) {
    // Druid leaves the time out where there is only one bucket.
    if (buckets.extent === 'all') return arrayPrinter(columns, 1);
    return arrayPrinter([{ name: 't', sql: sql`t`, encode: encodeLong }, ...columns]);
  }
  const encodeTime = timeEncoder(query.context, buckets.timeZone);
  const printEvent = objectPrinter(columns, 1);
  return (batch: Parameters<typeof printEvent>[0], row: number) =>
    `{"version":"v1","timestamp":${encodeTime(batch.columns[0]?.[row])},"event":${printEvent(batch, row)}}`;
}
