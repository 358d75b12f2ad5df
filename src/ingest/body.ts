/** Bodies of a round, and what became of them. */
import type { DroppedEvent, DropReason, UnparseableEvent } from '../backend.ts';
import type { DataSource } from '../spec/data-source.ts';
import type { Batch, Clock } from './batch.ts';

/** A body's share of a round. */
export interface Body {
  readonly lines: Uint8Array;
  readonly events: number;
  /** So many of its unparseable events, and of those with field errors, the last ones, are told in its outcome. */
  readonly keepUnparseable?: number;
}

export interface BodyOutcome {
  readonly dropped: ReadonlyMap<DropReason, number>;
  readonly droppedEvents: readonly DroppedEvent[];
  /** Events that were kept although a field did not become its column's number. */
  readonly fieldErrors: number;
  /** The last ones, as many as {@link Body.keepUnparseable} asks for. */
  readonly unparseable: readonly UnparseableEvent[];
}

export const nothingDropped: BodyOutcome = { dropped: new Map(), droppedEvents: [], fieldErrors: 0, unparseable: [] };

/** A body that holds a line which is no JSON object: nothing of it may be taken. */
export interface MalformedBody {
  readonly body: number;
  /** Counts from 1, blank lines left out. */
  readonly line: number;
}

export type RoundResult =
  | { readonly malformed: readonly MalformedBody[] }
  | { readonly outcomes: readonly BodyOutcome[] };

export interface RoundInput {
  readonly dataSource: DataSource;
  readonly bodies: readonly Body[];
  readonly batch: Batch;
  readonly clock: Clock;
  /** Whether a line that is no JSON object spoils its body, rather than being one bad event. */
  readonly strictJson: boolean;
  /** Whether events with fields that do not become their columns' numbers are counted. */
  readonly fieldErrors: boolean;
  /** Where all rejects of the round are written, too. */
  readonly deadLetterFile: string | undefined;
}
