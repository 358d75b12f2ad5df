/** The lasting names under which this data folder is a member of groups elsewhere. */
import { sql } from '../sql.ts';
import type { Transaction } from './store.ts';

/** The name that was given first. */
export async function memberName(transaction: Transaction, group: string, newName: string): Promise<string> {
  const [row] = await transaction.rows(sql`SELECT name FROM meta.member_names WHERE "group" = ${group}`);
  if (row) return row[0] as string;
  await transaction.run(sql`INSERT INTO meta.member_names VALUES (${group}, ${newName})`);
  return newName;
}
