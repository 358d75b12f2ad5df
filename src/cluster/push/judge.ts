/**
 * Bodies → which of their events go to which partition. The verdicts are those of the ingestion plan, over an engine in memory that keeps nothing:
 * the events themselves go to Kafka as they came.
 */
import type { DropReason, Reject } from '../../backend.ts';
import { MillraceError } from '../../errors.ts';

import { type Body, type BodyOutcome, nothingDropped, type RoundInput } from '../../ingest/body.ts';
import { type IngestPlan, ingestPlan, type Reach } from '../../ingest/plan.ts';
import {
  droppedEvents,
  hidesMalformed,
  judgeEachEvent,
  keepLetters,
  lastRejects,
  outcomesOfBodies,
} from '../../ingest/rejects.ts';
import { type Sql, sql } from '../../sql.ts';
import type { Connection } from '../../store/engine.ts';
import type { TableColumn } from '../../store/table.ts';

export interface Judged {
  /** Of each event through all bodies: its partition, or -1 where it is not kept. Undefined: all are kept, in one partition. */
  readonly partitions: Int32Array | undefined;
  readonly outcomes: readonly BodyOutcome[];
  /** The last of those that are not kept, the newest last. */
  readonly rejects: readonly Reject[];
  /** Of the newest event, in milliseconds, where the dataSource's window goes by it. */
  readonly newestMs: number | undefined;
}

/** Which bodies must be left out, with their lines. */
export interface Malformed {
  readonly malformed: readonly { readonly body: number; readonly line: number }[];
}

/** How events are spread: by the hash of what makes rows that roll up together, or evenly. */
export interface Spread {
  readonly partitions: number;
  /** Of the hash; undefined: evenly. */
  readonly dimensions: readonly TableColumn[] | undefined;
}

export async function judge(engine: Connection, input: RoundInput, spread: Spread): Promise<Judged | Malformed> {
  const expected = input.bodies.reduce((sum, { events }) => sum + events, 0);
  const trusting = planOf(input, spread, 'common');
  const places = await placesOf(engine, trusting, spread, expected);
  if (places !== undefined && !(await hidesMalformed(engine, input))) {
    const newestMs = await newestOf(engine, trusting, input);
    return { partitions: places.of, outcomes: input.bodies.map(() => nothingDropped), rejects: [], newestMs };
  }
  return judgeWithCare(engine, input, spread, expected);
}

async function judgeWithCare(
  engine: Connection,
  input: RoundInput,
  spread: Spread,
  expected: number,
): Promise<Judged | Malformed> {
  const plan = planOf(input, spread, 'whole');
  const malformed = await judgeEachEvent(engine, plan, input);
  if (malformed.length > 0) return { malformed };
  const partitions = await engine.integers(sql`SELECT ${place(spread)} FROM (${plan.keyed})`);
  if (partitions.length !== expected) throw miscounted(partitions.length, expected);
  if (spread.dimensions === undefined) spreadEvenly(partitions, spread.partitions);
  for (const event of await engine.integers(droppedEvents(startsOf(input.bodies)))) partitions[event] = -1;
  await keepLetters(engine, input);
  return {
    partitions,
    outcomes: await outcomesOfBodies(engine, input.bodies),
    rejects: (await engine.rows(lastRejects(input))).map(([, , reason, detail, event]) => ({
      rejectedAt: new Date(input.clock.nowMs).toISOString(),
      reason: reason as DropReason,
      detail: detail as string,
      event: event as string,
    })),
    newestMs: await newestOf(engine, plan, input),
  };
}

function planOf({ dataSource, batch, clock }: RoundInput, { dimensions }: Spread, reach: Reach): IngestPlan {
  return ingestPlan(dataSource, dimensions ?? [], batch, clock, { reach, fieldErrors: false });
}

/** Undefined where some events are not kept. Only what is asked for is read of the events: often nothing but their time. */
async function placesOf(
  engine: Connection,
  { judged, keyed }: IngestPlan,
  spread: Spread,
  expected: number,
): Promise<{ readonly of: Int32Array | undefined } | undefined> {
  if (spread.dimensions !== undefined && spread.partitions > 1) {
    const of = await engine.integers(sql`SELECT ${place(spread)} FROM (${keyed}) WHERE __reason IS NULL`);
    return of.length === expected ? { of } : undefined;
  }
  const [row] = await engine.rows(sql`SELECT count(*) FROM (${judged}) WHERE __reason IS NULL`);
  if (Number(row?.[0]) !== expected) return undefined;
  return { of: spread.partitions > 1 ? spreadEvenly(new Int32Array(expected), spread.partitions) : undefined };
}

const place = ({ partitions, dimensions }: Spread): Sql =>
  dimensions === undefined ? sql`0` : sql`CAST(__key % ${partitions} AS INTEGER)`;

/** In pieces rather than by turns, so that batches hold neighbours. */
function spreadEvenly(events: Int32Array, partitions: number): Int32Array {
  const share = Math.ceil(events.length / partitions);
  // Where small bodies begin, so that not all go to the first partition.
  const first = Math.floor(Math.random() * partitions);
  for (let piece = 0; piece < partitions; piece++)
    events.fill((first + piece) % partitions, piece * share, (piece + 1) * share);
  return events;
}

/** As the embedded backend's clock goes: late ones are never the newest, so that only a filter calls for the reason. */
async function newestOf(
  engine: Connection,
  { judged }: IngestPlan,
  { dataSource, clock }: RoundInput,
): Promise<number | undefined> {
  if (dataSource.window.policy !== 'messageTime') return undefined;
  const counts = dataSource.filter ? sql` WHERE __reason IS NULL` : sql``;
  const [row] = await engine.rows(sql`SELECT epoch_ms(max(__time)) FROM (${judged})${counts}`);
  const newest = row?.[0] ?? undefined;
  return newest === undefined ? clock.newestMs : Math.max(Number(newest), clock.newestMs ?? Number.NEGATIVE_INFINITY);
}

/** The place of each body's first event, counted through all of them. */
export function startsOf(bodies: readonly Pick<Body, 'events'>[]): number[] {
  const starts: number[] = [];
  let start = 0;
  for (const { events } of bodies) {
    starts.push(start);
    start += events;
  }
  return starts;
}

const miscounted = (read: number, expected: number) =>
  new MillraceError('defect', `${read} events were read of ${expected}`);
