/** A writer that commits and aborts at random, through whatever happens to the broker, and keeps a record of it. */
import { seededRandom } from '../../src/sources/generator.ts';
import { Scribe } from '../services/kafka/scribe.ts';
import { settled } from '../support/supervised.ts';

/** Records of one key in one partition: `<time>,<key>,<transaction>,<n>`, n from 0 up. */
export interface Fill {
  readonly key: string;
  readonly partition: number;
  readonly count: number;
}

export interface Transaction {
  readonly id: number;
  readonly fills: readonly Fill[];
  /** `unknown`: to commit it was asked for, and there was no answer. */
  readonly outcome: 'committed' | 'aborted' | 'unknown';
}

/** What becomes of a transaction; `leave`: its producer is replaced by another one under its id, which aborts it. */
const ends = ['commit', 'commit', 'commit', 'abort', 'abort', 'leave'] as const;

export interface WriterOptions {
  readonly bootstrapServers: string;
  readonly topic: string;
  readonly partitions: number;
  /** Its own number among the writers. */
  readonly number: number;
}

/** So many keys there are, and so many hours they are from. */
const [keys, hours] = [20, 6];

export class TransactionalWriter {
  readonly transactions: Transaction[] = [];
  /** A Java process of its own. */
  readonly scribe: Scribe;
  /** What transactions were cut short by. */
  readonly troubles: unknown[] = [];
  readonly #options: WriterOptions;
  readonly #random: () => number;

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#random = seededRandom(options.number);
    this.scribe = new Scribe(options.bootstrapServers);
  }

  /** Until the signal aborts. No transaction is open then. */
  async write(signal: AbortSignal): Promise<void> {
    await this.#open();
    while (!signal.aborted) this.transactions.push(await this.#transact());
  }

  async #transact(): Promise<Transaction> {
    const { number, partitions } = this.#options;
    const id = number * 1_000_000 + this.transactions.length;
    const fills = Array.from({ length: 1 + this.#below(3) }, () => ({
      key: `key${this.#below(keys)}`,
      partition: this.#below(partitions),
      count: 1 + this.#below(500),
    }));
    const end = ends[this.#below(ends.length)];
    // Without a flush, records may still be on their way to the broker when the transaction is ended.
    const flushes = this.#random() < 0.7;
    let outcome: Transaction['outcome'] = 'aborted';
    try {
      await this.scribe.begin(producer);
      for (const fill of fills) await this.#send(id, fill);
      if (flushes) await this.scribe.flush(producer);
      if (end === 'commit') {
        outcome = 'unknown';
        await this.scribe.commit(producer);
        outcome = 'committed';
      } else if (end === 'abort') {
        await this.scribe.abort(producer);
      } else {
        await this.#open();
      }
    } catch (error) {
      this.troubles.push(error);
      await this.#open();
    }
    return { id, fills, outcome };
  }

  #send(id: number, { key, partition, count }: Fill): Promise<number> {
    const hour = String(this.#below(hours)).padStart(2, '0');
    return this.scribe.fill(producer, this.#options.topic, count, `2026-06-01T${hour}:00:00Z,${key},${id},`, partition);
  }

  /** Again and again while there is no broker. */
  #open(): Promise<void> {
    const id = `writer-${this.#options.number}`;
    // So that a commit has no answer for once: else the producer asks on until the broker is back.
    const settings = { 'transactional.id': id, 'max.block.ms': 1_000 };
    return settled(() => this.scribe.openProducer(producer, settings).then(() => {}), 90_000);
  }

  #below = (limit: number) => Math.floor(this.#random() * limit);
}

/** Its name in the Java process. */
const producer = 'transactional';
