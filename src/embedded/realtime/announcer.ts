/** Tells of each segment's bucket that gets its first live row: what the original's node announced to its cluster. */
import { eternity } from '../../catalog/time.ts';
import { sql } from '../../sql.ts';
import type { Table } from '../../store/schema.ts';
import { pause } from '../../waiting.ts';
import { Alarm } from '../alarm.ts';
import type { RealtimeContext } from './context.ts';

export interface AnnouncedSegment {
  readonly dataSource: string;
  readonly startMs: number;
  readonly endMs: number;
}

export type Announce = (segment: AnnouncedSegment) => void;

/** Between two looks, at least; and how much longer than a look takes, so that looking costs little. */
const leastPauseMs = 50;
const pauseShare = 20;
const afterFailureMs = 5_000;

export class Announcer {
  readonly #context: Pick<RealtimeContext, 'store' | 'log'>;
  readonly #dataSources: ReadonlySet<string>;
  /** DataSources that got rows since the last look. */
  readonly #changed: Set<string>;
  /** By dataSource the starts of those buckets that had live rows at the last look. */
  readonly #live = new Map<string, ReadonlySet<number>>();
  readonly #alarm = new Alarm();
  readonly #closed = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(context: Pick<RealtimeContext, 'store' | 'log'>, dataSources: ReadonlySet<string>) {
    this.#context = context;
    this.#dataSources = dataSources;
    this.#changed = new Set(dataSources);
  }

  start(announce: Announce): void {
    this.#running = this.#run(announce);
  }

  note(dataSource: string): void {
    if (!this.#dataSources.has(dataSource)) return;
    this.#changed.add(dataSource);
    this.#alarm.ring();
  }

  async close(): Promise<void> {
    this.#closed.abort();
    this.#alarm.ring();
    await this.#running;
  }

  async #run(announce: Announce): Promise<void> {
    while (!this.#closed.signal.aborted) {
      const startedMs = performance.now();
      const passed = await this.#lookAll(announce);
      const pauseMs = passed ? (performance.now() - startedMs) * pauseShare : afterFailureMs;
      await pause(Math.max(leastPauseMs, pauseMs), this.#closed.signal);
      if (this.#changed.size === 0 && !this.#closed.signal.aborted) await this.#alarm.pause(Number.POSITIVE_INFINITY);
    }
  }

  async #lookAll(announce: Announce): Promise<boolean> {
    for (const dataSource of [...this.#changed]) {
      this.#changed.delete(dataSource);
      try {
        await this.#look(dataSource, announce);
      } catch (error) {
        this.#changed.add(dataSource);
        this.#context.log.warn({ dataSource, err: error }, 'could not look for new segments; it is tried again');
        return false;
      }
    }
    return true;
  }

  async #look(dataSource: string, announce: Announce): Promise<void> {
    const table = this.#context.store.tables.get(dataSource);
    if (!table) return;
    const before = this.#live.get(dataSource);
    const buckets = await this.#liveBuckets(table);
    this.#live.set(dataSource, new Set(buckets.map(({ startMs }) => startMs)));
    for (const bucket of buckets) if (!before?.has(bucket.startMs)) announce({ dataSource, ...bucket });
  }

  async #liveBuckets({ definition, live }: Table): Promise<{ readonly startMs: number; readonly endMs: number }[]> {
    const { segments } = definition;
    const bucket = sql`SELECT DISTINCT ${segments.floor(sql`__time`)} AS start FROM ${live}`;
    const statement = sql`SELECT epoch_ms(start), epoch_ms(${segments.next(sql`start`)}) FROM (${bucket}) ORDER BY 1`;
    const buckets: { startMs: number; endMs: number }[] = [];
    for await (const { columns, rowCount } of this.#context.store.read(statement)) {
      for (let row = 0; row < rowCount; row++) {
        const [start, end] = columns.map((column) => column[row]);
        // One bucket for all of time has no bounds.
        buckets.push({
          startMs: start === null ? eternity.start : Number(start),
          endMs: end === null ? eternity.end : Number(end),
        });
      }
    }
    return buckets;
  }
}
