/**
 * Hand-off before a task's time is over: every `intermediateHandoffPeriod`, and when `maxTotalRows` or `maxRowsPerSegment` are live.
 * https://druid.apache.org/docs/latest/ingestion/supervisor#tuning-configuration
 */
import { millisOf, type SupervisorSpec } from '../../spec/supervisor.ts';
import { sql } from '../../sql.ts';
import type { Store } from '../../store/store.ts';

export interface IntermediateHandOffOptions {
  readonly spec: SupervisorSpec;
  readonly store: Store;
  /** Makes segments of all live rows of a dataSource. */
  handOff(dataSource: string): Promise<void>;
}

export class IntermediateHandOff {
  readonly #options: IntermediateHandOffOptions;
  readonly #periodMs: number;
  #doneAtMs = performance.now();
  /** One at a time, beside the reading. */
  #running: Promise<void> | undefined;

  constructor(options: IntermediateHandOffOptions) {
    this.#options = options;
    this.#periodMs = millisOf(options.spec.tuningConfig.intermediateHandoffPeriod);
  }

  /** Until the period is over. Rows are counted at each look. */
  get untilDueMs(): number {
    return this.#doneAtMs + this.#periodMs - performance.now();
  }

  /** Begins a hand-off where one is due. `onError` is told why it failed; it is tried again when it is due again. */
  async look(onError: (error: unknown) => void): Promise<void> {
    if (this.#running || !(this.untilDueMs <= 0 || (await this.#hasTooManyRows()))) return;
    this.#doneAtMs = performance.now();
    this.#running = this.#options
      .handOff(this.#options.spec.id)
      .catch(onError)
      .finally(() => {
        this.#running = undefined;
      });
  }

  async #hasTooManyRows(): Promise<boolean> {
    const { spec, store } = this.#options;
    const { maxTotalRows, maxRowsPerSegment } = spec.tuningConfig;
    const table = store.tables.get(spec.id);
    if (!table) return false;
    const count = async (statement: Parameters<Store['read']>[0]) => {
      for await (const { columns } of store.read(statement)) return Number(columns[0]?.[0] ?? 0);
      return 0;
    };
    const total = await count(sql`SELECT count(*) FROM ${table.live}`);
    // Counting all is cheap, looking at each row's segment is not.
    if (total < Math.min(maxTotalRows, maxRowsPerSegment)) return false;
    if (total >= maxTotalRows) return true;
    const segment = table.definition.segments.floor(sql`__time`);
    const rows = sql`SELECT count(*) AS n FROM ${table.live} GROUP BY ${segment}`;
    return (await count(sql`SELECT max(n) FROM (${rows})`)) >= maxRowsPerSegment;
  }
}
