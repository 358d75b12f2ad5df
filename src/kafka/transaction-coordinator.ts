/** What a transactional producer asks of its coordinator, again and again until it is answered for good. */
import { asMillraceError, MillraceError } from '../errors.ts';
import type { BackoffSettings } from '../waiting.ts';
import { Backoff } from './backoff.ts';
import type { Address, BrokerConnection, Connections } from './connections.ts';
import type { ProducerIdentity } from './init-producer-id.ts';
import type { TopicPartition } from './metadata.ts';
import { brokerError, errorCodes, isRetriable, placeError } from './protocol-errors.ts';
import {
  addPartitionsToTransaction,
  endTransaction,
  initTransactionalId,
  type TransactionalId,
} from './transaction-requests.ts';

export interface CoordinatorSettings extends BackoffSettings {
  /** How long an answer is waited for, through all tries. */
  readonly deliveryTimeoutMs: number;
}

export interface CoordinatorFinder {
  transactionCoordinator(transactionalId: string): Promise<Address>;
}

interface TransactionCoordinatorOptions {
  readonly cluster: CoordinatorFinder;
  readonly connections: Connections;
  readonly transactional: TransactionalId;
  readonly settings: CoordinatorSettings;
  /** Ends what is under way. */
  readonly signal: AbortSignal;
}

/** The end of the transaction before takes some milliseconds still, mostly. */
const concurrentBackoffMs = 2;

export class TransactionCoordinator {
  readonly #options: TransactionCoordinatorOptions;
  readonly #backoff: Backoff;
  readonly #concurrentBackoff: Backoff;
  #address: Address | undefined;

  constructor(options: TransactionCoordinatorOptions) {
    const { settings, signal } = options;
    this.#options = options;
    this.#backoff = new Backoff(settings, signal);
    const concurrent = { backoffMs: concurrentBackoffMs, maxBackoffMs: settings.backoffMs };
    this.#concurrentBackoff = new Backoff(concurrent, signal);
  }

  /**
   * An identity under the transactional id, once no transaction of it is open any more.
   * @param own only if the id is still ours by this; otherwise whoever has it is fenced.
   * @throws MillraceError `conflict` when it is not ours any more; `unavailable` when there was no answer in time.
   */
  async init(own?: ProducerIdentity): Promise<ProducerIdentity> {
    const { transactional } = this.#options;
    return (await this.#ask((connection) => initTransactionalId(connection, transactional, own))).identity;
  }

  /** @throws MillraceError as {@link init}. */
  async addPartitions(identity: ProducerIdentity, partitions: readonly TopicPartition[]): Promise<void> {
    const { transactional } = this.#options;
    await this.#ask((connection) => addPartitionsToTransaction(connection, transactional, identity, partitions));
  }

  /** @throws MillraceError as {@link init}. A try that got no answer may have been heard. */
  async commit(identity: ProducerIdentity): Promise<void> {
    await this.#ask((connection) => endTransaction(connection, this.#options.transactional, identity, true));
  }

  /** Also where none is open. @throws MillraceError as {@link init}. */
  async abort(identity: ProducerIdentity): Promise<void> {
    await this.#ask(async (connection) => {
      const { errorCode } = await endTransaction(connection, this.#options.transactional, identity, false);
      // Nothing was added to it, or it is ended already.
      return { errorCode: errorCode === errorCodes.invalidTxnState ? errorCodes.none : errorCode };
    });
  }

  async #ask<Answer extends { readonly errorCode: number }>(
    request: (connection: BrokerConnection) => Promise<Answer>,
  ): Promise<Answer> {
    const { cluster, connections, transactional, settings, signal } = this.#options;
    const deadlineMs = performance.now() + settings.deliveryTimeoutMs;
    for (let failures = 1; ; failures++) {
      let errorCode: number | undefined;
      let trouble: MillraceError;
      try {
        this.#address ??= await cluster.transactionCoordinator(transactional.id);
        const answer = await request(await connections.to(this.#address));
        errorCode = answer.errorCode;
        if (errorCode === errorCodes.none) return answer;
        trouble = transactionError(transactional, errorCode);
      } catch (error) {
        trouble = asMillraceError(error);
      }
      const mayPass = errorCode === undefined ? trouble.code === 'unavailable' : isRetriable(errorCode);
      if (!mayPass || performance.now() >= deadlineMs || signal.aborted) throw trouble;
      const isConcurrent = errorCode === errorCodes.concurrentTransactions;
      // It may be another broker by now.
      if (!isConcurrent) this.#address = undefined;
      await (isConcurrent ? this.#concurrentBackoff : this.#backoff).after(failures);
    }
  }
}

/** Whether it says that a newer epoch writes under the transactional id. */
const isFencing = (errorCode: number): boolean =>
  errorCode === errorCodes.invalidProducerEpoch || errorCode === errorCodes.producerFenced;

/** What Kafka answered to a transaction's request, in words. */
function transactionError({ id, timeoutMs }: TransactionalId, errorCode: number): MillraceError {
  const error = brokerError(`the transaction of '${id}'`, errorCode);
  if (!isFencing(errorCode)) return error;
  const why = `another producer has taken over its id, or it took longer than ${timeoutMs} ms`;
  return new MillraceError('conflict', `${error.message} Either ${why}`, { context: error.context });
}

/** What it answered to a batch of a transaction. */
export const writeError = (transactional: TransactionalId, place: TopicPartition, errorCode: number): MillraceError =>
  isFencing(errorCode) ? transactionError(transactional, errorCode) : placeError(place, errorCode);
