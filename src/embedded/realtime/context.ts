/** What the parts of a realtime node stand on. */
import type { EventSource } from '../../sources/firehoses/index.ts';
import type { DataSource } from '../../spec/data-source.ts';
import type { RealtimeSpec } from '../../spec/realtime.ts';
import type { BackgroundContext } from '../context.ts';

export type RealtimeSpecs = readonly RealtimeSpec<readonly EventSource[]>[];

export interface RealtimeContext extends BackgroundContext {
  /** Adds the dataSource, or changes its definition. */
  define(dataSource: DataSource): Promise<void>;
}
