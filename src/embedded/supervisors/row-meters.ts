/**
 * A task's counts of rows, with moving averages.
 * https://druid.apache.org/docs/latest/ingestion/tasks#row-stats
 */

/** Events that were kept, the bytes of all, and those that were not kept, by what was wrong with them. */
export interface RowCounts {
  /** Without a fault. */
  readonly processed: number;
  readonly processedBytes: number;
  /** Kept, with null for a field that did not become its column's number. */
  readonly processedWithError: number;
  readonly thrownAway: number;
  readonly unparseable: number;
}

const names = ['processed', 'processedBytes', 'processedWithError', 'thrownAway', 'unparseable'] as const;
const zero: RowCounts = { processed: 0, processedBytes: 0, processedWithError: 0, thrownAway: 0, unparseable: 0 };

const tickMs = 5_000;
const windows = { '1m': 1, '5m': 5, '15m': 15 } as const;
type Averages = Readonly<Record<keyof typeof windows, RowCounts>>;

const combine = (a: RowCounts, b: RowCounts, how: (x: number, y: number) => number): RowCounts =>
  Object.fromEntries(names.map((name) => [name, how(a[name], b[name])])) as unknown as RowCounts;

export class RowMeters {
  readonly #nowMs: () => number;
  #totals = zero;
  /** Since the last tick. */
  #fresh = zero;
  /** Rows a second; undefined before the first tick, which sets rather than smooths them. */
  #averages: Averages | undefined;
  #tickedAtMs: number;

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
    this.#tickedAtMs = nowMs();
  }

  get totals(): RowCounts {
    return this.#totals;
  }

  /** Rows a second over the last 1, 5 and 15 minutes, exponentially weighted, in ticks of 5 s, as Druid's meters have them. */
  get averages(): Averages {
    this.#tick();
    return this.#averages ?? { '1m': zero, '5m': zero, '15m': zero };
  }

  add(counts: RowCounts): void {
    this.#tick();
    this.#totals = combine(this.#totals, counts, (x, y) => x + y);
    this.#fresh = combine(this.#fresh, counts, (x, y) => x + y);
  }

  #tick(): void {
    const ticks = Math.floor((this.#nowMs() - this.#tickedAtMs) / tickMs);
    if (ticks === 0) return;
    this.#tickedAtMs += ticks * tickMs;
    const rate = combine(this.#fresh, zero, (x) => x / (tickMs / 1000));
    this.#fresh = zero;
    const smooth = (window: keyof typeof windows): RowCounts => {
      const decay = Math.exp(-tickMs / 60_000 / windows[window]);
      const before = this.#averages?.[window];
      const after = before ? combine(before, rate, (x, y) => y + (x - y) * decay) : rate;
      // What came after the first of these ticks is nothing.
      return combine(after, zero, (x) => x * decay ** (ticks - 1));
    };
    this.#averages = { '1m': smooth('1m'), '5m': smooth('5m'), '15m': smooth('15m') };
  }
}
