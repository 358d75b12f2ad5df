/** What the `sys` tables and INFORMATION_SCHEMA are made of. */
import type { LookupScope } from '../../../catalog/index.ts';
import type { Sql } from '../../../sql.ts';
import type { TableView } from '../../../store/table.ts';

export interface SystemFacts extends Required<LookupScope> {
  /** Of all registered lookups, in order. */
  lookupNames(): readonly string[];
  /** Of a dataSource. */
  table(name: string): TableView | undefined;
  /** Of all dataSources, in order. */
  names(): readonly string[];
  /**
   * A SELECT of all segments: `data_source`, `start` and `end` (TIMESTAMP, NULL where a segment holds all of time), `version`,
   * `partition`, `rows`, `size` in bytes, `realtime` (BOOLEAN: its rows are not handed off yet).
   */
  segments(): Sql;
  supervisors(): readonly SupervisorFacts[];
  tasks(): readonly TaskFacts[];
  readonly server: ServerFacts;
}

export interface SupervisorFacts {
  readonly id: string;
  readonly state: string;
  readonly detailedState: string;
  readonly healthy: boolean;
  readonly type: string;
  /** The topic, or the pattern of topics. */
  readonly source: string;
  readonly suspended: boolean;
  /** As JSON. */
  readonly spec: string;
}

export interface TaskFacts {
  readonly id: string;
  readonly groupId: string;
  readonly type: string;
  readonly dataSource: string;
  /** ISO 8601. */
  readonly createdTime: string;
  readonly status: 'RUNNING' | 'SUCCESS' | 'FAILED';
  /** NONE once it has ended. */
  readonly runnerStatus: 'WAITING' | 'PENDING' | 'RUNNING' | 'NONE';
  /** Undefined while it runs. */
  readonly durationMs?: number | undefined;
  readonly error?: string | undefined;
}

/** This process, under the address at which the question came. */
export interface ServerFacts {
  readonly host: string;
  /** -1 where nobody listens. */
  readonly port: number;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly version: string;
  readonly processors: number;
  readonly memoryBytes: number;
}
