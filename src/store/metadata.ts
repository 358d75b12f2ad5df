/** The store's own tables: what there is beside the rows. Everything here changes in the same transactions as the rows. */
import type { Connection } from './engine.ts';

/** Raised when the layout changes; a newer folder is refused rather than misread. Since 2 rows in history have their minutes. */
export const layoutVersion = 2;

const tables = [
  'CREATE SCHEMA IF NOT EXISTS meta',
  'CREATE SCHEMA IF NOT EXISTS live',
  'CREATE SCHEMA IF NOT EXISTS history',
  'CREATE SCHEMA IF NOT EXISTS lookups',
  'CREATE TABLE IF NOT EXISTS meta.layout (version INTEGER)',
  // `id` names the tables live.t<id> and history.t<id>: the engine's names are not case-sensitive, Druid's are.
  'CREATE TABLE IF NOT EXISTS meta.data_sources (id INTEGER, name VARCHAR, definition VARCHAR, columns VARCHAR)',
  // `first_time` and `last_time` are those of its rows.
  `CREATE TABLE IF NOT EXISTS meta.segments
     (data_source VARCHAR, "start" TIMESTAMP, "end" TIMESTAMP, version VARCHAR, "rows" BIGINT, size_bytes BIGINT, location VARCHAR,
      first_time TIMESTAMP, last_time TIMESTAMP)`,
  // Where each source stands: the position up to which its events are in the tables, and which log it is of, where the source says so.
  'CREATE TABLE IF NOT EXISTS meta.offsets (source VARCHAR, "partition" VARCHAR, position BIGINT, origin VARCHAR)',
  // By what this folder is known in groups that it is a member of.
  'CREATE TABLE IF NOT EXISTS meta.member_names ("group" VARCHAR, name VARCHAR)',
  'CREATE TABLE IF NOT EXISTS meta.receipts (data_source VARCHAR, key VARCHAR, outcome VARCHAR, taken_at TIMESTAMP)',
  'CREATE TABLE IF NOT EXISTS meta.supervisors (id VARCHAR, spec VARCHAR, version VARCHAR, suspended BOOLEAN)',
  'CREATE TABLE IF NOT EXISTS meta.supervisor_history (id VARCHAR, spec VARCHAR, version VARCHAR)',
  // `table` names lookups.t<table>, which holds the entries.
  'CREATE TABLE IF NOT EXISTS meta.lookups (tier VARCHAR, id VARCHAR, spec VARCHAR, "table" INTEGER, modified_ms BIGINT)',
  // What moves to a Druid, and how far it is; and which time chunks Druid has, as of which of their versions.
  'CREATE TABLE IF NOT EXISTS meta.promotions (data_source VARCHAR, phase VARCHAR, settings VARCHAR, task VARCHAR)',
  'CREATE TABLE IF NOT EXISTS meta.promoted_chunks (data_source VARCHAR, start_ms BIGINT, version VARCHAR, agrees BOOLEAN)',
  'CREATE TABLE IF NOT EXISTS meta.rejects (data_source VARCHAR, rejected_at TIMESTAMP, reason VARCHAR, detail VARCHAR, event VARCHAR)',
];

/** Creates what is missing; returns the layout version that the file had, or undefined for a new one. */
export async function prepareMetadata(connection: Connection): Promise<number | undefined> {
  await connection.run('BEGIN');
  for (const statement of tables) await connection.run(statement);
  const [row] = await connection.rows('SELECT version FROM meta.layout');
  if (!row) await connection.run(`INSERT INTO meta.layout VALUES (${layoutVersion})`);
  await connection.run('COMMIT');
  return row?.[0] as number | undefined;
}

/** To be called when what an older layout lacks is there. */
export async function noteLayout(connection: Connection): Promise<void> {
  await connection.run(`UPDATE meta.layout SET version = ${layoutVersion}`);
}
