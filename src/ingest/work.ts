/** What waits for a commit, put together by dataSource and taken apart again into answers. */
import type { DropReason, PushOutcome, UnparseableEvent } from '../backend.ts';
import type { DataSource } from '../spec/data-source.ts';
import type { Body, BodyOutcome } from './body.ts';
import type { Progress } from './progress.ts';

/** Bodies for one or more dataSources that are taken together or not at all. */
export interface Work {
  readonly parts: readonly Part[];
  readonly idempotencyKey?: string | undefined;
  /** How far these bodies bring a source, committed with their rows. */
  readonly progress?: Progress | undefined;
  /** Throws when nothing of it may be taken with this outcome. It is asked within the transaction, perhaps more than once. */
  readonly accept?: ((outcome: WorkOutcome) => void) | undefined;
}

export interface WorkOutcome extends PushOutcome {
  /** Events that were kept although a field did not become its column's number; there when parts ask for it, and have any. */
  readonly fieldErrors?: number;
  /** There when parts ask for it by `keepUnparseable`, and have any. */
  readonly unparseable?: readonly UnparseableEvent[];
}

export interface Part extends Body {
  readonly dataSource: DataSource;
  readonly format: 'json' | 'text';
  /** Whether events are counted of which a field does not become its column's number. */
  readonly fieldErrors?: boolean;
}

export interface Waiting {
  readonly work: Work;
  readonly bytes: number;
  readonly sinceMs: number;
  readonly resolve: (outcome: WorkOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/** Bodies of one dataSource and format that go through one plan. */
export interface Group {
  readonly dataSource: DataSource;
  readonly format: Part['format'];
  readonly fieldErrors: boolean;
  readonly bodies: { readonly waiting: Waiting; readonly part: Part }[];
}

/** A key is remembered for the dataSource that it was sent to, or for the mixed endpoint. */
export function scopeOf(work: Work): string {
  const [first, ...rest] = work.parts;
  return rest.length === 0 && first ? first.dataSource.name : '';
}

/** What bodies must have in common to go through one plan: bounds, filter; and of text, the columns too, which a header may name, and whether it is that of records. */
function planKey({ format, fieldErrors = false, dataSource: { name, input, window, filter } }: Part): string {
  const columns = format === 'text' && 'columns' in input ? input.columns : [];
  return JSON.stringify([
    format,
    fieldErrors,
    name,
    columns,
    input.kafka !== undefined,
    window.policy === 'bounds' ? [window.fromMs, window.toMs] : [],
    filter?.json,
  ]);
}

export function groupsOf(round: readonly Waiting[]): Group[] {
  const groups = new Map<string, Group>();
  for (const waiting of round) {
    for (const part of waiting.work.parts) {
      const key = planKey(part);
      const group = groups.get(key) ?? {
        dataSource: part.dataSource,
        format: part.format,
        fieldErrors: part.fieldErrors ?? false,
        bodies: [],
      };
      group.bodies.push({ waiting, part });
      groups.set(key, group);
    }
  }
  return [...groups.values()];
}

export function outcomesOf(
  round: readonly Waiting[],
  groups: readonly Group[],
  results: readonly (readonly BodyOutcome[])[],
): Map<Waiting, WorkOutcome> {
  const dropped = new Map<Waiting, BodyOutcome[]>();
  groups.forEach((group, g) => {
    group.bodies.forEach(({ waiting }, b) => {
      dropped.set(waiting, [...(dropped.get(waiting) ?? []), results[g]?.[b] as BodyOutcome]);
    });
  });
  return new Map(round.map((waiting) => [waiting, outcomeOf(waiting.work, dropped.get(waiting) ?? [])]));
}

function outcomeOf(work: Work, bodies: readonly BodyOutcome[]): WorkOutcome {
  const dropped: Partial<Record<DropReason, number>> = {};
  for (const body of bodies)
    for (const [reason, count] of body.dropped) dropped[reason] = (dropped[reason] ?? 0) + count;
  const received = work.parts.reduce((sum, part) => sum + part.events, 0);
  const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0);
  const fieldErrors = bodies.reduce((sum, body) => sum + body.fieldErrors, 0);
  const unparseable = bodies.flatMap((body) => body.unparseable);
  // Places are those in the one body; a body that was split among dataSources has no such order any more.
  return {
    received,
    sent: received - lost,
    dropped,
    droppedEvents: bodies.length === 1 ? (bodies[0]?.droppedEvents ?? []) : [],
    ...(fieldErrors > 0 ? { fieldErrors } : {}),
    ...(unparseable.length > 0 ? { unparseable } : {}),
  };
}

/** JSON that is posted is read by field names, whatever format the definition names for its text. */
export function withJsonInput(dataSource: DataSource): DataSource {
  return dataSource.input.type === 'json'
    ? dataSource
    : { ...dataSource, input: { type: 'json', rootFields: true, flatten: [] } };
}
