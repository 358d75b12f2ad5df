/** One round of ingestion: some bodies for one dataSource go through the plan into its table, inside a transaction. */
import type { DroppedEvent, DropReason } from '../backend.ts';
import type { DataSource } from '../spec/data-source.ts';
import { ident, join, type Sql, sql } from '../sql.ts';
import type { Table } from '../store/schema.ts';
import type { Transaction } from '../store/store.ts';
import { listColumn } from '../store/table.ts';
import { discover } from './discovery.ts';
import { type Batch, type Clock, type IngestPlan, ingestPlan } from './plan.ts';
import { jsonObjects, rawLines } from './reader.ts';
import { tableDefinition } from './table.ts';

/** A body's share of a round. */
export interface Body {
  readonly lines: Uint8Array;
  readonly events: number;
}

export interface BodyOutcome {
  readonly dropped: ReadonlyMap<DropReason, number>;
  readonly droppedEvents: readonly DroppedEvent[];
}

/** A body that holds a line which is no JSON object: nothing of it may be taken. */
export interface MalformedBody {
  readonly body: number;
  /** Counts from 1, blank lines left out. */
  readonly line: number;
}

export type RoundResult =
  | { readonly malformed: readonly MalformedBody[] }
  | { readonly outcomes: readonly BodyOutcome[] };

const maxDroppedEvents = 2000;
/** Rejects that one round writes down, and that are kept for each dataSource. */
export const maxRejects = 1000;

const stagedRows = sql`temp.main.staged`;
const bad = sql`temp.main.bad`;

export interface RoundInput {
  readonly dataSource: DataSource;
  readonly bodies: readonly Body[];
  readonly batch: Batch;
  readonly clock: Clock;
  /** Whether a line that is no JSON object spoils its body, rather than being one bad event. */
  readonly strictJson: boolean;
  /** Where all rejects of the round are written, too. */
  readonly deadLetterFile: string | undefined;
}

/** Adds the round's rows to the transaction; or says which bodies must be left out, and then the transaction is of no use. */
export async function ingestRound(transaction: Transaction, input: RoundInput): Promise<RoundResult> {
  const { dataSource, bodies, batch, clock } = input;
  let table = await currentTable(transaction, dataSource, batch);
  const expected = bodies.reduce((sum, body) => sum + body.events, 0);
  let plan = ingestPlan(dataSource, table.definition.columns, batch, clock, 'common');
  let staged = await stage(transaction, plan);
  if (staged.kept !== expected && !plan.isWhole) {
    plan = ingestPlan(dataSource, table.definition.columns, batch, clock, 'whole');
    staged = await stage(transaction, plan);
  }
  let outcomes: readonly BodyOutcome[] = bodies.map(() => ({ dropped: new Map(), droppedEvents: [] }));
  if (staged.kept !== expected || (await hidesMalformed(transaction, input))) {
    const malformed = await judgeEachEvent(transaction, plan, input);
    if (malformed.length > 0) return { malformed };
    outcomes = await outcomesOfBodies(transaction, bodies.length);
    await keepRejects(transaction, input);
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
  /** Dimensions of which some row holds several values. */
  readonly multiValued: readonly string[];
}

async function stage(transaction: Transaction, plan: IngestPlan): Promise<Staged> {
  await transaction.run(sql`CREATE OR REPLACE TEMP TABLE staged AS ${plan.rows}`);
  const lists = join(
    plan.listColumns.map(({ physical }) => sql`, count(${listColumn(physical)})`),
    '',
  );
  const [counts] = await transaction.rows(
    sql`SELECT coalesce(sum(__rows), 0)::BIGINT${lists} FROM ${stagedRows} WHERE __time IS NOT NULL`,
  );
  const [kept, ...listRows] = (counts ?? []).map(Number);
  return {
    kept: kept ?? 0,
    multiValued: plan.listColumns.filter((_, index) => (listRows[index] ?? 0) > 0).map(({ name }) => name),
  };
}

async function currentTable(transaction: Transaction, dataSource: DataSource, batch: Batch): Promise<Table> {
  const present = transaction.table(dataSource.name) ?? (await transaction.define(tableDefinition(dataSource, [])));
  const discovers = dataSource.discovery !== 'none' || dataSource.dimensions.some(({ type }) => type === 'auto');
  if (!discovers || dataSource.input.type !== 'json') return present;
  const { columns } = present.definition;
  const found = await discover(dataSource, columns, jsonObjects(batch.files, batch.longestEventBytes), (statement) =>
    transaction.rows(statement),
  );
  return found.length === 0 ? present : transaction.define(tableDefinition(dataSource, columns, found));
}

/** With a `missingValue` a malformed line looks like an event without fields, so counting alone does not find it. */
async function hidesMalformed(transaction: Transaction, { dataSource, batch }: RoundInput): Promise<boolean> {
  if (dataSource.timestamp.missingValue === undefined || dataSource.input.type !== 'json') return false;
  const [row] = await transaction.rows(
    sql`SELECT count(*) FROM ${jsonObjects(batch.files, batch.longestEventBytes)} WHERE json IS NULL OR json_type(json) <> 'OBJECT'`,
  );
  return Number(row?.[0]) > 0;
}

/** Fills `bad` with the events that are not kept: body, event (from 0 in the body), reason, detail, line. */
async function judgeEachEvent(transaction: Transaction, plan: IngestPlan, input: RoundInput): Promise<MalformedBody[]> {
  const { dataSource, bodies, batch, strictJson } = input;
  let first = 1;
  const starts = bodies.map((body, index) => {
    const start = sql`(${index}, ${first}::BIGINT)`;
    first += body.events;
    return start;
  });
  const isJson = dataSource.input.type === 'json';
  const noObject = isJson ? sql`CASE WHEN json_valid(line) THEN json_type(line) <> 'OBJECT' ELSE true END` : sql`false`;
  const lines = sql`(SELECT row_number() OVER () AS n, line FROM ${rawLines(batch.files)})`;
  await transaction.run(sql`
    CREATE OR REPLACE TEMP TABLE bad AS
    SELECT body, n - start AS event, reason, ${detailText(input)} AS detail, line
    FROM (
      SELECT n, line, __time, __stamp, CASE WHEN no_object THEN ${strictJson ? 'malformed' : 'unparseable'} ELSE __reason END AS reason, no_object
      FROM (SELECT *, ${noObject} AS no_object FROM (${plan.judged}) judged JOIN ${lines} lines USING (n) WHERE __reason IS NOT NULL OR ${dataSource.timestamp.missingValue !== undefined})
      WHERE __reason IS NOT NULL OR no_object
    ) ASOF JOIN (VALUES ${join(starts)}) bodies(body, start) ON n >= start`);
  const malformed = await transaction.rows(
    sql`SELECT body, min(event) + 1 FROM ${bad} WHERE reason = 'malformed' GROUP BY body`,
  );
  return malformed.map(([body, line]) => ({ body: Number(body), line: Number(line) }));
}

/** Why in words. */
function detailText({ dataSource, clock }: RoundInput): Sql {
  const { column, format } = dataSource.timestamp;
  const { policy, periodMs } = dataSource.window;
  const stamp = sql`left(__stamp, 200)`;
  const limits = policy === 'serverTime' ? ` (now is ${new Date(clock.nowMs).toISOString()})` : '';
  const window = `the window of ${periodMs} ms${limits}`;
  return sql`CASE
    WHEN no_object THEN 'the line is no JSON object'
    WHEN reason = 'unparseable' AND __stamp IS NULL THEN ${`the event has no timestamp in '${column}'`}
    WHEN reason = 'unparseable' THEN '''' || ${stamp} || ${`' in '${column}' is no timestamp of format '${format}'`}
    WHEN reason = 'filtered' THEN 'the event does not pass the transformSpec''s filter'
    WHEN reason = 'late' THEN ${stamp} || ${` lies before ${window}`}
    ELSE ${stamp} || ${` lies after ${window}`} END`;
}

async function outcomesOfBodies(transaction: Transaction, bodies: number): Promise<BodyOutcome[]> {
  const outcomes = Array.from({ length: bodies }, () => ({
    dropped: new Map<DropReason, number>(),
    droppedEvents: [] as DroppedEvent[],
  }));
  for (const [body, reason, count] of await transaction.rows(
    sql`SELECT body, reason, count(*) FROM ${bad} GROUP BY ALL`,
  )) {
    outcomes[Number(body)]?.dropped.set(reason as DropReason, Number(count));
  }
  const events = sql`SELECT body, event, reason FROM ${bad} QUALIFY row_number() OVER (PARTITION BY body ORDER BY event) <= ${maxDroppedEvents} ORDER BY body, event`;
  for (const [body, event, reason] of await transaction.rows(events)) {
    outcomes[Number(body)]?.droppedEvents.push({ event: Number(event), reason: reason as DropReason });
  }
  return outcomes;
}

async function keepRejects(transaction: Transaction, { dataSource, clock, deadLetterFile }: RoundInput): Promise<void> {
  const at = sql`make_timestamp_ms(${clock.nowMs})`;
  await transaction.run(sql`
    INSERT INTO meta.rejects
    SELECT ${dataSource.name}, ${at}, reason, detail, left(line, 10000)
    FROM (FROM ${bad} ORDER BY body DESC, event DESC LIMIT ${maxRejects}) ORDER BY body, event`);
  if (deadLetterFile === undefined) return;
  await transaction.run(sql`
    COPY (SELECT strftime(${at}, '%Y-%m-%dT%H:%M:%S.%gZ') AS "rejectedAt", reason, detail, line AS event FROM ${bad} ORDER BY body, event)
    TO ${deadLetterFile} (FORMAT json)`);
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

const clockSource = 'messageTime';

/** The newest event's time so far, of a dataSource with the messageTime policy. */
export async function newestEvent(transaction: Transaction, dataSource: string): Promise<number | undefined> {
  const [row] = await transaction.rows(
    sql`SELECT position FROM meta.offsets WHERE source = ${clockSource} AND "partition" = ${dataSource}`,
  );
  return row === undefined ? undefined : Number(row[0]);
}

async function advanceClock(
  transaction: Transaction,
  plan: IngestPlan,
  { dataSource, clock }: RoundInput,
): Promise<void> {
  // Not from the staged rows: their time is cut to the queryGranularity.
  const [row] = await transaction.rows(sql`SELECT epoch_ms(max(__time)) FROM (${plan.judged})`);
  const newest = Math.max(Number(row?.[0] ?? Number.NEGATIVE_INFINITY), clock.newestMs ?? Number.NEGATIVE_INFINITY);
  if (!Number.isFinite(newest) || newest === clock.newestMs) return;
  await transaction.run(
    sql`DELETE FROM meta.offsets WHERE source = ${clockSource} AND "partition" = ${dataSource.name}`,
  );
  await transaction.run(sql`INSERT INTO meta.offsets VALUES (${clockSource}, ${dataSource.name}, ${newest})`);
}
