import { z } from 'zod';
import { asText, compileDimension, dimensionName, specOf } from '../../catalog/index.ts';
import { orderingKey, orderingSchema } from '../../catalog/ordering.ts';
import { matchesSearch, searchQuerySchema } from '../../catalog/search-query.ts';
import { join, type Sql, sql } from '../../sql.ts';
import { defineQueryType, type Plan, type RowBatch } from '../define.ts';
import { type Encode, encodeLong, encodeString } from '../encode.ts';
import { type Source, sourceOf, unnested } from '../source.ts';
import { touchedSegments } from '../zero-fill.ts';
import { countSchema, rowsShape, timeEncoder } from './common.ts';

const schema = z.object({
  queryType: z.literal('search'),
  ...rowsShape,
  granularity: z.unknown().optional(),
  searchDimensions: z.array(specOf('dimension')).nullish(),
  query: searchQuerySchema,
  sort: z.object({ type: orderingSchema }).nullish(),
  limit: countSchema.refine((limit) => limit > 0, { error: 'expected at least 1' }).default(1000),
});

type Query = z.infer<typeof schema>;

/** `[{"timestamp":…,"result":[{"dimension":…,"value":…,"count":…}]}]`: one object, as Druid ignores a search's granularity. */
export default defineQueryType<Query>({
  type: 'search',
  summary:
    "Dimension values that match a text, and in how many rows. Without searchDimensions all of the table's dimensions are searched.",
  see: 'https://druid.apache.org/docs/latest/querying/searchquery',
  schema,
  plan: (query, context): Plan => {
    const source = sourceOf(query, context);
    const key = orderingKey(query.sort?.type ?? 'lexicographic', { sql: sql`v`, type: 'STRING' });
    const hits = dimensionsOf(query, source).map((dimension) => hitsOf(query, source, dimension));
    const found = sql`
      SELECT *, row_number() OVER () AS position
      FROM (SELECT * FROM (${join(hits, ' UNION ALL ')}) ORDER BY ${key} NULLS FIRST, d LIMIT ${query.limit})`;
    const first = sql`SELECT coalesce(min(segment), min(first)) AS t FROM ${touchedSegments(source.table, source.intervals)}`;
    return {
      statement:
        hits.length === 0
          ? sql`SELECT epoch_ms(t), NULL, NULL, NULL FROM (${first}) WHERE t IS NOT NULL`
          : sql`SELECT epoch_ms(t), d, v, n FROM (${first}) LEFT JOIN (${found}) ON true WHERE t IS NOT NULL ORDER BY position`,
      shape: (batches) => printHits(batches, timeEncoder(query.context, 'UTC')),
    };
  },
});

type Dimension = ReturnType<typeof dimensionsOf>[number];

function dimensionsOf(query: Query, { table }: Source) {
  const all = [...table.columns.values()].filter((column) => column.kind === 'dimension');
  return query.searchDimensions?.length
    ? query.searchDimensions
    : all.map(({ name }) => specOf('dimension').parse({ type: 'default', dimension: name }));
}

function hitsOf(query: Query, source: Source, dimension: Dimension): Sql {
  const text = asText(compileDimension(dimension, source.scope));
  // A row counts once, however often it has the value.
  const { from, values } = unnested(source, [
    text.multiValue ? { ...text, sql: sql`list_distinct(${text.sql})` } : text,
  ]);
  const value = (values[0] as (typeof values)[number]).sql;
  return sql`
    SELECT ${dimensionName(dimension)} AS d, v, n FROM (SELECT ${value} AS v, count(*) AS n ${from} GROUP BY 1)
    WHERE ${matchesSearch(query.query, sql`v`)}`;
}

/** A row without a dimension: rows there are, but no hits. */
async function* printHits(batches: AsyncIterable<RowBatch>, encodeTime: Encode): AsyncGenerator<string> {
  let rows = 0;
  for await (const batch of batches) {
    const [times, dimensions, values, counts] = batch.columns as [unknown[], unknown[], unknown[], unknown[]];
    let text = '';
    for (let row = 0; row < batch.rowCount; row++) {
      if (rows++ === 0) text += `[{"timestamp":${encodeTime(times[row])},"result":[`;
      else text += ',';
      if (dimensions[row] === null) continue;
      text += `{"dimension":${encodeString(dimensions[row])},"value":${encodeString(values[row])},"count":${encodeLong(counts[row])}}`;
    }
    if (text !== '') yield text;
  }
  yield rows === 0 ? '[]' : ']}]';
}
