/** What a reader of topics stands on. */
import type { Logger } from 'pino';
import type { Committer } from '../../ingest/committer.ts';
import type { Metrics } from '../../observe/metrics.ts';
import type { DataSource } from '../../spec/data-source.ts';
import type { Store } from '../../store/store.ts';

export interface TranquilityContext {
  readonly store: Store;
  readonly committer: Committer;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** Adds the dataSource, or changes its definition. */
  define(dataSource: DataSource): Promise<void>;
}
