/** Native queries: JSON → plan. https://druid.apache.org/docs/latest/querying/ */
import { z } from 'zod';
import type { TypeIssueParams } from '../catalog/index.ts';
import { mistakesError, type ValidateOptions, validate } from '../catalog/validate.ts';
import { invalidInput } from '../errors.ts';
import './data-sources/index.ts';
import type { QueriedData } from './data-sources/define.ts';
import { type Plan, type PlanContext, QueryMistake, type QueryType } from './define.ts';
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
 * right word, 501 for what Druid has and millrace lacks. `place` gives line and column of a path where the query's text is known.
 */
export function planNativeQuery(query: unknown, context: PlanContext, place?: ValidateOptions['place']): NativeQuery {
  if (isDeeperThan(query, maxDepth))
    throw invalidInput(`the query is nested more than ${maxDepth} levels deep; expected less`);
  const reading: ValidateOptions = { what: 'query', place };
  const { type } = validate(envelopeSchema, query, reading);
  const checked = validate(type.schema, query, reading);
  const { dataSource, context: settings } = checked as Common;
  return {
    type: type.type,
    dataSource: dataSource.name,
    context: { queryId: settings.queryId ?? undefined, timeoutMs: settings.timeout ?? undefined },
    plan: planWithin(() => type.plan(checked, context), reading),
  };
}

/** Characters of SQL. A list of 100,000 values fits; what puts extraction functions into each other without end does not. */
const maxStatement = 4 * 1024 * 1024;

function planWithin(plan: () => Plan, reading: ValidateOptions): Plan {
  const tooLong = () =>
    invalidInput(`the query compiles to more than ${maxStatement} characters of SQL; ask for less at once`);
  try {
    const planned = plan();
    if (planned.statement && planned.statement.text.length > maxStatement) throw tooLong();
    return planned;
  } catch (error) {
    if (error instanceof QueryMistake) {
      throw mistakesError([{ path: error.path, message: error.message, unsupported: false }], reading);
    }
    // A string longer than the runtime has.
    throw error instanceof RangeError ? tooLong() : error;
  }
}

/** Far beyond what anyone writes, and within what the engine takes. */
const maxDepth = 200;

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((member) => isDeeperThan(member, levels - 1));
}

/** What every query type's schema gives. */
interface Common {
  readonly dataSource: QueriedData;
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
