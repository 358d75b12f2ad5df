/**
 * Batches go through an idempotent producer, the ledger after them. After a crash those are written again that the ledger did not
 * know of yet.
 */
import type { Producer } from '../../kafka/index.ts';
import type { LaneContext } from '../lane-context.ts';
import type { LaneWriter } from './lane-writer.ts';

/** A round trip of 40 ms to a distant target takes so many to be filled. */
const maxInFlight = 100;

export class AtLeastOnceWriter implements LaneWriter {
  readonly isAtomic = false;
  readonly #producer: Producer;
  readonly #ledgerTopic: string;
  readonly #lane: number;

  constructor({ target, ledger, lane }: LaneContext) {
    this.#producer = target.producer({ maxInFlight, failsTogether: true });
    this.#ledgerTopic = ledger.topic;
    this.#lane = lane;
  }

  async open(): Promise<void> {}

  send(topic: string, partition: number, batch: Buffer): Promise<number> {
    return this.#producer.send(topic, partition, batch);
  }

  async commit(ledgerBatches: readonly Buffer[]): Promise<void> {
    await Promise.all(ledgerBatches.map((batch) => this.#producer.send(this.#ledgerTopic, this.#lane, batch)));
  }

  close(): Promise<void> {
    return this.#producer.close();
  }
}
