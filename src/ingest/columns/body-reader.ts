/** Lines of a dataSource → a file of columns: of their events, or of the rows that they roll up to. */
import type { FlatField } from './flat-column.ts';
import { FlatEvents } from './flat-events.ts';
import { parquetFile } from './parquet.ts';
import { Rollup } from './rollup.ts';
import type { RollupPlan } from './rollup-plan.ts';

/** After one that could not be read, or rolled up. What is in one body is in the next, mostly. */
export const bodiesToPass = 20;

/** What is read of a body, and how its events roll up. */
export interface ColumnPlan {
  readonly fields: readonly FlatField[];
  /** Undefined when no event is rolled up here. */
  readonly rollup: RollupPlan | undefined;
}

export interface Columns {
  /** A Parquet file, one part behind the other, until the next body is read. */
  readonly parts: readonly Uint8Array[];
  /** Whether it holds rows, rather than events. */
  readonly isRolledUp: boolean;
}

export class BodyReader {
  readonly plan: ColumnPlan;
  readonly #events: FlatEvents;
  readonly #rollup: Rollup | undefined;
  /** How many bodies more are not rolled up. */
  #toPass = 0;

  constructor(plan: ColumnPlan) {
    this.plan = plan;
    this.#events = new FlatEvents(plan.fields);
    this.#rollup = plan.rollup && Rollup.of(plan.rollup, this.#events.columns);
  }

  /** @returns undefined when it has something that is not taken. */
  read(lines: Uint8Array, events: number): Columns | undefined {
    let rollup = this.#toPass > 0 ? undefined : this.#rollup;
    this.#toPass = Math.max(0, this.#toPass - 1);
    rollup?.begin();
    const isRead = this.#events.read(lines, events, (first, end) => {
      if (!rollup || rollup.add(first, end)) return;
      rollup = undefined;
      this.#toPass = bodiesToPass;
    });
    if (!isRead) return undefined;
    const parts = rollup ? parquetFile(rollup.columns(), rollup.rows) : parquetFile(this.#events.columns, events);
    return { parts, isRolledUp: rollup !== undefined };
  }
}
