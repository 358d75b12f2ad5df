/** How far each source has come: written in the transactions that bring its rows, so that neither is there without the other. */
import { join, type Sql, sql } from '../sql.ts';

/** What reads here: a transaction, or a connection. */
interface Rows {
  rows(statement: Sql): Promise<readonly (readonly unknown[])[]>;
}

interface Writer extends Rows {
  run(statement: Sql): Promise<unknown>;
}

/** Position by partition. A position is the one after the last that was taken. */
export async function readOffsets(reader: Rows, source: string): Promise<Map<string, bigint>> {
  const rows = await reader.rows(sql`SELECT "partition", position FROM meta.offsets WHERE source = ${source}`);
  return new Map(rows.map(([partition, position]) => [partition as string, position as bigint]));
}

/** Sets these partitions' positions; others of the source stay. */
export async function writeOffsets(
  writer: Writer,
  source: string,
  positions: ReadonlyMap<string, bigint>,
): Promise<void> {
  if (positions.size === 0) return;
  await deleteOffsets(writer, source, [...positions.keys()]);
  const rows = [...positions].map(([partition, position]) => sql`(${source}, ${partition}, ${position})`);
  await writer.run(sql`INSERT INTO meta.offsets VALUES ${join(rows)}`);
}

/** Forgets some partitions, or the whole source. */
export async function deleteOffsets(writer: Writer, source: string, partitions?: readonly string[]): Promise<void> {
  if (partitions?.length === 0) return;
  const only = partitions
    ? sql` AND "partition" IN (${join(partitions.map((partition) => sql`${partition}`))})`
    : sql``;
  await writer.run(sql`DELETE FROM meta.offsets WHERE source = ${source}${only}`);
}
