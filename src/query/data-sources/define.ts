/** The contract of a native query's data source: JSON → rows. One file each beside this one; `index.ts` collects them. */
import { z } from 'zod';
import { readByValue } from '../../catalog/dynamic-schema.ts';
import type { TypeIssueParams } from '../../catalog/index.ts';
import type { JsonPath } from '../../catalog/validate.ts';
import type { TableView } from '../../store/table.ts';
import { type Asker, type PlanContext, QueryMistake } from '../define.ts';

/** A data source that was read. */
export interface QueriedData {
  /** The tables that it reads, for people. */
  readonly name: string;
  /** Its rows, for a query that reads them. Throws {@link QueryMistake} with a path within the data source. */
  view(context: PlanContext, asker?: Asker): TableView;
}

export interface DataSourceType {
  readonly type: string;
  readonly summary: string;
  readonly see: string;
  readonly schema: z.ZodType<QueriedData>;
}

const types = new Map<string, DataSourceType>();

/** Druid has them, too. */
const notYetSupported = ['restrict'];

/** Registered rather than imported, since a data source may be a query, and queries read this schema. */
export function registerDataSources(all: readonly DataSourceType[]): void {
  for (const one of all) types.set(one.type, one);
}

/** A bare name is a table. */
const normalized = (raw: unknown) => (typeof raw === 'string' ? { type: 'table', name: raw } : raw);
const typeOf = (raw: unknown) => ((normalized(raw) ?? {}) as { type?: unknown }).type;

const read = z.unknown().transform((raw, context): QueriedData => {
  const type = typeOf(raw);
  const fail = (message: string, path: PropertyKey[] = [], params: TypeIssueParams = {}) => {
    context.issues.push({ code: 'custom', message, path, params, input: raw });
    return z.NEVER;
  };
  if (typeof type !== 'string') return fail('expected the name of a dataSource, or an object with its type');
  const found = types.get(type);
  if (!found && notYetSupported.includes(type))
    return fail(`dataSource type '${type}' is not supported yet`, ['type'], { unsupported: true });
  if (!found)
    return fail(`unknown dataSource type '${type}'`, ['type'], { wrongType: type, rightTypes: [...types.keys()] });
  const parsed = found.schema.safeParse(normalized(raw));
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) context.addIssue({ ...issue, input: raw } as z.core.$ZodRawIssue);
  return z.NEVER;
});
readByValue(read, (raw) => types.get(String(typeOf(raw)))?.schema);

/** Any data source, to stand in another schema. */
export const dataSourceSchema = read.meta({ title: 'dataSource' });

/** What is wrong in a part, told with the path of the whole. */
export function within<T>(path: JsonPath, compile: () => T): T {
  try {
    return compile();
  } catch (error) {
    throw error instanceof QueryMistake ? new QueryMistake([...path, ...error.path], error.message) : error;
  }
}
