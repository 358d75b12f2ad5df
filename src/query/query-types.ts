/** All query types, and which of them a query is of. */
import { z } from 'zod';
import type { TypeIssueParams } from '../catalog/index.ts';
import type { QueryType } from './define.ts';
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

/** A query → `{type}`; the query's own schema reads the rest. */
export const queryTypeSchema = z
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
