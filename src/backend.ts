/**
 * What the server, the commands and the library stand on. Two implementations: embedded (DuckDB, here) and, later,
 * cluster (a real Apache Druid).
 */
import type { ValidateOptions } from './catalog/validate.ts';
import type { DataSource } from './spec/data-source.ts';

export interface Backend {
  /** Takes a body whole or not at all; settled when it is durable. Rejects with a MillraceError. */
  push(submission: Submission): Promise<PushOutcome>;
  /** Answers a native query. Rejects before the first byte, or the answer's chunks throw, with a MillraceError. */
  query(query: unknown, options?: QueryOptions): Promise<Answer>;
  /** Stops a running query; false when none of that id runs. */
  cancel(queryId: string): boolean;
  /** Adds a dataSource, or changes its definition for the rows to come. */
  define(dataSource: DataSource): Promise<void>;
  dataSources(): readonly string[];
  /** Its columns as `GET /druid/v2/datasources/{name}` lists them; undefined when there is none of that name. */
  describe(
    dataSource: string,
  ): { readonly dimensions: readonly string[]; readonly metrics: readonly string[] } | undefined;
  /** The last rejected events, newest first, at most 1,000. */
  rejects(dataSource: string): Promise<readonly Reject[]>;
  health(): Promise<Health>;
  /** Finishes what was accepted, commits, and lets go of everything. */
  close(): Promise<void>;
}

/** The lines of one body: each line one event, no raw line break inside an event, UTF-8, the last line ended. */
export interface Submission {
  /** Undefined: each event names its own in `dataSource` or `feed`. */
  readonly dataSource: string | undefined;
  /** `json`: each line is a JSON value. `text`: each line goes through the dataSource's own input format. */
  readonly format: 'json' | 'text';
  readonly lines: Uint8Array;
  /** How many non-blank lines these are. */
  readonly events: number;
  /** A retry under the same key answers what the first try did, without taking the events again. */
  readonly idempotencyKey?: string | undefined;
}

/** Why an event was not kept. */
export type DropReason = 'late' | 'early' | 'unparseable' | 'filtered';

export interface PushOutcome {
  readonly received: number;
  readonly sent: number;
  /** Only the reasons that occurred. received = sent + all of these. */
  readonly dropped: Readonly<Partial<Record<DropReason, number>>>;
  /** Which events these were, the first 2,000 of them; `event` counts from 0 in the order of the body. */
  readonly droppedEvents: readonly DroppedEvent[];
}

export interface DroppedEvent {
  readonly event: number;
  readonly reason: DropReason;
}

export interface Reject {
  /** ISO 8601, when it was rejected. */
  readonly rejectedAt: string;
  readonly reason: DropReason;
  /** In words, such as `timestamp '2018…' is before 2026-…, the window's start`. */
  readonly detail: string;
  /** The event as it came, at most 10,000 characters of it. */
  readonly event: string;
}

export interface QueryOptions {
  readonly signal?: AbortSignal;
  /** Line and column of a JSON path, where the query's text is known. */
  readonly place?: ValidateOptions['place'];
}

export interface Answer {
  readonly queryId: string;
  /** JSON text in pieces, compact. Leaving the loop early stops the query. */
  readonly chunks: AsyncIterable<string>;
}

export interface Health {
  readonly healthy: boolean;
  /** In words, when not healthy. */
  readonly problem?: string;
  /** Bytes accepted and not yet durable. */
  readonly pendingBytes: number;
}
