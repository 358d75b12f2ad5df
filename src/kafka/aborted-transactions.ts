/**
 * READ_COMMITTED's other half: a broker withholds what is undecided, but sends what was aborted, with a list of the
 * transactions that the reader must leave out.
 *
 * Rules, as Kafka's own consumer has them:
 * 1. The list holds every aborted transaction that has records in the response, wherever it began or its marker lies.
 * 2. From a transaction's first offset on, its producer's transactional batches are aborted …
 * 3. … until that producer's abort marker (a control batch), after which it may begin another one.
 */

import type { BatchView } from './record-batch.ts';

export interface AbortedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
}

/**
 * Whether a control batch is the marker of an abort. Its one record's key says so:
 *
 *   ControlKey => version type
 *     version => INT16
 *     type => INT16    0 abort, 1 commit; others are not for readers
 */
export function isAbortMarker({ buffer, recordsStart, end }: BatchView): boolean {
  let at = recordsStart;
  const skipVarint = () => {
    while (at < end && (buffer[at++] as number) > 0x7f);
  };
  skipVarint(); // length
  at++; // attributes
  skipVarint(); // timestamp delta
  skipVarint(); // offset delta
  skipVarint(); // key length
  return at + 4 <= end && buffer.readInt16BE(at + 2) === 0;
}

/** For one partition of one response, whose batches pass by in order. */
export class AbortedTransactions {
  readonly #pending: readonly AbortedTransaction[];
  readonly #producers = new Set<number>();
  #next = 0;

  constructor(aborted: readonly AbortedTransaction[]) {
    this.#pending = aborted.toSorted((a, b) => a.firstOffset - b.firstOffset);
  }

  /** Whether a transactional batch is part of an aborted transaction. */
  covers(producerId: number, lastOffset: number): boolean {
    this.#advance(lastOffset);
    return this.#producers.has(producerId);
  }

  /** An abort marker was met. */
  end(producerId: number, offset: number): void {
    this.#advance(offset);
    this.#producers.delete(producerId);
  }

  #advance(offset: number): void {
    for (; this.#next < this.#pending.length; this.#next++) {
      const { producerId, firstOffset } = this.#pending[this.#next] as AbortedTransaction;
      if (firstOffset > offset) break;
      this.#producers.add(producerId);
    }
  }
}
