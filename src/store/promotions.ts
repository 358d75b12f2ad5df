/** DataSources that move to a Druid: how far each is. Written after each step, so that another process can go on. */
import { join, sql } from '../sql.ts';
import type { Store } from './store.ts';

/**
 * `history`: segments are copied, events come as before. `draining`: new events go to the Druid's topic, or wait in the supervisor's; the
 * rest is copied. `streaming`: Druid has all that was here, and reads on. `returning`: they come here again, and those of the topic are read back. `done`: it is the Druid's.
 */
export type PromotionPhase = 'history' | 'draining' | 'streaming' | 'returning' | 'done';

export interface StoredPromotion {
  readonly dataSource: string;
  readonly phase: PromotionPhase;
  /** As JSON. */
  readonly settings: string;
  /** The batch ingestion that may be running, as JSON. */
  readonly task: string | undefined;
}

export interface PromotedChunk {
  readonly startMs: number;
  /** The version that it was copied at, at least. */
  readonly version: string;
  /** Whether Druid answered of it what was answered here. */
  readonly agrees: boolean;
}

export class Promotions {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async all(): Promise<readonly StoredPromotion[]> {
    const statement = sql`SELECT data_source, phase, settings, task FROM meta.promotions ORDER BY data_source`;
    const rows = await this.#store.transaction((transaction) => transaction.rows(statement));
    return rows.map(([dataSource, phase, settings, task]) => ({
      dataSource: dataSource as string,
      phase: phase as PromotionPhase,
      settings: settings as string,
      task: (task as string | null) ?? undefined,
    }));
  }

  /** In place of what there was of that dataSource. */
  async write({ dataSource, phase, settings, task }: StoredPromotion): Promise<void> {
    await this.#store.transaction(async (transaction) => {
      await transaction.run(sql`DELETE FROM meta.promotions WHERE data_source = ${dataSource}`);
      await transaction.run(
        sql`INSERT INTO meta.promotions VALUES (${dataSource}, ${phase}, ${settings}, ${task ?? null})`,
      );
    });
  }

  /** None of them is where the dataSource goes from now on. */
  async forgetChunks(dataSource: string): Promise<void> {
    await this.#store.transaction((transaction) =>
      transaction.run(sql`DELETE FROM meta.promoted_chunks WHERE data_source = ${dataSource}`),
    );
  }

  /** By their starts. */
  async chunks(dataSource: string): Promise<ReadonlyMap<number, PromotedChunk>> {
    const statement = sql`SELECT start_ms, version, agrees FROM meta.promoted_chunks WHERE data_source = ${dataSource}`;
    const rows = await this.#store.transaction((transaction) => transaction.rows(statement));
    return new Map(
      rows.map(([start, version, agrees]) => {
        const startMs = Number(start);
        return [startMs, { startMs, version: version as string, agrees: agrees as boolean }];
      }),
    );
  }

  /** In place of what there was of those chunks. */
  async writeChunks(dataSource: string, chunks: readonly PromotedChunk[]): Promise<void> {
    if (chunks.length === 0) return;
    const starts = join(chunks.map(({ startMs }) => sql`${startMs}`));
    const values = chunks.map(
      ({ startMs, version, agrees }) => sql`(${dataSource}, ${startMs}, ${version}, ${agrees})`,
    );
    await this.#store.transaction(async (transaction) => {
      await transaction.run(
        sql`DELETE FROM meta.promoted_chunks WHERE data_source = ${dataSource} AND start_ms IN (${starts})`,
      );
      await transaction.run(sql`INSERT INTO meta.promoted_chunks VALUES ${join(values)}`);
    });
  }
}
