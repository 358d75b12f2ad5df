/** What transactional writers have committed, by key. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Transaction } from './transactional-writer.ts';

/** Of a key: how many events there are, and the sums of their numbers and of their transactions' ids. */
export interface Sums {
  readonly events: number;
  readonly n: number;
  readonly transaction: number;
}

/**
 * Those that were committed: by the writers' record, which what Kafka's own consumer saw has to agree with, and which it completes.
 * @param file the values that it saw.
 */
export function settleTransactions(transactions: readonly Transaction[], file: string): Transaction[] {
  const seen = new Map<number, number>();
  for (const line of readFileSync(file, 'utf8').split('\n').slice(0, -1)) {
    const id = Number(line.split(',')[2]);
    seen.set(id, (seen.get(id) ?? 0) + 1);
  }
  return transactions.filter(({ id, fills, outcome }) => {
    const events = seen.get(id) ?? 0;
    const isCommitted = outcome === 'committed' || (outcome === 'unknown' && events > 0);
    const all = fills.reduce((sum, { count }) => sum + count, 0);
    assert.equal(events, isCommitted ? all : 0, `transaction ${id}, ${outcome}`);
    return isCommitted;
  });
}

export function sumsByKey(committed: readonly Transaction[]): Readonly<Record<string, Sums>> {
  const sums: Record<string, Sums> = {};
  for (const { id, fills } of committed)
    for (const { key, count } of fills) {
      const { events, n, transaction } = sums[key] ?? { events: 0, n: 0, transaction: 0 };
      // 0 + 1 + … + (count - 1).
      const ofFill = (count * (count - 1)) / 2;
      sums[key] = { events: events + count, n: n + ofFill, transaction: transaction + count * id };
    }
  return sums;
}
