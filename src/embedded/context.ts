/** What everything that reads and keeps house in the background stands on. */
import type { Logger } from 'pino';
import type { Committer } from '../ingest/committer.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { Store } from '../store/store.ts';

export interface BackgroundContext {
  readonly store: Store;
  readonly committer: Committer;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly now: () => number;
}
