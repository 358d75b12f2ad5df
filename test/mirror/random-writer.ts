/**
 * A writer at the source whose transactions are committed, aborted and left behind at random, through whatever happens to the broker.
 * Its records have keys, headers, timestamps and nulls now and then, and its batches each of Kafka's codecs.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { codecs } from '../../src/kafka/index.ts';
import { seededRandom } from '../../src/sources/generator.ts';
import { Scribe } from '../services/kafka/scribe.ts';
import { settled } from '../support/supervised.ts';

export interface WriterOptions {
  readonly bootstrapServers: string;
  readonly topic: string;
  readonly partitions: number;
  /** Its own number among the writers. */
  readonly number: number;
}

/** What becomes of a transaction; `leave`: its producer is replaced by another one under its id, which aborts it. */
const ends = ['commit', 'commit', 'commit', 'abort', 'abort', 'leave'] as const;
const firstTimestamp = Date.UTC(2026, 0, 1);
/** Its name in the Java process. */
const producer = 'random';

export class RandomWriter {
  readonly #options: WriterOptions;
  readonly #random: () => number;
  readonly #scribe: Scribe;
  /** Transactions that were committed, as far as the writer knows. */
  committed = 0;
  transactions = 0;

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#random = seededRandom(options.number);
    this.#scribe = new Scribe(options.bootstrapServers);
  }

  /** Until the signal aborts; then no transaction is open. */
  async write(signal: AbortSignal): Promise<void> {
    try {
      await this.#open();
      for (; !signal.aborted; await sleep(this.#below(20))) await this.#transact();
    } finally {
      await this.#scribe.stop();
    }
  }

  async #transact(): Promise<void> {
    const end = ends[this.#below(ends.length)] as (typeof ends)[number];
    const id = `${this.#options.number}.${this.transactions++}`;
    try {
      await this.#scribe.begin(producer);
      for (let part = this.#below(4); part >= 0; part--) await this.#send(`${id}.${part}`);
      // Without a flush, records may still be on their way to the broker when the transaction is ended.
      if (this.#random() < 0.7) await this.#scribe.flush(producer);
      if (end === 'leave') return await this.#open();
      await this.#scribe[end](producer);
      if (end === 'commit') this.committed++;
    } catch {
      // There is no broker, or the transaction was too long under way because of it.
      await this.#open();
    }
  }

  async #send(id: string): Promise<void> {
    const { topic, partitions } = this.#options;
    const partition = this.#below(partitions);
    if (this.#random() < 0.5) {
      await this.#scribe.fill(producer, topic, 1 + this.#below(300), `${id} `, partition);
      return;
    }
    await this.#scribe.send(producer, topic, this.#random() < 0.3 ? null : `${id}, alone`, {
      partition,
      key: this.#random() < 0.2 ? '' : `key ${this.#below(20)}`,
      timestamp: firstTimestamp + this.#below(1e9),
      headers: this.#random() < 0.5 ? {} : { from: id, empty: '' },
    });
  }

  /** Again and again while there is no broker. */
  #open(): Promise<void> {
    const settings = {
      'transactional.id': `writer-${this.#options.number}`,
      'compression.type': codecs[this.#below(codecs.length)] as string,
      'batch.size': this.#random() < 0.5 ? 500 : 16_384,
      // So that a commit has no answer for once: else the producer asks on until the broker is back.
      'max.block.ms': 1_000,
    };
    return settled(() => this.#scribe.openProducer(producer, settings).then(() => {}), 90_000);
  }

  #below = (limit: number) => Math.floor(this.#random() * limit);
}
