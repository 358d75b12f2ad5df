/** Registered lookups: their specs, and of those that are in use their entries, each in a table of its own. */
import { ident, type Sql, sql } from '../sql.ts';
import type { Transaction } from './store.ts';

export interface StoredLookup {
  readonly tier: string;
  readonly id: string;
  /** As JSON. */
  readonly spec: string;
  /** Names its table; undefined where its entries are not kept. */
  readonly table: number | undefined;
  /** When the file was changed that its entries come from, in milliseconds. */
  readonly modifiedMs: number | undefined;
}

/** The table of a lookup's entries: `k`, each once, and `v`. */
export const lookupTable = (table: number): Sql => sql`lookups.${ident(`t${table}`)}`;

export async function readLookups(transaction: Transaction): Promise<readonly StoredLookup[]> {
  const rows = await transaction.rows(
    sql`SELECT tier, id, spec, "table", modified_ms FROM meta.lookups ORDER BY rowid`,
  );
  return rows.map(([tier, id, spec, table, modifiedMs]) => ({
    tier: tier as string,
    id: id as string,
    spec: spec as string,
    table: (table as number | null) ?? undefined,
    modifiedMs: modifiedMs === null ? undefined : Number(modifiedMs),
  }));
}

/** In place of the one of that tier and id. */
export async function writeLookup(transaction: Transaction, lookup: StoredLookup): Promise<void> {
  const { tier, id, spec, table, modifiedMs } = lookup;
  await transaction.run(sql`DELETE FROM meta.lookups WHERE tier = ${tier} AND id = ${id}`);
  await transaction.run(
    sql`INSERT INTO meta.lookups VALUES (${tier}, ${id}, ${spec}, ${table ?? null}, ${modifiedMs ?? null})`,
  );
}

/**
 * Fills a lookup's table anew, in the order in which the keys first occur; of several values of a key the last counts.
 * Returns how many entries these are: one more than `most` where there are more.
 */
export async function fillLookup(transaction: Transaction, table: number, rows: Sql, most: number): Promise<number> {
  const numbered = sql`SELECT k, v, row_number() OVER () AS n FROM (${rows}) WHERE k IS NOT NULL`;
  const entries = sql`SELECT k, last(v ORDER BY n) AS v FROM (${numbered}) GROUP BY k ORDER BY min(n) LIMIT ${most + 1}`;
  await transaction.run(sql`CREATE OR REPLACE TABLE ${lookupTable(table)} AS ${entries}`);
  const [count] = await transaction.column(sql`SELECT count(*) FROM ${lookupTable(table)}`);
  return Number(count);
}

export async function removeLookup(transaction: Transaction, { tier, id, table }: StoredLookup): Promise<void> {
  await transaction.run(sql`DELETE FROM meta.lookups WHERE tier = ${tier} AND id = ${id}`);
  if (table !== undefined) await transaction.run(sql`DROP TABLE ${lookupTable(table)}`);
}
