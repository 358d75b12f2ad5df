/** What is done beside the stream: hand-off, combining live rows, forgetting what is old. */

import { compileGranularity } from '../catalog/index.ts';
import { maxRejects } from '../ingest/rejects.ts';
import { newestEvent } from '../ingest/round.ts';
import type { DataSource } from '../spec/data-source.ts';
import { sql } from '../sql.ts';
import type { Connection } from '../store/engine.ts';
import { combineLive, handOff, removeOrphans } from '../store/hand-off.ts';
import { Mutex } from '../store/mutex.ts';
import type { Table } from '../store/schema.ts';
import type { BackgroundContext } from './context.ts';

export interface HousekeepingOptions extends BackgroundContext {
  readonly dataSources: ReadonlyMap<string, DataSource>;
  /** Pause between two rounds. */
  readonly intervalMs: number;
  /** Without a window, a closed bucket is handed off when nothing came for this long. */
  readonly quietMs: number;
}

/** Soon, so that the gauges tell of what the folder holds; not at once, so that a start is not held up. */
const firstRoundMs = 1000;

/** The last millisecond that a JavaScript Date holds. */
const endOfTimeMs = 8_640_000_000_000_000;

/** Live rows above which buckets are handed off, or combined, without waiting for quiet. */
const manyLiveRows = 1_000_000;

/** The same while so many more come from look to look that someone catches up: who tidies up now takes the cores that this needs. */
const mostLiveRows = 5_000_000;
const fastGrowth = 250_000;

export class Housekeeping {
  readonly #options: HousekeepingOptions;
  readonly #stop = new AbortController();
  /** Live rows at the last look, by dataSource: what has not changed since is quiet. */
  readonly #seen = new Map<string, { rows: number; sinceMs: number }>();
  /** Live rows after they were last combined, by dataSource. */
  readonly #combined = new Map<string, number>();
  /** One hand-off at a time: two would change the same rows. */
  readonly #working = new Mutex();
  #running: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout;

  constructor(options: HousekeepingOptions) {
    this.#options = options;
    this.#timer = setTimeout(() => this.#tick(true), firstRoundMs).unref();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    clearTimeout(this.#timer);
    await this.#running;
    using _last = await this.#working.acquire();
  }

  /** Nothing is done until this is disposed of; settles when what is under way has ended. */
  pause(): Promise<Disposable> {
    return this.#working.acquire();
  }

  /** Makes segments of all live rows of a dataSource, those of open buckets too. */
  async handOff(dataSource: string): Promise<void> {
    using _lock = await this.#working.acquire();
    const table = this.#options.store.tables.get(dataSource);
    // With one segment for all of time there is none that could be closed.
    if (!table || table.definition.segments.extent === 'all' || this.#stop.signal.aborted) return;
    const connection = await this.#options.store.connect();
    try {
      await this.#handOff(connection, table, endOfTimeMs);
    } finally {
      connection.close();
    }
  }

  #tick(first: boolean): void {
    this.#running = this.#round(first)
      .catch((error: unknown) => this.#options.log.warn({ err: error }, 'housekeeping failed; it is tried again'))
      .finally(() => {
        if (!this.#stop.signal.aborted)
          this.#timer = setTimeout(() => this.#tick(false), this.#options.intervalMs).unref();
      });
  }

  async #round(first: boolean): Promise<void> {
    using _lock = await this.#working.acquire();
    const { store, committer, log, now } = this.#options;
    if (store.failure) {
      await store.recover();
      log.info('the engine works again');
    }
    const connection = await store.connect();
    try {
      if (first) {
        const removed = await removeOrphans(store, connection);
        if (removed > 0) log.info({ files: removed }, 'removed segment files that a crash had left behind');
      }
      for (const table of store.tables.values()) {
        if (this.#stop.signal.aborted) return;
        await this.#look(connection, table);
      }
      await connection.run(sql`
        DELETE FROM meta.rejects WHERE rowid IN (
          SELECT rowid FROM meta.rejects QUALIFY row_number() OVER (PARTITION BY data_source ORDER BY rejected_at DESC, rowid DESC) > ${maxRejects})`);
      await store.transaction((transaction) => committer.receipts.expire(transaction, now()));
    } finally {
      connection.close();
    }
  }

  async #look(connection: Connection, table: Table): Promise<void> {
    const { dataSource } = table.definition;
    const definition = this.#options.dataSources.get(dataSource);
    const [counts] = await connection.rows(sql`
      SELECT (SELECT count(*) FROM ${table.live}), (SELECT count(*) FROM ${table.history}), (SELECT count(*) FROM meta.segments WHERE data_source = ${dataSource})`);
    const [rows, handedOffRows, segments] = (counts ?? []).map(Number) as [number, number, number];
    this.#options.metrics.rows.set({ dataSource }, rows + handedOffRows);
    this.#options.metrics.segments.set({ dataSource }, segments);
    if (!definition || rows === 0) return;
    const nowMs = this.#options.now();
    const seen = this.#seen.get(dataSource);
    const quiet = seen?.rows === rows && nowMs - seen.sinceMs >= this.#options.quietMs;
    const isFast = rows - (seen?.rows ?? 0) > fastGrowth;
    const many = isFast ? mostLiveRows : manyLiveRows;
    if (seen?.rows !== rows) this.#seen.set(dataSource, { rows, sinceMs: nowMs });
    const beforeMs = await closedBefore(connection, definition, nowMs, quiet || rows > many);
    const handedOff = beforeMs === undefined ? 0 : await this.#handOff(connection, table, beforeMs);
    // Twice as many as combining left the last time: else the rows are as distinct as they get.
    if (handedOff > 0 || rows < Math.max(many, 2 * (this.#combined.get(dataSource) ?? 0))) return;
    this.#combined.set(dataSource, await combineLive(this.#options.store, connection, table));
  }

  async #handOff(connection: Connection, table: Table, beforeMs: number): Promise<number> {
    const started = performance.now();
    let segments = 0;
    let rows = 0;
    for (;;) {
      const result = await handOff(this.#options.store, connection, table, beforeMs);
      segments += result.segments;
      rows += result.rows;
      if (!result.more || this.#stop.signal.aborted) break;
    }
    if (segments === 0) return 0;
    this.#options.log.info(
      { dataSource: table.definition.dataSource, segments, rows, ms: Math.round(performance.now() - started) },
      'handed off',
    );
    return segments;
  }
}

/**
 * Buckets that start before this are closed; undefined when none can be.
 * serverTime and messageTime: start < bucketStart(max(W, clock) − W), as the realtime plumber. none: never, as there, or what has ended,
 * once it is quiet.
 */
async function closedBefore(
  connection: Connection,
  definition: DataSource,
  nowMs: number,
  settled: boolean,
): Promise<number | undefined> {
  const { window } = definition;
  if (window.policy === 'none' && window.handOff === 'never') return undefined;
  const hasClock = window.policy === 'serverTime' || window.policy === 'messageTime';
  if (!hasClock && !settled) return undefined;
  const clock = window.policy === 'messageTime' ? await newestEvent(connection, definition.name) : nowMs;
  if (clock === undefined) return undefined;
  const at = sql`make_timestamp_ms(${hasClock ? Math.max(window.periodMs, clock) - window.periodMs : clock})`;
  const buckets = compileGranularity(definition.segmentGranularity);
  if (buckets.extent === 'all') return undefined;
  const [row] = await connection.rows(sql`SELECT epoch_ms(${buckets.floor(at)})`);
  return Number(row?.[0]);
}
