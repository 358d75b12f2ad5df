/**
 * What the server, the commands and the library stand on. Two implementations: embedded (DuckDB, here) and cluster (a real Apache
 * Druid, asked over the network).
 */
import type { ValidateOptions } from './catalog/validate.ts';
import type { Druid } from './druid/index.ts';
import type { DataSource } from './spec/data-source.ts';
import type { LookupTiers } from './spec/lookups/index.ts';
import type { Segments } from './store/segments.ts';
import type { DataSourceStatus, Supervisors } from './supervision.ts';

export type * from './supervision.ts';

export interface Backend {
  /**
   * Takes a body whole or not at all; settled when it is durable. Rejects with a MillraceError. `accepted` is told how many events
   * these are, once that is known and they are about to wait for their commit.
   */
  push(submission: Submission, accepted?: (received: number) => void): Promise<PushOutcome>;
  /** Answers a native query. Rejects before the first byte, or the answer's chunks throw, with a MillraceError. */
  query(query: unknown, options?: QueryOptions): Promise<Answer>;
  /** Answers Druid's SQL, a request as `/druid/v2/sql` takes it. Rejects as `query` does. */
  sql(request: unknown, options?: SqlOptions): Promise<SqlAnswer>;
  /** Stops a running query; false when it is known that none of that id runs. */
  cancel(queryId: string): Promise<boolean>;
  /** Adds a dataSource, or changes its definition for the rows to come. */
  define(dataSource: DataSource): Promise<void>;
  dataSources(): Promise<readonly string[]>;
  /** Undefined when there is none of that name. */
  describe(dataSource: string): Promise<ColumnNames | undefined>;
  /** The last rejected events, newest first, at most 1,000. */
  rejects(dataSource: string): Promise<readonly Reject[]>;
  health(): Promise<Health>;
  readonly supervisors: Supervisors;
  /** Those of a realtime node. */
  readonly receivers?: Receivers | undefined;
  /** Finishes what was accepted, commits, and lets go of everything. */
  close(): Promise<void>;
}

/** One that answers queries itself. */
export interface QueryingBackend extends Backend {
  sql(request: unknown, options?: TypedSqlOptions): Promise<TypedSqlAnswer>;
  /** What a request would answer, without asking it. */
  prepareSql(request: unknown, options?: QueryOptions): Promise<PreparedSql>;
  readonly lookups: Lookups;
  readonly segments: Segments;
}

/** One whose Druid answers Druid's requests itself, byte by byte. */
export interface RemoteBackend extends Backend {
  readonly druid: Druid;
  /** Undefined where it is none of ours. */
  status(dataSource: string): Promise<DataSourceStatus | undefined>;
}

/** As `GET /druid/v2/datasources/{name}` lists them. */
export interface ColumnNames {
  readonly dimensions: readonly string[];
  readonly metrics: readonly string[];
}

/** The lines of one body: each line one event, no raw line break inside an event, UTF-8, the last line ended. */
export interface PushedEvents {
  readonly lines: Uint8Array;
  /** How many non-blank lines these are. */
  readonly events: number;
}

export interface Submission extends PushedEvents {
  /** Undefined: each event names its own in `dataSource` or `feed`. */
  readonly dataSource: string | undefined;
  /** `json`: each line is a JSON value. `text`: each line goes through the dataSource's own input format. */
  readonly format: 'json' | 'text';
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
  /** The address at which the question came, which `sys.servers` names. */
  readonly server?: { readonly host: string; readonly port: number };
}

export interface SqlOptions extends QueryOptions {
  /** For what the request gives no id. */
  readonly queryId?: string;
}

export interface TypedSqlOptions extends SqlOptions {
  /**
   * For clients that have types: each row is a line with a JSON list, times are milliseconds and dates days since 1970, on the clock
   * of `sqlTimeZone`. The request's format and headers do not matter.
   */
  readonly typed?: boolean;
}

export interface Answer {
  readonly queryId: string;
  /** JSON text in pieces, compact. Leaving the loop early stops the query. */
  readonly chunks: AsyncIterable<string>;
}

export interface SqlAnswer extends Answer {
  readonly contentType: string;
  /** Whether the answer begins with the names of its columns. */
  readonly header: boolean;
}

export interface TypedSqlAnswer extends SqlAnswer {
  readonly columns: readonly SqlColumn[];
}

export interface SqlColumn {
  readonly name: string;
  /** `VARCHAR`, `BIGINT`, …, as `sqlTypesHeader` has it. */
  readonly type: string;
  /** `STRING`, `ARRAY<LONG>`, …, as `typesHeader` has it. */
  readonly nativeType: string;
}

export interface PreparedSql {
  readonly columns: readonly SqlColumn[];
  /** The SQL types of the question marks. */
  readonly parameters: readonly string[];
}

export interface Health {
  readonly healthy: boolean;
  /** In words, when not healthy. */
  readonly problem?: string;
  /** Bytes accepted and not yet durable. */
  readonly pendingBytes: number;
}

/**
 * Registered lookups, by tiers: groups of processes that use them.
 * https://druid.apache.org/docs/latest/querying/lookups
 */
export interface Lookups {
  /** The tier whose lookups are in use here. */
  readonly tier: string;
  tiers(): LookupTiers;
  /** The entries of one that is in use, in order; undefined where there is none of that id. */
  entries(id: string): AsyncIterable<readonly [key: string, value: string | null]> | undefined;
  /** Adds them, or puts them in the place of those of a lower version: all of them, or it rejects and none. */
  submit(tiers: LookupTiers): Promise<void>;
  /** All of a tier, or one of it. False where there is nothing to remove. */
  remove(tier: string, id?: string): Promise<boolean>;
}

/**
 * What takes events for the firehoses of type `receiver`.
 * https://github.com/apache/druid/blob/0.9.2/docs/content/ingestion/firehose.md#eventreceiverfirehose
 */
export interface Receivers {
  /** Each line is a JSON object. Settled when it is durable; rejects with `notFound` where there is none of that name. */
  push(serviceName: string, events: PushedEvents): Promise<PushOutcome>;
  /** From this time on, in milliseconds, it takes no more, until the next start. Throws `notFound` where there is none of that name. */
  shutOff(serviceName: string, atMs: number): void;
}
