import { z } from 'zod';
import {
  type Buckets,
  compileDimension,
  compileGranularity,
  dimensionName,
  specOf,
  type Value,
} from '../../catalog/index.ts';
import { join, type Sql, sql } from '../../sql.ts';
import { bucketKeyOf } from '../bucket-key.ts';
import { derivedView } from '../data-sources/view.ts';
import { defineQueryType, type Plan, type PlanContext, type RowBatch } from '../define.ts';
import { columnOf, type Encode, objectPrinter, type PrintRow, printBucket } from '../encode.ts';
import { measuresOf } from '../measures.ts';
import { type Source, sourceOf, unnested } from '../source.ts';
import { beginOf, timesToFill, withReach } from '../zero-fill.ts';
import { countSchema, measuresShape, rowsShape, timeEncoder } from './common.ts';
import { topNMetricSchema, topNOrder } from './top-n-metric.ts';

const schema = z.object({
  queryType: z.literal('topN'),
  ...rowsShape,
  ...measuresShape,
  dimension: specOf('dimension'),
  metric: topNMetricSchema,
  threshold: countSchema.refine((threshold) => threshold > 0, { error: 'expected at least 1' }),
});

type Query = z.infer<typeof schema>;

/** `[{"timestamp":…,"result":[{…},…]}]`: for each bucket the first values of a dimension by a metric. */
export default defineQueryType<Query>({
  type: 'topN',
  summary: 'The first values of a dimension in the order of a metric. Exact, where Druid approximates.',
  see: 'https://druid.apache.org/docs/latest/querying/topnquery',
  schema,
  plan: (query, context): Plan => {
    const { source, name, dimension, measures, buckets, top } = topOf(query, context);
    const columns = [columnOf(name, dimension), ...measures.columns];
    const list = columns.map((column) => column.sql);
    const encodeTime = timeEncoder(query.context, buckets.timeZone);
    if (buckets.extent === 'all')
      return {
        statement: sql`SELECT ${join(list)} ${topOfAll(top)}`,
        mostRows: query.threshold,
        // One bucket, even when the filter lets nothing through; none when there is no row at all.
        async *shape(batches, reader) {
          const [reach, rows] = await withReach(batches, source, reader);
          yield* printBucket(reach && encodeTime(reach.begin), rows, objectPrinter(columns));
        },
      };
    return {
      statement: topByBucket(source, buckets, top, list),
      shape: (batches) => printBuckets(batches, encodeTime, objectPrinter(columns, 2)),
    };
  },
  view: (query, context) => {
    const { source, name, dimension, measures, buckets, top } = topOf(query, context);
    const isOne = buckets.extent === 'all';
    return derivedView({
      name: query.dataSource.name,
      columns: [[name, dimension] as const, ...measures.inner].map(([column, value]) => {
        return { name: column, kind: column === name ? 'dimension' : 'metric', value };
      }),
      time: isOne ? sql`make_timestamp_ms(${beginOf(source)})` : sql`make_timestamp_ms(t)`,
      from: isOne ? topOfAll(top) : sql`FROM (${rankedByBucket(source, buckets, top)}) AS g`,
    });
  },
});

function topOf(query: Query, context: PlanContext) {
  const source = sourceOf(query, context);
  const name = dimensionName(query.dimension);
  const { from, values } = unnested(source, [compileDimension(query.dimension, source.scope)]);
  const [inner] = values as [Value];
  const dimension: Value = { sql: sql`d`, type: inner.type };
  const measures = measuresOf(query, source.scope, new Map([[name, dimension]]));
  const { order, after } = topNOrder(query.metric, dimension, measures.results);
  const top: Top = {
    groups: join([sql`${inner.sql} AS d`, ...measures.folds]),
    from,
    where: after ?? sql`true`,
    order,
    threshold: query.threshold,
    withPosts: measures.withPosts,
  };
  return { source, name, dimension, measures, buckets: compileGranularity(query.granularity), top };
}

interface Top {
  /** SELECT list of the grouping: the dimension as `d`, then the states. */
  readonly groups: Sql;
  readonly from: Sql;
  readonly where: Sql;
  readonly order: Sql;
  readonly threshold: number;
  withPosts(states: Sql): Sql;
}

const topOfAll = ({ groups, from, where, order, threshold, withPosts }: Top): Sql =>
  sql`FROM ${withPosts(sql`(SELECT ${groups} ${from} GROUP BY 1)`)} AS g WHERE ${where} ORDER BY ${order} LIMIT ${threshold}`;

function rankedByBucket(source: Source, buckets: Buckets, top: Top): Sql {
  const { groups, from, where, order, threshold, withPosts } = top;
  const { key, startOf } = bucketKeyOf(source, buckets);
  const grouped = sql`(SELECT ${startOf(key)} AS t, ${groups} ${from} GROUP BY ${key}, 2)`;
  return sql`
    SELECT *, row_number() OVER (PARTITION BY t ORDER BY ${order}) AS rank FROM ${withPosts(grouped)} AS g
    WHERE ${where} QUALIFY rank <= ${threshold}`;
}

function topByBucket(source: Source, buckets: Buckets, top: Top, columns: readonly Sql[]): Sql {
  const fill = buckets.extent === 'regular';
  return sql`
    WITH found AS MATERIALIZED (${rankedByBucket(source, buckets, top)})
    SELECT ${join([sql`t`, sql`rank`, ...columns])} FROM found
    ${fill ? emptyBuckets(source, buckets, columns.length) : sql``} ORDER BY 1, 2`;
}

/** Buckets without rows have an empty result, skipEmptyBuckets or not. */
function emptyBuckets(source: Source, buckets: Buckets, columns: number): Sql {
  const nothing = join([sql`NULL`, ...Array.from({ length: columns }, () => sql`NULL`)]);
  return sql`UNION ALL SELECT t, ${nothing} FROM (${timesToFill(source, buckets)}) ANTI JOIN found USING (t)`;
}

/** Rows in the order of their buckets → an object for each bucket. A row without a rank stands for an empty one. */
async function* printBuckets(
  batches: AsyncIterable<RowBatch>,
  encodeTime: Encode,
  printRow: PrintRow,
): AsyncGenerator<string> {
  let current: unknown;
  let open = false;
  let text = '[';
  for await (const batch of batches) {
    const [times, ranks] = batch.columns as [readonly unknown[], readonly unknown[]];
    for (let row = 0; row < batch.rowCount; row++) {
      const first = !open || times[row] !== current;
      if (first) text += `${open ? ']},' : ''}{"timestamp":${encodeTime(times[row])},"result":[`;
      current = times[row];
      open = true;
      if (ranks[row] !== null) text += (first ? '' : ',') + printRow(batch, row);
    }
    yield text;
    text = '';
  }
  yield `${text}${open ? ']}' : ''}]`;
}
