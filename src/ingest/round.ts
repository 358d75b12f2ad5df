/** One round of ingestion: some bodies for one dataSource go through the plan into its table, inside a transaction. */
import { isDeepStrictEqual } from 'node:util';
import type { DataSource } from '../spec/data-source.ts';
import { recordValue } from '../spec/kafka-format.ts';
import { ident, join, type Sql, sql } from '../sql.ts';
import { readOffsets, writeOffsets } from '../store/offsets.ts';
import type { Table } from '../store/schema.ts';
import type { Transaction } from '../store/store.ts';
import { listColumn, type TableColumn } from '../store/table.ts';
import type { Batch, ColumnFiles } from './batch.ts';
import { type Body, type BodyOutcome, nothingDropped, type RoundInput, type RoundResult } from './body.ts';
import { flatFields } from './columns/needed-columns.ts';
import { rolledUpRows } from './columns/rolled-up-rows.ts';
import { rollupPlan } from './columns/rollup-plan.ts';
import { discover, namedDimensions, namesSeen } from './discovery.ts';
import { type IngestPlan, ingestPlan } from './plan.ts';
import { eventFields } from './reader.ts';
import { hidesMalformed, judgeEachEvent, keepLetters, lastRejects, outcomesOfBodies } from './rejects.ts';
import { tableDefinition } from './table.ts';

const stagedRows = sql`temp.main.staged`;

/** Thrown out of a transaction to undo it: {@link ingestRound} must look again. */
export class Doubtful extends Error {
  constructor() {
    super('not every event was kept at the first try');
  }
}

/**
 * The usual round: every event is kept and none holds a list, so the plan's rows go straight into the table.
 * Throws {@link Doubtful} when the count says otherwise, and then the transaction is of no use.
 */
export async function ingestTrusting(transaction: Transaction, input: RoundInput): Promise<void> {
  const { dataSource, bodies, batch, clock, fieldErrors } = input;
  const table = await currentTable(transaction, dataSource, batch);
  const reach = batch.columns ? 'columns' : 'common';
  const plan = ingestPlan(dataSource, table.definition.columns, batch, clock, { reach, fieldErrors });
  if (plan.listColumns.length > 0) throw new Doubtful();
  const rows = batch.columns ? rowsOfColumns(plan, batch.columns, dataSource, table.definition.columns) : plan.rows;
  const insert = sql`INSERT INTO ${table.live} BY NAME ${rows}`;
  const counts = sql`CASE WHEN __time IS NULL THEN 0 ELSE __rows END`;
  // Whoever has rolled up all events has kept all.
  const isCounted = batch.columns?.paths.length !== 0;
  const isReturning = dataSource.rollup && isCounted;
  const changed = isReturning
    ? await transaction.sum(sql`${insert} RETURNING ${counts}`)
    : await transaction.run(insert);
  const kept = isCounted ? changed : expectedEvents(bodies);
  if (kept !== expectedEvents(bodies) || (await hidesMalformed(transaction, input))) throw new Doubtful();
  if (dataSource.window.policy === 'messageTime') await advanceClock(transaction, plan, input);
}

/** Throws {@link Doubtful} when what the batch was read into columns for has changed meanwhile. */
function rowsOfColumns(
  plan: IngestPlan,
  { fields, paths, rollup, rowPaths }: ColumnFiles,
  dataSource: DataSource,
  columns: readonly TableColumn[],
): Sql {
  if (!isDeepStrictEqual(fields, flatFields(plan))) throw new Doubtful();
  if (!rollup || rowPaths.length === 0) return plan.rows;
  if (!isDeepStrictEqual(rollup, rollupPlan(dataSource, columns))) throw new Doubtful();
  const rows = rolledUpRows(rollup, columns, rowPaths);
  return paths.length === 0 ? rows : sql`(${rows}) UNION ALL BY NAME (${plan.rows})`;
}

const expectedEvents = (bodies: readonly Body[]) => bodies.reduce((sum, body) => sum + body.events, 0);

/** Adds the round's rows to the transaction; or says which bodies must be left out, and then the transaction is of no use. */
export async function ingestRound(transaction: Transaction, input: RoundInput): Promise<RoundResult> {
  const { dataSource, bodies, batch, clock, fieldErrors } = input;
  let table = await currentTable(transaction, dataSource, batch);
  const expected = expectedEvents(bodies);
  const plan = ingestPlan(dataSource, table.definition.columns, batch, clock, { reach: 'whole', fieldErrors });
  const staged = await stage(transaction, plan);
  let outcomes: readonly BodyOutcome[] = bodies.map(() => nothingDropped);
  if (staged.kept !== expected || staged.errors > 0 || (await hidesMalformed(transaction, input))) {
    const malformed = await judgeEachEvent(transaction, plan, input);
    if (malformed.length > 0) return { malformed };
    outcomes = await outcomesOfBodies(transaction, bodies);
    await transaction.run(sql`INSERT INTO meta.rejects ${lastRejects(input)}`);
    await keepLetters(transaction, input);
  }
  if (staged.kept > 0) {
    table = await withListColumns(transaction, table, staged.multiValued);
    await insertStaged(transaction, plan, table);
  }
  if (dataSource.window.policy === 'messageTime') await advanceClock(transaction, plan, input);
  return { outcomes };
}

interface Staged {
  /** Events in the staged rows. */
  readonly kept: number;
  /** Those of them with fields that did not become their columns' numbers. */
  readonly errors: number;
  /** Dimensions of which some row holds several values. */
  readonly multiValued: readonly string[];
}

async function stage(transaction: Transaction, plan: IngestPlan): Promise<Staged> {
  await transaction.run(sql`CREATE OR REPLACE TEMP TABLE staged AS ${plan.rows}`);
  const lists = join(
    plan.listColumns.map(({ physical }) => sql`, count(${listColumn(physical)})`),
    '',
  );
  const errors = plan.countsErrors ? sql`coalesce(sum(__errors), 0)::BIGINT` : sql`0`;
  const [counts] = await transaction.rows(
    sql`SELECT coalesce(sum(__rows), 0)::BIGINT, ${errors}${lists} FROM ${stagedRows} WHERE __time IS NOT NULL`,
  );
  const [kept = 0, errorRows = 0, ...listRows] = (counts ?? []).map(Number);
  return {
    kept,
    errors: errorRows,
    multiValued: plan.listColumns.filter((_, index) => (listRows[index] ?? 0) > 0).map(({ name }) => name),
  };
}

async function currentTable(transaction: Transaction, dataSource: DataSource, batch: Batch): Promise<Table> {
  const present = transaction.table(dataSource.name) ?? (await transaction.define(tableDefinition(dataSource, [])));
  const discovers = dataSource.discovery !== 'none' || dataSource.dimensions.some(({ type }) => type === 'auto');
  if (!discovers) return present;
  const { columns } = present.definition;
  const { input } = dataSource;
  const events = (want: 'text' | 'json') => eventFields(batch.files, batch.longestEventBytes, want);
  const rows = (statement: Sql) => transaction.rows(statement);
  const found =
    input.type === 'json'
      ? await discover(dataSource, columns, events, rows)
      : namedDimensions(dataSource, columns, [
          ...input.columns,
          ...(input.kafka ? await recordNames(events, rows) : []),
        ]);
  return found.length === 0 ? present : transaction.define(tableDefinition(dataSource, columns, found));
}

/** Columns of what Kafka knows about the records: which headers they have is for them to say. */
async function recordNames(
  events: (want: 'text') => Sql,
  rows: (statement: Sql) => Promise<readonly (readonly unknown[])[]>,
): Promise<readonly string[]> {
  const names = (await namesSeen(events('text'), rows)).filter((name) => name !== recordValue);
  // The engine sees them in any order; the same events make the same columns.
  return names.sort();
}

async function withListColumns(transaction: Transaction, table: Table, names: readonly string[]): Promise<Table> {
  const missing = new Set(
    table.definition.columns
      .filter(({ name, multiValue }) => !multiValue && names.includes(name))
      .map(({ name }) => name),
  );
  if (missing.size === 0) return table;
  const columns = table.definition.columns.map((column) =>
    missing.has(column.name) ? { ...column, multiValue: true } : column,
  );
  return transaction.define({ ...table.definition, columns });
}

async function insertStaged(transaction: Transaction, plan: IngestPlan, table: Table): Promise<void> {
  const multiValued = new Set(table.definition.columns.filter(({ multiValue }) => multiValue).map(({ name }) => name));
  const lists = plan.listColumns
    .filter(({ name }) => multiValued.has(name))
    .map(({ physical }) => listColumn(physical));
  const columns = join([sql`__time`, ...plan.columns.map(({ physical }) => ident(physical)), ...lists]);
  await transaction.run(
    sql`INSERT INTO ${table.live} (${columns}) SELECT ${columns} FROM ${stagedRows} WHERE __time IS NOT NULL`,
  );
}

/** The source under which the newest event's time is kept, a partition for each dataSource with the messageTime policy. */
const clockSource = 'messageTime';

/** Milliseconds; undefined before the first event. */
export async function newestEvent(
  reader: Parameters<typeof readOffsets>[0],
  dataSource: string,
): Promise<number | undefined> {
  const newest = (await readOffsets(reader, clockSource)).get(dataSource);
  return newest === undefined ? undefined : Number(newest);
}

async function advanceClock(
  transaction: Transaction,
  plan: IngestPlan,
  { dataSource, clock }: RoundInput,
): Promise<void> {
  // Not from the staged rows: their time is cut to the queryGranularity. Late ones are never the newest, so that only a filter calls for judging.
  const counts = dataSource.filter ? sql` WHERE __reason IS NULL` : sql``;
  const [row] = await transaction.rows(sql`SELECT epoch_ms(max(__time)) FROM (${plan.judged})${counts}`);
  const newest = Math.max(Number(row?.[0] ?? Number.NEGATIVE_INFINITY), clock.newestMs ?? Number.NEGATIVE_INFINITY);
  if (!Number.isFinite(newest) || newest === clock.newestMs) return;
  await writeOffsets(transaction, clockSource, new Map([[dataSource.name, BigInt(newest)]]));
}
