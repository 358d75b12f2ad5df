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

/** Origin by partition: which log of the source the position is of, for those that were written with one. */
export async function readOrigins(reader: Rows, source: string): Promise<Map<string, string>> {
  const rows = await reader.rows(
    sql`SELECT "partition", origin FROM meta.offsets WHERE source = ${source} AND origin IS NOT NULL`,
  );
  return new Map(rows.map(([partition, origin]) => [partition as string, origin as string]));
}

/** Sets these partitions' positions, and their origins, where a missing one is none; other partitions of the source stay. */
export async function writeOffsets(
  writer: Writer,
  source: string,
  positions: ReadonlyMap<string, bigint>,
  origins: ReadonlyMap<string, string | undefined> = new Map(),
): Promise<void> {
  if (positions.size === 0) return;
  await deleteOffsets(writer, source, [...positions.keys()]);
  const rows = [...positions].map(
    ([partition, position]) => sql`(${source}, ${partition}, ${position}, ${origins.get(partition) ?? null})`,
  );
  await writer.run(sql`INSERT INTO meta.offsets (source, "partition", position, origin) VALUES ${join(rows)}`);
}

/** Sets origins of positions that have none. */
export async function adoptOrigins(
  writer: Writer,
  source: string,
  origins: ReadonlyMap<string, string>,
): Promise<void> {
  if (origins.size === 0) return;
  const rows = [...origins].map(([partition, origin]) => sql`(${partition}, ${origin})`);
  await writer.run(
    sql`UPDATE meta.offsets SET origin = found.origin FROM (VALUES ${join(rows)}) found("partition", origin)
      WHERE source = ${source} AND meta.offsets."partition" = found."partition" AND meta.offsets.origin IS NULL`,
  );
}

/** Forgets some partitions, or the whole source. */
export async function deleteOffsets(writer: Writer, source: string, partitions?: readonly string[]): Promise<void> {
  if (partitions?.length === 0) return;
  const only = partitions
    ? sql` AND "partition" IN (${join(partitions.map((partition) => sql`${partition}`))})`
    : sql``;
  await writer.run(sql`DELETE FROM meta.offsets WHERE source = ${source}${only}`);
}
