/**
 * Hand-off: closed buckets leave the live rows and become segments, rolled up wholly and sorted by time, in the history
 * table and as Parquet in deep storage. A bucket that gets rows again later is handed off again, old and new rows
 * together, under a newer version.
 *
 * It runs beside the writer on a connection of its own: the engine lets one transaction append to the live rows while
 * another takes out those that it saw, so nothing is lost or seen twice.
 */
import path from 'node:path';
import { ident, join, literal, or, type Sql, sql } from '../sql.ts';

import type { Connection } from './engine.ts';
import { fileName } from './file-name.ts';
import { columnList, physicalColumns, type Table } from './schema.ts';
import type { Store } from './store.ts';
import { minuteColumn, minuteOf } from './table.ts';

/** Buckets that one transaction hands off, and the live rows from which on it takes no further one: commits wait for memory and cores. */
const maxBuckets = 64;
const enoughRows = 100_000;

export interface HandOffResult {
  readonly segments: number;
  readonly rows: number;
  /** Whether closed buckets may be left. */
  readonly more: boolean;
}

interface Bucket {
  readonly startMs: number;
  readonly endMs: number;
}

const merged = sql`temp.main.merged`;

/** Hands off the buckets that hold live rows and start before a time, the oldest first, some at a time. */
export async function handOff(
  store: Store,
  connection: Connection,
  table: Table,
  beforeMs: number,
): Promise<HandOffResult> {
  const { dataSource, segments } = table.definition;
  const { buckets, more } = await liveBuckets(connection, table, beforeMs);
  const [first] = buckets;
  if (!first) return { segments: 0, rows: 0, more: false };
  const span = { startMs: first.startMs, endMs: (buckets.at(-1) as Bucket).endMs };
  const version = new Date().toISOString();
  const bucketOfRow = segments.floor(sql`__time`);
  // The span lets the engine skip what lies outside; the list picks the buckets inside it.
  const inBuckets = sql`(${within(span)} AND ${bucketOfRow} IN (${join(buckets.map(({ startMs }) => instant(startMs)))}))`;
  const stale: string[] = [];
  const written: string[] = [];
  await connection.run('BEGIN');
  try {
    await connection.run(
      sql`CREATE OR REPLACE TEMP TABLE merged AS ${combined(table, [table.history, table.live], inBuckets)}`,
    );
    await connection.run(sql`DELETE FROM ${table.live} WHERE ${inBuckets}`);
    await connection.run(sql`DELETE FROM ${table.history} WHERE ${inBuckets}`);
    await connection.run(
      sql`INSERT INTO ${table.history} BY NAME SELECT *, ${minuteOf(sql`__time`)} AS ${minuteColumn} FROM ${merged}`,
    );
    // Those of shorter buckets, too, from before a change of the segmentGranularity.
    const covered = or(
      buckets.map(({ startMs, endMs }) => sql`("start" >= ${instant(startMs)} AND "end" <= ${instant(endMs)})`),
    );
    const replaced = sql`meta.segments WHERE data_source = ${dataSource} AND ${covered}`;
    for (const [location] of await connection.rows(sql`SELECT location FROM ${replaced}`))
      stale.push(location as string);
    await connection.run(sql`DELETE FROM ${replaced}`);
    let rows = 0;
    for (const bucket of buckets) {
      const key = segmentKey(dataSource, bucket, version);
      const local = path.join(store.temporaryDirectory, `${encodeURIComponent(key)}.parquet`.slice(-200));
      await connection.run(
        sql`COPY (SELECT * FROM ${merged} WHERE ${within(bucket)}) TO ${local} (FORMAT parquet, COMPRESSION zstd)`,
      );
      const { sizeBytes } = await store.deepStorage.put(local, key);
      written.push(key);
      const [description] = await connection.rows(sql`
        INSERT INTO meta.segments
        SELECT ${dataSource}, ${instant(bucket.startMs)}, ${instant(bucket.endMs)}, ${version}, count(*), ${sizeBytes}, ${key}, min(__time), max(__time)
        FROM ${merged} WHERE ${within(bucket)} RETURNING "rows"`);
      rows += Number(description?.[0]);
    }
    await connection.run('COMMIT');
    store.noteChange();
    for (const key of stale) await store.deepStorage.delete(key);
    return { segments: buckets.length, rows, more };
  } catch (error) {
    await connection.run('ROLLBACK').catch(() => {});
    for (const key of written) await store.deepStorage.delete(key);
    throw error;
  } finally {
    await connection.run(sql`DROP TABLE IF EXISTS ${merged}`).catch(() => {});
  }
}

/** Rolls live rows up among themselves, where many small commits have left many rows of the same time and dimensions. Returns how many are left. */
export async function combineLive(store: Store, connection: Connection, table: Table): Promise<number> {
  if (!table.definition.rollup) return Number.POSITIVE_INFINITY;
  const keys = join(rollupKeys(table));
  const [estimate] = await connection.rows(
    sql`SELECT approx_count_distinct(hash(${keys})), count(*) FROM ${table.live}`,
  );
  const [distinct, rows] = (estimate ?? []).map(Number) as [number, number];
  // Off by a few percent, but it needs a thirtieth of the time, and no memory.
  if (distinct > 0.6 * rows) return distinct;
  await connection.run('BEGIN');
  try {
    await connection.run(sql`CREATE OR REPLACE TEMP TABLE merged AS ${combined(table, [table.live], sql`true`)}`);
    const [counts] = await connection.rows(
      sql`SELECT (SELECT count(*) FROM ${merged}), (SELECT count(*) FROM ${table.live})`,
    );
    const [after, before] = (counts ?? []).map(Number) as [number, number];
    if (after <= before / 2) {
      await connection.run(sql`DELETE FROM ${table.live}`);
      await connection.run(sql`INSERT INTO ${table.live} BY NAME SELECT * FROM ${merged}`);
    }
    await connection.run('COMMIT');
    store.noteChange();
    return after;
  } catch (error) {
    await connection.run('ROLLBACK').catch(() => {});
    throw error;
  } finally {
    await connection.run(sql`DROP TABLE IF EXISTS ${merged}`).catch(() => {});
  }
}

/** Files in deep storage that a crash between upload and commit left behind. */
export async function removeOrphans(store: Store, connection: Connection): Promise<number> {
  let removed = 0;
  for (const dataSource of store.tables.keys()) {
    const known = new Set(
      (await connection.rows(sql`SELECT location FROM meta.segments WHERE data_source = ${dataSource}`)).map(
        ([location]) => location,
      ),
    );
    for await (const key of store.deepStorage.list(`${fileName(dataSource)}/`)) {
      if (known.has(key)) continue;
      await store.deepStorage.delete(key);
      removed++;
    }
  }
  return removed;
}

/** The oldest ones, as many as one transaction hands off, and whether there are others. */
async function liveBuckets(
  connection: Connection,
  table: Table,
  beforeMs: number,
): Promise<{ readonly buckets: readonly Bucket[]; readonly more: boolean }> {
  const { segments } = table.definition;
  const rowsBefore = sql`${table.live} WHERE __time < ${instant(beforeMs)}`;
  // Few times are put into buckets faster than many rows.
  const times = table.view.timesRepeat
    ? sql`SELECT __time, count(*) AS n FROM ${rowsBefore} GROUP BY 1`
    : sql`SELECT __time, 1 AS n FROM ${rowsBefore}`;
  const live = sql`SELECT ${segments.floor(sql`__time`)} AS bucket, sum(n)::BIGINT AS n FROM (${times}) GROUP BY 1`;
  const found = await connection.rows(sql`
    SELECT epoch_ms(bucket), epoch_ms(${segments.next(sql`bucket`)}), n FROM (${live}) WHERE bucket < ${instant(beforeMs)} ORDER BY 1 LIMIT ${maxBuckets + 1}`);
  const buckets: Bucket[] = [];
  let rows = 0;
  for (const [startMs, endMs, n] of found) {
    if (rows >= enoughRows || buckets.length === maxBuckets) break;
    buckets.push({ startMs: Number(startMs), endMs: Number(endMs) });
    rows += Number(n);
  }
  return { buckets, more: buckets.length < found.length };
}

/** Rows of these tables, rolled up, sorted by time and dimensions. */
function combined(table: Table, from: readonly Sql[], where: Sql): Sql {
  const { columns, rollup } = table.definition;
  const keys = rollupKeys(table);
  const outputs = columns.flatMap((column) => {
    const name = ident(column.physical);
    return column.merge && rollup
      ? [sql`${column.merge(name)} AS ${name}`]
      : physicalColumns(column).map((physical) => physical.name);
  });
  const source = join(
    from.map((name) => sql`SELECT ${columnList(table.definition)} FROM ${name} WHERE ${where}`),
    ' UNION ALL ',
  );
  const grouped = rollup ? sql` GROUP BY ${join(keys)}` : sql``;
  return sql`SELECT ${join([sql`__time`, ...outputs])} FROM (${source})${grouped} ORDER BY ${join(keys)}`;
}

/** What rows have in common that roll up into one. */
function rollupKeys({ definition: { columns } }: Table): readonly Sql[] {
  const dimensions = columns.filter(({ kind }) => kind === 'dimension');
  return [sql`__time`, ...dimensions.flatMap(physicalColumns).map(({ name }) => name)];
}

const instant = (millis: number): Sql => sql`make_timestamp_ms(${literal(millis)})`;
const within = ({ startMs, endMs }: Bucket): Sql => sql`(__time >= ${instant(startMs)} AND __time < ${instant(endMs)})`;

/** `dataSource/start_end/version.parquet`, each part without characters that a file system refuses. */
function segmentKey(dataSource: string, { startMs, endMs }: Bucket, version: string): string {
  const interval = `${new Date(startMs).toISOString()}_${new Date(endMs).toISOString()}`;
  const parts = [interval, `${version}.parquet`].map((part) => part.replaceAll(':', ''));
  return [fileName(dataSource), ...parts].join('/');
}
