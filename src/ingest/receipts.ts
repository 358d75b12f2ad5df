/** What was answered under an Idempotency-Key, so that a retry gets the same answer and brings nothing twice. */
import type { PushOutcome } from '../backend.ts';
import { sql } from '../sql.ts';
import type { Transaction } from '../store/store.ts';

/** A key is remembered this long, and for a while after. */
const receiptLifetimeMs = 24 * 3_600_000;

const maxReceipts = 100_000;

export class Receipts {
  readonly #known = new Map<string, { outcome: PushOutcome; takenAtMs: number }>();

  /** All that the database remembers, the oldest first. */
  async load(rows: AsyncIterable<{ readonly columns: readonly (readonly unknown[])[] }>): Promise<void> {
    for await (const { columns } of rows) {
      const [dataSources, keys, outcomes, times] = columns as [string[], string[], string[], number[]];
      dataSources.forEach((dataSource, i) => {
        this.remember(dataSource, keys[i] as string, JSON.parse(outcomes[i] as string), Number(times[i]));
      });
    }
  }

  static readonly loadStatement =
    sql`SELECT data_source, key, outcome, epoch_ms(taken_at) FROM meta.receipts ORDER BY taken_at`;

  find(dataSource: string, key: string, nowMs: number): PushOutcome | undefined {
    const known = this.#known.get(keyOf(dataSource, key));
    return known && known.takenAtMs > nowMs - receiptLifetimeMs ? known.outcome : undefined;
  }

  remember(dataSource: string, key: string, outcome: PushOutcome, takenAtMs: number): void {
    this.#known.set(keyOf(dataSource, key), { outcome, takenAtMs });
    if (this.#known.size <= maxReceipts) return;
    const [oldest] = this.#known.keys();
    if (oldest !== undefined) this.#known.delete(oldest);
  }

  /** Drops what is older than the lifetime, from the database too. */
  async expire(transaction: Transaction, nowMs: number): Promise<void> {
    const before = nowMs - receiptLifetimeMs;
    for (const [key, { takenAtMs }] of this.#known) {
      if (takenAtMs > before) break;
      this.#known.delete(key);
    }
    await transaction.run(sql`DELETE FROM meta.receipts WHERE taken_at <= make_timestamp_ms(${before})`);
  }
}

export async function writeReceipt(
  transaction: Transaction,
  dataSource: string,
  key: string,
  outcome: PushOutcome,
  nowMs: number,
): Promise<void> {
  await transaction.run(
    sql`INSERT INTO meta.receipts VALUES (${dataSource}, ${key}, ${JSON.stringify(outcome)}, make_timestamp_ms(${nowMs}))`,
  );
}

const keyOf = (dataSource: string, key: string) => `${dataSource}\0${key}`;
