/** Native queries: JSON → plan. https://druid.apache.org/docs/latest/querying/ */
import { mistakesError, type ValidateOptions, validate } from '../catalog/validate.ts';
import { invalidInput } from '../errors.ts';
import './data-sources/index.ts';
import type { QueriedData } from './data-sources/define.ts';
import { maxStatementLength, type Plan, type PlanContext, QueryMistake } from './define.ts';
import { queryTypeSchema } from './query-types.ts';

export { queryTypes } from './query-types.ts';

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
  const { type } = validate(queryTypeSchema, query, reading);
  const checked = validate(type.schema, query, reading);
  const { dataSource, context: settings } = checked as Common;
  return {
    type: type.type,
    dataSource: dataSource.name,
    context: { queryId: settings.queryId ?? undefined, timeoutMs: settings.timeout ?? undefined },
    plan: planWithin(() => type.plan(checked, context), reading),
  };
}

function planWithin(plan: () => Plan, reading: ValidateOptions): Plan {
  const tooLong = () =>
    invalidInput(`the query compiles to more than ${maxStatementLength} characters of SQL; ask for less at once`);
  try {
    const planned = plan();
    if (planned.statement && planned.statement.text.length > maxStatementLength) throw tooLong();
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
