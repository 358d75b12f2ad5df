/** Native queries: JSON → plan. https://druid.apache.org/docs/latest/querying/ */
import { z } from 'zod';
import type { TypeIssueParams } from '../catalog/index.ts';
import { validate } from '../catalog/validate.ts';
import type { Plan, PlanContext, QueryType } from './define.ts';
import dataSourceMetadata from './native/data-source-metadata.ts';
import groupBy from './native/group-by.ts';
import scan from './native/scan.ts';
import search from './native/search.ts';
import segmentMetadata from './native/segment-metadata.ts';
import timeBoundary from './native/time-boundary.ts';
import timeseries from './native/timeseries.ts';
import topN from './native/top-n.ts';

export const queryTypes: readonly QueryType[] = [
  timeseries,
  topN,
  groupBy,
  scan,
  search,
  timeBoundary,
  segmentMetadata,
  dataSourceMetadata,
];

/** Query types that Druid has or had. */
const notYetSupported = ['select', 'movingAverage', 'windowOperator', 'unionAll', 'materializedView'];

export interface NativeQuery {
  readonly type: string;
  readonly dataSource: string;
  readonly context: { readonly queryId: string | undefined; readonly timeoutMs: number | undefined };
  readonly plan: Plan;
}

/**
 * Reads and plans a query. Unknown fields are ignored, as Druid does. Throws 400 with the JSON path of a mistake and the nearest
 * right word, 501 for what Druid has and millrace lacks.
 */
export function planNativeQuery(query: unknown, context: PlanContext): NativeQuery {
  const { type } = validate(envelopeSchema, query, { what: 'query' });
  const checked = validate(type.schema, query, { what: 'query' });
  const { dataSource, context: settings } = checked as Common;
  return {
    type: type.type,
    dataSource,
    context: { queryId: settings.queryId ?? undefined, timeoutMs: settings.timeout ?? undefined },
    plan: type.plan(checked, context),
  };
}

/** What every query type's schema gives. */
interface Common {
  readonly dataSource: string;
  readonly context: { readonly queryId?: string | null; readonly timeout?: number | null };
}

const envelopeSchema = z
  .looseObject({
    queryType: z.string({ error: `expected a query's type, one of ${queryTypes.map(({ type }) => type).join(', ')}` }),
  })
  .transform(({ queryType }, context) => {
    const type = queryTypes.find((candidate) => candidate.type === queryType);
    if (type) return { type };
    const params: TypeIssueParams = notYetSupported.includes(queryType)
      ? { unsupported: true }
      : { wrongType: queryType, rightTypes: queryTypes.map((candidate) => candidate.type) };
    const message = params.unsupported
      ? `query type '${queryType}' is not supported`
      : `unknown query type '${queryType}'`;
    context.issues.push({ code: 'custom', message, path: ['queryType'], params, input: queryType });
    return z.NEVER;
  });
