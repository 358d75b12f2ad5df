/** What a reader of topics stands on. */
import type { DataSource } from '../../spec/data-source.ts';
import type { BackgroundContext } from '../context.ts';

export interface TranquilityContext extends BackgroundContext {
  /** Adds the dataSource, or changes its definition. */
  define(dataSource: DataSource): Promise<void>;
}
