/** The supervisors that run when the process does, and all versions of their specs that there ever were. */
import { sql } from '../sql.ts';
import type { Transaction } from './store.ts';

export interface StoredSupervisor {
  readonly id: string;
  /** As JSON. */
  readonly spec: string;
  /** ISO 8601, when this spec was submitted. */
  readonly version: string;
  readonly suspended: boolean;
}

export type StoredVersion = Omit<StoredSupervisor, 'suspended'>;

export async function readSupervisors(transaction: Transaction): Promise<readonly StoredSupervisor[]> {
  const rows = await transaction.rows(sql`SELECT id, spec, version, suspended FROM meta.supervisors ORDER BY id`);
  return rows.map(([id, spec, version, suspended]) => ({
    id: id as string,
    spec: spec as string,
    version: version as string,
    suspended: suspended as boolean,
  }));
}

/** In place of the one of that id. */
export async function writeSupervisor(transaction: Transaction, supervisor: StoredSupervisor): Promise<void> {
  const { id, spec, version, suspended } = supervisor;
  await transaction.run(sql`DELETE FROM meta.supervisors WHERE id = ${id}`);
  await transaction.run(sql`INSERT INTO meta.supervisors VALUES (${id}, ${spec}, ${version}, ${suspended})`);
  await addVersion(transaction, supervisor);
}

/** The supervisor goes; what it was stays in the history, which `tombstone` ends. */
export async function removeSupervisor(transaction: Transaction, tombstone: StoredVersion): Promise<void> {
  await transaction.run(sql`DELETE FROM meta.supervisors WHERE id = ${tombstone.id}`);
  await addVersion(transaction, tombstone);
}

/** The newest first. */
export async function readHistory(transaction: Transaction): Promise<readonly StoredVersion[]> {
  const rows = await transaction.rows(
    sql`SELECT id, spec, version FROM meta.supervisor_history ORDER BY id, version DESC, rowid DESC`,
  );
  return rows.map(([id, spec, version]) => ({ id: id as string, spec: spec as string, version: version as string }));
}

async function addVersion(transaction: Transaction, { id, spec, version }: StoredVersion): Promise<void> {
  await transaction.run(sql`INSERT INTO meta.supervisor_history VALUES (${id}, ${spec}, ${version})`);
}
