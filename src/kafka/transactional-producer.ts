/**
 * Writes record batches in transactions, one after the other: what readers with read_committed see is all of a transaction, or nothing
 * of it. Nothing is tried twice within one: any failure spoils it, and it is aborted.
 * https://kafka.apache.org/documentation/#semantics
 */
import { asMillraceError, MillraceError } from '../errors.ts';
import { partitionKey } from './assignment.ts';
import { Backoff } from './backoff.ts';
import { BrokerPipeline, type WaitingBatch, type WrittenPartition } from './broker-pipeline.ts';
import type { Address, Connections } from './connections.ts';
import type { ProducerIdentity } from './init-producer-id.ts';
import type { ClusterMetadata } from './metadata.ts';
import { bufferFull } from './producer.ts';
import type { ProducerSettings } from './producer-config.ts';
import { offsetsOf } from './record-batch.ts';
import { Signal } from './signal.ts';
import { type CoordinatorFinder, TransactionCoordinator, writeError } from './transaction-coordinator.ts';
import type { TransactionalId } from './transaction-requests.ts';
import { TransactionRoutes } from './transaction-routes.ts';

/** What a transactional producer asks of the cluster. */
export interface TransactionCluster extends CoordinatorFinder {
  metadata(topics: readonly string[]): Promise<ClusterMetadata>;
}

interface TransactionalProducerOptions {
  readonly cluster: TransactionCluster;
  readonly connections: Connections;
  readonly transactional: TransactionalId;
  readonly settings: ProducerSettings;
}

/** See {@link Cluster.transactional}. Its calls other than `send` are made one after the other. */
export class TransactionalProducer implements AsyncDisposable {
  readonly #options: TransactionalProducerOptions;
  readonly #coordinator: TransactionCoordinator;
  readonly #closing = new AbortController();
  readonly #backoff: Backoff;
  /** By topic and partition. */
  readonly #partitions = new Map<string, WrittenPartition>();
  readonly #routes: TransactionRoutes;
  /** Those in which something waits, and that have no leader or are not part of the transaction yet. */
  readonly #unprepared = new Set<WrittenPartition>();
  #preparing: Promise<void> | undefined;
  #identity: ProducerIdentity | undefined;
  /** Why nothing more is written in this transaction. */
  #failure: MillraceError | undefined;
  /** Whether the coordinator may have heard of the transaction. */
  #isOpen = false;
  /** Whether it is unknown which sequence numbers the brokers have heard of, or how the transaction ended. */
  #isAstray = false;
  /** Batches and their bytes that are neither acknowledged nor given up. */
  #pending = 0;
  #pendingBytes = 0;
  readonly #settled = new Signal();

  constructor(options: TransactionalProducerOptions) {
    const { settings } = options;
    this.#options = options;
    this.#backoff = new Backoff(settings, this.#closing.signal);
    this.#routes = new TransactionRoutes({
      ...options,
      backoff: this.#backoff,
      deliveryTimeoutMs: settings.deliveryTimeoutMs,
      open: (address) => this.#pipeline(address),
    });
    this.#coordinator = new TransactionCoordinator({ ...options, signal: this.#closing.signal });
  }

  /** Aborts when it is closed. */
  get closed(): AbortSignal {
    return this.#closing.signal;
  }

  /** Of batches that are neither acknowledged nor given up. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /**
   * Takes the transactional id over: whoever had it cannot write or commit any more, and what it left open is aborted, or, if its commit
   * had begun, committed, before this settles. The first thing to do, and again after a `conflict`.
   * @throws MillraceError `unavailable` when there was no answer within `delivery.timeout.ms`.
   */
  async init(): Promise<void> {
    await this.#quiesce('the producer begins anew');
    this.#identity = undefined;
    this.#begin(await this.#coordinator.init());
  }

  /**
   * Appends a batch of format 2 in the transaction, which begins with the first one. Its producer, epoch, sequence, transactional bit
   * and base offset are written into it, and its checksum corrected; until this settles nobody else may write to its bytes. The batches of a
   * partition are appended in the order of the calls.
   * @returns the offset of its first record.
   * @throws MillraceError that spoils the transaction, so that all later ones reject with it until `abort`: `conflict` when the
   * transactional id was taken over, or the transaction took too long; `unavailable` otherwise, with Kafka's words in `context.kafkaError` if it
   * refused, and `context.topic` and `context.partition`. Without harm to the transaction: `bufferFull` beyond `buffer.memory`.
   */
  send(topic: string, partition: number, bytes: Buffer): Promise<number> {
    const { bufferBytes, deliveryTimeoutMs } = this.#options.settings;
    const refusal =
      this.#refusal() ??
      (this.#pending > 0 && this.#pendingBytes + bytes.length > bufferBytes ? bufferFull(bufferBytes) : undefined);
    if (refusal !== undefined) return Promise.reject(refusal);
    this.#pending++;
    this.#pendingBytes += bytes.length;
    return new Promise((resolve, reject) => {
      const place = this.#place(topic, partition);
      const deadlineMs = performance.now() + deliveryTimeoutMs;
      place.waiting.push({ bytes, offsets: offsetsOf(bytes), deadlineMs, resolve, reject });
      this.#serve(place);
    });
  }

  /**
   * Waits for what was sent, and ends the transaction: all of it is there, for every reader. Nothing to do if nothing was sent.
   * @throws MillraceError the one that spoiled the transaction; then it is still to be aborted. When the commit itself got no good answer,
   * `context.mayBeCommitted` is true, and only what it wrote can tell.
   */
  async commit(): Promise<void> {
    while (this.#pending > 0) await this.#settled.wait();
    const refusal = this.#refusal();
    if (refusal !== undefined) throw refusal;
    if (!this.#isOpen) return;
    const identity = this.#identity as ProducerIdentity;
    this.#failure = new MillraceError('defect', 'a transaction that is being committed takes nothing more');
    try {
      await this.#coordinator.commit(identity);
      this.#begin(identity);
    } catch (error) {
      const { code, message, context } = asMillraceError(error);
      const unknown = `${message} It may have been committed, or not.`;
      this.#isAstray = true;
      this.#failure = new MillraceError(code, unknown, { cause: error, context: { ...context, mayBeCommitted: true } });
      throw this.#failure;
    }
  }

  /**
   * Ends the transaction so that nothing of it is seen; what was not acknowledged yet rejects. Afterwards the next one can begin, whatever
   * failed in this one.
   * @throws MillraceError `conflict` when the transactional id is not ours any more (`init` would take it back); `unavailable` when
   * there was no answer within `delivery.timeout.ms`: it can be tried again.
   */
  async abort(): Promise<void> {
    const identity = this.#identity;
    if (identity === undefined) throw notBegun(this.#options.transactional);
    await this.#quiesce('the transaction was aborted');
    if (this.#isOpen) await this.#coordinator.abort(identity);
    // Another epoch, in which sequence numbers begin anew; what is still on its way is refused then.
    this.#begin(this.#isAstray ? await this.#coordinator.init(identity) : identity);
  }

  /** Aborts what is open; if that cannot be done, its time runs out. */
  async close(): Promise<void> {
    if (this.#isOpen) await this.abort().catch(() => {});
    this.#closing.abort();
    await this.#quiesce('the producer was closed');
    this.#identity = undefined;
    await this.#options.connections.close();
  }

  [Symbol.asyncDispose] = (): Promise<void> => this.close();

  #refusal(): MillraceError | undefined {
    return this.#identity === undefined ? notBegun(this.#options.transactional) : this.#failure;
  }

  #begin(identity: ProducerIdentity): void {
    const isNew = identity !== this.#identity;
    for (const place of this.#partitions.values()) {
      place.isAdded = false;
      if (isNew) Object.assign(place, { sequence: 0, isKnown: false });
    }
    this.#identity = identity;
    this.#failure = undefined;
    this.#isOpen = false;
    this.#isAstray = false;
  }

  /** Gives up what waits, and waits for the answers to what is on its way. */
  async #quiesce(why: string): Promise<void> {
    this.#failure ??= new MillraceError('cancelled', `${why}: nothing more is written in this transaction`);
    this.#drop(this.#failure);
    await this.#preparing;
    while (this.#pending > 0) await this.#settled.wait();
  }

  #drop(failure: MillraceError): void {
    this.#routes.clear();
    this.#unprepared.clear();
    for (const { waiting } of this.#partitions.values())
      for (const batch of waiting.splice(0)) this.#settle(batch, () => batch.reject(failure));
  }

  /** The first failure is the one that tells what happened; the others follow from it. */
  #fail(error: MillraceError): void {
    this.#isAstray = true;
    this.#failure ??= error;
    for (const place of this.#partitions.values()) place.leader = undefined;
    this.#drop(this.#failure);
  }

  #settle(batch: WaitingBatch, tell: () => void): void {
    this.#pending--;
    this.#pendingBytes -= batch.bytes.length;
    tell();
    this.#settled.notify();
  }

  #place(topic: string, partition: number): WrittenPartition {
    const key = partitionKey(topic, partition);
    const known = this.#partitions.get(key);
    if (known !== undefined) return known;
    const place = {
      topic,
      partition,
      leader: undefined,
      sequence: 0,
      isAdded: false,
      isKnown: false,
      isTried: false,
      waiting: [],
    };
    this.#partitions.set(key, place);
    return place;
  }

  #serve(place: WrittenPartition): void {
    if (place.isAdded && place.leader !== undefined) {
      place.leader.serve(place);
      return;
    }
    this.#unprepared.add(place);
    this.#preparing ??= this.#prepare();
  }

  /** Its leader is asked for again, in a moment. */
  async #lose(place: WrittenPartition): Promise<void> {
    place.leader = undefined;
    await this.#backoff.after(1);
    // Given up meanwhile, perhaps.
    if (this.#failure !== undefined) this.#drop(this.#failure);
    else if (place.waiting.length > 0) this.#serve(place);
  }

  /** Finds leaders, and says at the coordinator where the transaction writes, until that is done for all in which something waits. */
  async #prepare(): Promise<void> {
    // What is sent together goes together.
    await undefined;
    try {
      while (this.#unprepared.size > 0 && this.#failure === undefined) await this.#prepareThese([...this.#unprepared]);
    } catch (error) {
      this.#fail(asMillraceError(error));
    } finally {
      this.#preparing = undefined;
    }
  }

  async #prepareThese(places: readonly WrittenPartition[]): Promise<void> {
    await this.#routes.find(places, () => this.#failure === undefined);
    const added = places.filter(({ isAdded }) => !isAdded);
    this.#isOpen = true;
    if (added.length > 0) await this.#coordinator.addPartitions(this.#identity as ProducerIdentity, added);
    for (const place of places) {
      place.isAdded = true;
      this.#unprepared.delete(place);
      if (place.waiting.length > 0 && this.#failure === undefined) this.#serve(place);
    }
  }

  #pipeline(address: Address): BrokerPipeline {
    const { connections, transactional, settings } = this.#options;
    return new BrokerPipeline({
      address,
      connections,
      backoff: this.#backoff,
      transactionalId: transactional.id,
      maxRequestBytes: settings.maxRequestBytes,
      requestTimeoutMs: settings.requestTimeoutMs,
      identity: () => this.#identity as ProducerIdentity,
      onAppended: (batch, baseOffset) => this.#settle(batch, () => batch.resolve(baseOffset)),
      onLost: (place) => void this.#lose(place),
      onFailed: (batch, error) => {
        this.#settle(batch, () => batch.reject(error));
        this.#fail(error);
      },
      explain: (place, errorCode) => writeError(transactional, place, errorCode),
    });
  }
}

const notBegun = ({ id }: TransactionalId) =>
  new MillraceError('conflict', `nobody here has the transactional id '${id}': a producer takes it by init()`);
