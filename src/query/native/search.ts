import { z } from 'zod';
import { compileDimension, dimensionName, specOf } from '../../catalog/index.ts';
import { asText } from '../../catalog/numbers.ts';
import { orderingKey, orderingSchema } from '../../catalog/ordering.ts';
import { matchesSearch, searchQuerySchema } from '../../catalog/search-query.ts';
import { join, type Sql, sql } from '../../sql.ts';
import { defineQueryType, type Plan } from '../define.ts';
import { encodeLong, encodeString, type PrintRow, printBucket } from '../encode.ts';
import { sideBySide } from '../reading.ts';
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
    const first = sql`SELECT epoch_ms(coalesce(min(segment), min(first))) FROM ${touchedSegments(source.table, source.intervals)}`;
    const encodeTime = timeEncoder(query.context, 'UTC');
    return {
      statement:
        hits.length === 0
          ? undefined
          : sql`SELECT d, v, n FROM (${join(hits, ' UNION ALL ')}) ORDER BY ${key} NULLS FIRST, d LIMIT ${query.limit}`,
      mostRows: query.limit,
      async *shape(batches, reader) {
        const [[start], rows] = await sideBySide(reader.row(first), batches);
        yield* printBucket(start === null ? undefined : encodeTime(start), rows, printHit);
      },
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

const printHit: PrintRow = ({ columns }, row) => {
  const [dimension, value, count] = columns.map((column) => column[row]);
  return `{"dimension":${encodeString(dimension)},"value":${encodeString(value)},"count":${encodeLong(count)}}`;
};
