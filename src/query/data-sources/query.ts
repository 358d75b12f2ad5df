import { z } from 'zod';
import { readByValue } from '../../catalog/dynamic-schema.ts';
import type { QueryType } from '../define.ts';
import { queryTypeSchema, queryTypes } from '../query-types.ts';
import { type DataSourceType, type QueriedData, within } from './define.ts';

/** What every query type's schema gives. */
interface Inner {
  readonly dataSource: QueriedData;
}

const innerSchema = z.unknown().transform((raw, context): QueriedData => {
  const fail = ({ issues }: z.ZodError) => {
    for (const issue of issues) context.addIssue({ ...issue, input: raw } as z.core.$ZodRawIssue);
    return z.NEVER;
  };
  const named = queryTypeSchema.safeParse(raw);
  if (!named.success) return fail(named.error);
  const type: QueryType = named.data.type;
  const { view } = type;
  if (!view) {
    const message = `a ${type.type} query cannot be a data source, as its answer is not made of rows`;
    context.addIssue({ code: 'custom', message, path: ['queryType'], input: raw });
    return z.NEVER;
  }
  const parsed = type.schema.safeParse(raw);
  if (!parsed.success) return fail(parsed.error);
  const { dataSource } = parsed.data as Inner;
  return { name: dataSource.name, view: (context, asker) => view(parsed.data, context, asker) };
});
readByValue(innerSchema, (raw) => {
  const { queryType } = (raw ?? {}) as { queryType?: unknown };
  return queryTypes.find(({ type }) => type === queryType)?.schema;
});

export default {
  type: 'query',
  summary:
    "The answer of another query, groupBy, topN, timeseries or scan. The rows of a groupBy are of their bucket's time; with granularity all of the interval's start where another groupBy reads them, else of 1970.",
  see: 'https://druid.apache.org/docs/latest/querying/datasource#query',
  schema: z.object({ type: z.literal('query'), query: innerSchema.meta({ title: 'query' }) }).transform(
    ({ query }): QueriedData => ({
      name: query.name,
      view: (context, asker) => within(['query'], () => query.view(context, asker)),
    }),
  ),
} satisfies DataSourceType;
