/** Supervisors as a backend has them, and what Druid's REST calls report of them. */
import type { SupervisorSpec } from './spec/supervisor.ts';

/**
 * What reads streams. An id is the name of the supervisor's dataSource; one that is not there rejects with `notFound`.
 * https://druid.apache.org/docs/latest/api-reference/supervisor-api
 */
export interface Supervisors {
  /** Starts it, in place of the one that the dataSource has; that one ends where the new one begins. */
  submit(spec: SupervisorSpec, options?: { readonly skipRestartIfUnmodified?: boolean }): Promise<void>;
  ids(): Promise<readonly string[]>;
  spec(id: string): Promise<SupervisorSpec>;
  state(id: string): Promise<SupervisorStateReport>;
  status(id: string): Promise<SupervisorStatus>;
  stats(id: string): Promise<TaskStats>;
  /** The newest first. */
  parseErrors(id: string): Promise<readonly ParseError[]>;
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
  handOff(id: string, taskGroups: readonly number[]): Promise<void>;
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

/** What a Druid does with a dataSource of ours. */
export interface DataSourceStatus extends SupervisorStateReport {
  readonly dataSource: string;
  /** The topic, or the pattern of topics. */
  readonly stream: string;
  readonly suspended: boolean;
  readonly tasks: { readonly reading: number; readonly publishing: number };
  /** Records that no task has read yet. */
  readonly lag: { readonly total: number; readonly partitions: Offsets };
  /** Of the tasks that there are now. */
  readonly rows: {
    readonly processed: number;
    readonly processedWithError: number;
    readonly thrownAway: number;
    readonly unparseable: number;
  };
  /** In deep storage. */
  readonly segments: { readonly count: number; readonly rows: number; readonly sizeBytes: number };
}
