/** What the parts of a realtime node stand on. */
import type { DataSource } from '../../spec/data-source.ts';
import type { BackgroundContext } from '../context.ts';

export interface RealtimeContext extends BackgroundContext {
  /** Adds the dataSource, or changes its definition. */
  define(dataSource: DataSource): Promise<void>;
}
