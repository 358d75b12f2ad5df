/** What the parts of a realtime node stand on. */
import type { Logger } from 'pino';
import type { Committer } from '../../ingest/committer.ts';
import type { Metrics } from '../../observe/metrics.ts';
import type { EventSource } from '../../sources/firehoses/index.ts';
import type { DataSource } from '../../spec/data-source.ts';
import type { RealtimeSpec } from '../../spec/realtime.ts';
import type { Store } from '../../store/store.ts';

export type RealtimeSpecs = readonly RealtimeSpec<readonly EventSource[]>[];

export interface RealtimeContext {
  readonly store: Store;
  readonly committer: Committer;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly now: () => number;
  /** Adds the dataSource, or changes its definition. */
  define(dataSource: DataSource): Promise<void>;
}
