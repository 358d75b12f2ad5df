/**
 * Batches and the ledger's record of them are in one transaction of the target. Its id is the lane's: whoever opens it ends what a
 * predecessor left open, and shuts the predecessor out.
 */
import type { TransactionalProducer } from '../../kafka/index.ts';
import type { LaneContext } from '../lane-context.ts';
import { safeFlowName } from '../ledger/ledger-topic.ts';
import type { LaneWriter } from './lane-writer.ts';

/** How long readers of committed records wait at most for a mirror that was killed: what it left open is aborted then. */
const transactionTimeoutMs = 30_000;

export class ExactlyOnceWriter implements LaneWriter {
  readonly isAtomic = true;
  readonly #producer: TransactionalProducer;
  readonly #ledgerTopic: string;
  readonly #lane: number;

  constructor({ flow, target, ledger, lane }: LaneContext) {
    const id = `millrace-mirror.${safeFlowName(flow.name)}.${lane}`;
    this.#producer = target.transactional(id, { timeoutMs: transactionTimeoutMs });
    this.#ledgerTopic = ledger.topic;
    this.#lane = lane;
  }

  open(): Promise<void> {
    return this.#producer.init();
  }

  send(topic: string, partition: number, batch: Buffer): Promise<number> {
    return this.#producer.send(topic, partition, batch);
  }

  async commit(ledgerBatches: readonly Buffer[]): Promise<void> {
    await Promise.all(ledgerBatches.map((batch) => this.#producer.send(this.#ledgerTopic, this.#lane, batch)));
    await this.#producer.commit();
  }

  close(): Promise<void> {
    return this.#producer.close();
  }
}
