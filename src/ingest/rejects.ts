/** The events that a round did not keep: found one by one, named with their reasons, and kept to be read back. */
import type { DroppedEvent, DropReason, UnparseableEvent } from '../backend.ts';
import { formatInstant } from '../catalog/time.ts';
import type { Window } from '../spec/data-source.ts';
import { join, type Sql, sql } from '../sql.ts';
import type { Connection } from '../store/engine.ts';
import type { Clock } from './batch.ts';
import type { Body, BodyOutcome, MalformedBody, RoundInput } from './body.ts';
import { writeLetters } from './dead-letters.ts';
import type { IngestPlan } from './plan.ts';
import { eventFields, rawLines } from './reader.ts';

/** Where they are found: what `bad` holds lives as long as the connection. */
export type Statements = Pick<Connection, 'run' | 'rows'>;

const maxDroppedEvents = 2000;
/** Rejects that one round writes down, and that are kept for each dataSource. */
export const maxRejects = 1000;

const bad = sql`temp.main.bad`;
/** In place of a reason, of events that were kept although a field did not become its column's number. */
const fieldError = 'processedWithError';
const dropped = sql`(FROM ${bad} WHERE reason <> ${fieldError})`;

/** With a `missingValue` a malformed line looks like an event without fields, so counting alone does not find it. */
export async function hidesMalformed(engine: Statements, { dataSource, batch }: RoundInput): Promise<boolean> {
  if (dataSource.timestamp.missingValue === undefined || dataSource.input.type !== 'json') return false;
  const [row] = await engine.rows(
    sql`SELECT count(*) FROM ${eventFields(batch.files, batch.longestEventBytes, 'text')} WHERE fields IS NULL`,
  );
  return Number(row?.[0]) > 0;
}

/** Fills `bad` with the events that are not kept, or have field errors: body, event (from 0 in the body), reason, detail, line. */
export async function judgeEachEvent(
  engine: Statements,
  plan: IngestPlan,
  input: RoundInput,
): Promise<MalformedBody[]> {
  const { dataSource, bodies, batch, strictJson } = input;
  let first = 1;
  const starts = bodies.map((body, index) => {
    const start = sql`(${index}, ${first}::BIGINT)`;
    first += body.events;
    return start;
  });
  const isJson = dataSource.input.type === 'json';
  const noObject = isJson ? sql`CASE WHEN json_valid(line) THEN json_type(line) <> 'OBJECT' ELSE true END` : sql`false`;
  // White space around JSON says nothing: it is what stood between the events of the body.
  const shown = isJson ? sql`trim(line, ${' \t\r'})` : sql`line`;
  const lines = sql`(SELECT row_number() OVER () AS n, line FROM ${rawLines(batch.files)})`;
  await engine.run(sql`
    CREATE OR REPLACE TEMP TABLE bad AS
    SELECT body, n - start AS event, reason, ${detailText(input)} AS detail, ${shown} AS line
    FROM (
      SELECT n, line, __time, __stamp, __errors, CASE WHEN no_object THEN ${strictJson ? 'malformed' : 'unparseable'} WHEN __errors IS NOT NULL THEN coalesce(__reason, ${fieldError}) ELSE __reason END AS reason, no_object
      FROM (SELECT *, ${noObject} AS no_object FROM (${plan.judged}) judged JOIN ${lines} lines USING (n) WHERE __reason IS NOT NULL OR __errors IS NOT NULL OR ${dataSource.timestamp.missingValue !== undefined})
      WHERE __reason IS NOT NULL OR __errors IS NOT NULL OR no_object
    ) ASOF JOIN (VALUES ${join(starts)}) bodies(body, start) ON n >= start`);
  const malformed = await engine.rows(
    sql`SELECT body, min(event) + 1 FROM ${bad} WHERE reason = 'malformed' GROUP BY body`,
  );
  return malformed.map(([body, line]) => ({ body: Number(body), line: Number(line) }));
}

/** Why in words. */
function detailText({ dataSource, clock }: RoundInput): Sql {
  const { column, format } = dataSource.timestamp;
  const { before, after } = limitsInWords(dataSource.window, clock);
  const stamp = sql`left(__stamp, 200)`;
  return sql`CASE
    WHEN no_object THEN 'the line is no JSON object'
    WHEN reason = ${fieldError} THEN __errors
    WHEN reason = 'unparseable' AND __stamp IS NULL THEN ${`the event has no timestamp in '${column}'`}
    WHEN reason = 'unparseable' THEN '''' || ${stamp} || ${`' in '${column}' is no timestamp of format '${format}'`}
    WHEN reason = 'filtered' THEN 'the event does not pass the transformSpec''s filter'
    WHEN reason = 'late' THEN ${stamp} || ${` lies before ${before}`}
    ELSE ${stamp} || ${` lies after ${after}`} END`;
}

function limitsInWords(window: Window, clock: Clock): { readonly before: string; readonly after: string } {
  if (window.policy === 'bounds') {
    const { fromMs, toMs } = window;
    const shown = (ms: number | undefined) => (ms === undefined ? '' : formatInstant(ms));
    return {
      before: `${shown(fromMs)}, the earliest time that the supervisor's task takes`,
      after: `${shown(toMs)}, the latest time that the supervisor's task takes`,
    };
  }
  const now = window.policy === 'serverTime' ? ` (now is ${formatInstant(clock.nowMs)})` : '';
  const text = `the window of ${window.periodMs} ms${now}`;
  return { before: text, after: text };
}

export async function outcomesOfBodies(engine: Statements, bodies: readonly Body[]): Promise<BodyOutcome[]> {
  const outcomes = bodies.map(() => ({
    dropped: new Map<DropReason, number>(),
    droppedEvents: [] as DroppedEvent[],
    fieldErrors: 0,
    unparseable: [] as UnparseableEvent[],
  }));
  for (const [body, reason, count] of await engine.rows(sql`SELECT body, reason, count(*) FROM ${bad} GROUP BY ALL`)) {
    const outcome = outcomes[Number(body)];
    if (reason !== fieldError) outcome?.dropped.set(reason as DropReason, Number(count));
    else if (outcome) outcome.fieldErrors = Number(count);
  }
  const events = sql`SELECT body, event, reason FROM ${dropped} QUALIFY row_number() OVER (PARTITION BY body ORDER BY event) <= ${maxDroppedEvents} ORDER BY body, event`;
  for (const [body, event, reason] of await engine.rows(events)) {
    outcomes[Number(body)]?.droppedEvents.push({ event: Number(event), reason: reason as DropReason });
  }
  const wanted = bodies.map(({ keepUnparseable = 0 }, body) => sql`(${body}, ${keepUnparseable})`);
  if (bodies.some(({ keepUnparseable }) => keepUnparseable)) {
    const last = sql`
      SELECT body, left(line, 10000), detail, reason FROM ${bad} JOIN (VALUES ${join(wanted)}) wanted(body, most) USING (body) WHERE reason IN ('unparseable', ${fieldError})
      QUALIFY row_number() OVER (PARTITION BY body ORDER BY event DESC) <= most ORDER BY body, event`;
    for (const [body, event, detail, reason] of await engine.rows(last))
      outcomes[Number(body)]?.unparseable.push({
        event: event as string,
        errorType: reason as UnparseableEvent['errorType'],
        details: (detail as string).split('\n'),
      });
  }
  return outcomes;
}

/** The places of all of them as INTEGERs, counted through the bodies, whose first events are at these. */
export function droppedEvents(starts: readonly number[]): Sql {
  const values = join(starts.map((start, body) => sql`(${body}, ${start})`));
  return sql`SELECT CAST(start + event AS INTEGER) FROM ${dropped} JOIN (VALUES ${values}) starts(body, start) USING (body)`;
}

/** The last of them as rows: dataSource, when, reason, detail, event. */
export function lastRejects({ dataSource, clock }: RoundInput): Sql {
  return sql`
    SELECT ${dataSource.name}, ${rejectedAt(clock)}, reason, detail, left(line, 10000)
    FROM (FROM ${dropped} ORDER BY body DESC, event DESC LIMIT ${maxRejects}) ORDER BY body, event`;
}

/** All of them to the dead letters, where such are kept. */
export async function keepLetters(engine: Statements, { clock, deadLetterFile }: RoundInput): Promise<void> {
  if (deadLetterFile === undefined) return;
  const rows = sql`SELECT strftime(${rejectedAt(clock)}, '%Y-%m-%dT%H:%M:%S.%gZ') AS "rejectedAt", reason, detail, line AS event FROM (FROM ${dropped} ORDER BY body, event)`;
  await writeLetters(engine, rows, deadLetterFile);
}

const rejectedAt = ({ nowMs }: Clock) => sql`make_timestamp_ms(${nowMs})`;
