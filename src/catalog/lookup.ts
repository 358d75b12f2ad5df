/** How a key becomes a value. https://druid.apache.org/docs/latest/querying/lookups */
import { z } from 'zod';
import { invalidInput, unsupported } from '../errors.ts';
import { type Sql, sql } from '../sql.ts';
import type { LookupScope, TypeIssueParams } from './define.ts';
import { letIn } from './operand.ts';

/** What becomes of a key without a value: it stays, or something stands in its place, or it is null. */
export interface MissingValues {
  readonly retainMissingValue?: boolean | null | undefined;
  readonly replaceMissingValueWith?: string | null | undefined;
}

export const missingValuesShape = {
  retainMissingValue: z.boolean().nullish(),
  replaceMissingValueWith: z.string().nullish(),
};

export const notBoth = ({ retainMissingValue, replaceMissingValueWith }: MissingValues) =>
  !retainMissingValue || typeof replaceMissingValueWith !== 'string';
export const notBothMessage = {
  error: 'expected either retainMissingValue or replaceMissingValueWith, not both',
  path: ['retainMissingValue'],
};

/** Tells the engine how to find things, not what to find; how values are found here does not depend on it. */
export const hintsShape = { injective: z.boolean().nullish(), optimize: z.boolean().nullish() };

/** Numbers and booleans as their text. */
const valueSchema = z.union([z.string(), z.union([z.number(), z.boolean()]).transform(String), z.null()]);

export const entriesSchema = z.record(z.string(), valueSchema);
export type Entries = z.infer<typeof entriesSchema>;

/** A map → its relation of `k` and `v`. */
export const entriesSql = (entries: Entries): Sql =>
  sql`(SELECT key AS k, value ->> '$' AS v FROM json_each(${JSON.stringify(entries)}))`;

/** A lookup that stands in the query. */
export const inlineLookupSchema = z
  .object({
    type: z.string().refine((type) => type === 'map', {
      error: "a lookup in a query is of type 'map'; others are registered and used by their names",
      params: { unsupported: true } satisfies TypeIssueParams,
    }),
    map: entriesSchema,
    isOneToOne: z.boolean().nullish(),
  })
  .transform(({ map }) => entriesSql(map));

/** A relation of `k`, each once, and `v`; throws where no lookup has the name. */
export function registeredLookup(name: string, { lookup }: LookupScope): Sql {
  if (!lookup) throw unsupported(`lookup '${name}': lookups in ingestion are not supported yet`);
  const relation = lookup(name);
  if (relation) return relation;
  throw invalidInput(`Lookup [${name}] not found`);
}

/** The value of a key, a VARCHAR, in a relation of `k` and `v`. The inner names are such as no column of a table has. */
export function lookedUp(relation: Sql, key: Sql, missing: MissingValues): Sql {
  const found = (one: Sql) => sql`(SELECT __value FROM ${relation} AS __lookup(__key, __value) WHERE __key = ${one})`;
  if (missing.retainMissingValue) return letIn('text', key, (bound) => sql`coalesce(${found(bound)}, ${bound})`);
  const { replaceMissingValueWith: instead } = missing;
  return typeof instead === 'string' ? sql`coalesce(${found(key)}, ${instead})` : found(key);
}
