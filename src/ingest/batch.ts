/** What a plan is made for: some files of events, and the time at which they are judged. */

import type { FlatField } from './columns/flat-column.ts';
import type { RollupPlan } from './columns/rollup-plan.ts';

/** Events as columns, in Parquet files whose columns are called c0, c1, … */
export interface ColumnFiles {
  /** Of events: the fields in their order. */
  readonly paths: readonly string[];
  readonly fields: readonly FlatField[];
  /** Of rows that events were rolled up to, as the plan says. */
  readonly rowPaths: readonly string[];
  readonly rollup: RollupPlan | undefined;
}

/** Files of newline-delimited events, in the order of arrival. */
export interface Batch {
  readonly files: readonly string[];
  /** False when no `[` occurs, so that no field can hold a list. Not knowing is true. */
  readonly mayHoldLists: boolean;
  /** False when no `"` occurs. */
  readonly hasQuotes: boolean;
  readonly longestEventBytes: number;
  /** All of them, in place of the files: there are none then. */
  readonly columns?: ColumnFiles;
}

/** The window's bounds when the batch is judged. */
export interface Clock {
  readonly nowMs: number;
  /** For `messageTime`: the newest event's time so far. */
  readonly newestMs: number | undefined;
}
