/**
 * What the server, the commands and the library stand on. Two implementations: embedded (DuckDB, here) and, later,
 * cluster (a real Apache Druid).
 */
import type { ValidateOptions } from './catalog/validate.ts';
import type { DataSource } from './spec/data-source.ts';
import type { LookupTiers } from './spec/lookups/index.ts';
import type { SupervisorSpec } from './spec/supervisor.ts';
import type { Segments } from './store/segments.ts';

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
  /** What a request would answer, without asking it. */
  prepareSql(request: unknown, options?: QueryOptions): Promise<PreparedSql>;
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
  readonly supervisors: Supervisors;
  readonly lookups: Lookups;
  readonly segments: Segments;
  /** Those of a realtime node. */
  readonly receivers?: Receivers | undefined;
  /** Finishes what was accepted, commits, and lets go of everything. */
  close(): Promise<void>;
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

/**
 * What reads streams. An id is the name of the supervisor's dataSource; one that is not there rejects with `notFound`.
 * https://druid.apache.org/docs/latest/api-reference/supervisor-api
 */
export interface Supervisors {
  /** Starts it, in place of the one that the dataSource has; that one ends where the new one begins. */
  submit(spec: SupervisorSpec, options?: { readonly skipRestartIfUnmodified?: boolean }): Promise<void>;
  ids(): readonly string[];
  spec(id: string): SupervisorSpec;
  state(id: string): SupervisorStateReport;
  status(id: string): SupervisorStatus;
  stats(id: string): TaskStats;
  /** The newest first. */
  parseErrors(id: string): readonly ParseError[];
  /** By id the versions of its spec, the newest first; of terminated ones too. */
  history(): Promise<Readonly<Record<string, readonly SupervisorVersion[]>>>;
  /** Rejects with `invalidInput` when it is suspended already. */
  suspend(id: string): Promise<void>;
  /** Rejects with `invalidInput` when it is running already. */
  resume(id: string): Promise<void>;
  /** Forgets all positions: it begins as if it had never read. */
  reset(id: string): Promise<void>;
  /** Goes on from these positions in these partitions (`topic/number`). */
  resetOffsets(id: string, positions: ReadonlyMap<string, bigint>): Promise<void>;
  /** Ends it. What it brought stays. */
  terminate(id: string): Promise<void>;
  /** Has the tasks of these groups make segments of what they have read, and others go on, before their time is over. */
  handOff(id: string, taskGroups: readonly number[]): void;
}

export type SupervisorState =
  | 'PENDING'
  | 'RUNNING'
  | 'IDLE'
  | 'SUSPENDED'
  | 'STOPPING'
  | 'UNHEALTHY_SUPERVISOR'
  | 'UNHEALTHY_TASKS';

export interface SupervisorStateReport {
  readonly state: SupervisorState;
  /** What it does, or what is wrong, more exactly. */
  readonly detailedState: string;
  readonly healthy: boolean;
}

/** Druid's status report, as JSON. Offsets and lags are by partition: `0`, or with a topicPattern `topic:0`. */
export interface SupervisorStatus {
  readonly id: string;
  /** ISO 8601. */
  readonly generationTime: string;
  readonly payload: SupervisorReport;
}

export interface SupervisorReport extends SupervisorStateReport {
  readonly dataSource: string;
  /** The topic, or the pattern of topics. */
  readonly stream: string;
  readonly partitions: number;
  readonly replicas: number;
  readonly durationSeconds: number;
  readonly activeTasks: readonly (ReportedTask & { readonly type: 'ACTIVE'; readonly lag: Offsets })[];
  readonly publishingTasks: readonly (ReportedTask & { readonly type: 'PUBLISHING' })[];
  readonly latestOffsets: Offsets;
  /** Records that are not committed yet. */
  readonly minimumLag: Offsets;
  readonly aggregateLag: number;
  /** ISO 8601. */
  readonly offsetsLastUpdated: string | null;
  readonly suspended: boolean;
  /** The newest last. */
  readonly recentErrors: readonly SupervisorError[];
}

type Offsets = Readonly<Record<string, number>>;

export interface ReportedTask {
  readonly id: string;
  readonly startingOffsets: Offsets;
  /** ISO 8601. */
  readonly startTime: string;
  readonly remainingSeconds: number;
  /** Up to where it has committed. */
  readonly currentOffsets: Offsets;
}

export interface SupervisorError {
  /** ISO 8601. */
  readonly timestamp: string;
  readonly exceptionClass: string;
  readonly message: string;
  /** Whether the stream is to blame. */
  readonly streamException: boolean;
}

/** Task group → task → its row stats, as Druid has them. */
export type TaskStats = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface SupervisorVersion {
  readonly spec: Readonly<Record<string, unknown>>;
  /** ISO 8601. */
  readonly version: string;
}

/** An event that could not be parsed, or was kept although a field did not become its column's number (`processedWithError`). */
export interface UnparseableEvent {
  /** As it came, at most 10,000 characters of it. */
  readonly event: string;
  readonly errorType: 'unparseable' | 'processedWithError';
  /** In words. */
  readonly details: readonly string[];
}

/** The same as Druid shows it. */
export interface ParseError {
  readonly input: string;
  readonly errorType: UnparseableEvent['errorType'];
  readonly details: readonly string[];
  readonly timeOfExceptionMillis: number;
}
