/**
 * Writes record batches: each once, those of a partition in order, acknowledged when all replicas in sync have them. At each broker some
 * requests are under way at a time, each with one batch at most of a partition.
 */
import { asMillraceError, MillraceError } from '../errors.ts';
import { partitionKey } from './assignment.ts';
import { Backoff } from './backoff.ts';
import type { Address, BrokerConnection, Connections } from './connections.ts';
import { canDescribeProducers, lastSequenceOf } from './describe-producers.ts';
import type { ProducerIdentity } from './init-producer-id.ts';
import { leaderOf } from './leader.ts';
import type { ClusterMetadata } from './metadata.ts';
import { Outbox } from './outbox.ts';
import type { Outgoing } from './outgoing.ts';
import { produce } from './produce.ts';
import type { ProducerSettings } from './producer-config.ts';
import { brokerError, errorCodes, isRetriable } from './protocol-errors.ts';
import { Signal } from './signal.ts';

/** What a producer asks of the cluster. */
export interface ProduceCluster {
  metadata(topics: readonly string[]): Promise<ClusterMetadata>;
  producerIdentity(): Promise<ProducerIdentity>;
}

/** What goes to a broker in one request. */
interface Sending {
  readonly outbox: Outbox;
  readonly outgoing: Outgoing;
}

/** How exactly deadlines are kept. */
const expiryMs = 100;

/** See {@link Cluster.producer}. */
export class Producer implements AsyncDisposable {
  readonly settings: ProducerSettings;
  readonly #cluster: ProduceCluster;
  readonly #connections: Connections;
  /** By topic and partition. */
  readonly #outboxes = new Map<string, Outbox>();
  #brokers: ReadonlyMap<number, Address> = new Map();
  /** Requests under way, by broker. */
  readonly #inFlight = new Map<number, number>();
  /** How many waits are under way for brokers that want to be left alone. */
  readonly #resting = new Map<number, number>();
  /** Turns the order of the partitions, so that each is first now and then. */
  #turn = 0;
  #isPumping = false;
  #isRouting = false;
  #pendingBytes = 0;
  readonly #settled = new Signal();
  readonly #closing = new AbortController();
  readonly #backoff: Backoff;
  #isClosing = false;
  readonly #expiry: NodeJS.Timeout;

  constructor(cluster: ProduceCluster, connections: Connections, settings: ProducerSettings) {
    this.#cluster = cluster;
    this.#connections = connections;
    this.settings = settings;
    this.#backoff = new Backoff(settings, this.#closing.signal);
    this.#expiry = setInterval(() => this.#expire(), expiryMs).unref();
  }

  /** Of batches that are not acknowledged. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** Aborts when it is closed. */
  get closed(): AbortSignal {
    return this.#closing.signal;
  }

  /**
   * Appends a batch of format 2, also one of another log. Its producer, sequence and base offset are written into it, its transactional bit is
   * cleared, and its checksum corrected; until this settles nobody else may write to its bytes.
   * @returns the offset of its first record; -1 when the broker does not remember it any more.
   * @param timeoutMs how long it is tried; by default `delivery.timeout.ms`.
   * @throws MillraceError `unavailable` when it was not acknowledged in time: it is there once, or not at all (`context.mayBeWritten` tells
   * whether it can be); with Kafka's own words when the topic does not take it; `tooLarge` when a single record is (`context.mayBeWritten` then, too); `bufferFull` beyond
   * `buffer.memory`.
   */
  async send(topic: string, partition: number, bytes: Buffer, timeoutMs?: number): Promise<number> {
    if (this.#isClosing) throw new MillraceError('cancelled', 'nothing is written to Kafka any more: it was closed');
    const { bufferBytes, deliveryTimeoutMs } = this.settings;
    if (this.#pendingBytes > 0 && this.#pendingBytes + bytes.length > bufferBytes) throw bufferFull(bufferBytes);
    this.#pendingBytes += bytes.length;
    try {
      return await new Promise((resolve, reject) => {
        const deadlineMs = performance.now() + (timeoutMs ?? deliveryTimeoutMs);
        const delivery = { deadlineMs, resolve, reject, pieces: 1, baseOffset: -1, mayBeWritten: false };
        this.#outbox(topic, partition).add(bytes, delivery);
        this.#pump();
      });
    } finally {
      this.#pendingBytes -= bytes.length;
      this.#settled.notify();
    }
  }

  /** Takes nothing new; settles when all that was sent is acknowledged or given up. */
  async close(): Promise<void> {
    this.#isClosing = true;
    while (this.#pendingBytes > 0) await this.#settled.wait();
    clearInterval(this.#expiry);
    this.#closing.abort();
    await this.#connections.close();
  }

  [Symbol.asyncDispose] = (): Promise<void> => this.close();

  #outbox(topic: string, partition: number): Outbox {
    const key = partitionKey(topic, partition);
    const outbox =
      this.#outboxes.get(key) ?? new Outbox(topic, partition, this.settings.maxInFlight, this.settings.failsTogether);
    this.#outboxes.set(key, outbox);
    return outbox;
  }

  /** In a moment, so that batches that are sent together go together. */
  #pump(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    queueMicrotask(() => {
      this.#isPumping = false;
      for (const node of new Set([...this.#outboxes.values()].map(({ leader }) => leader)))
        if (node !== undefined) this.#serve(node);
      this.#route();
    });
  }

  #serve(node: number): void {
    if ((this.#resting.get(node) ?? 0) > 0) return;
    while ((this.#inFlight.get(node) ?? 0) < this.settings.maxInFlight) {
      const request = this.#nextRequest(node);
      if (request.length === 0) return;
      for (const { outbox, outgoing } of request) outbox.sent(outgoing);
      void this.#post(node, request);
    }
  }

  #nextRequest(node: number): Sending[] {
    const request: Sending[] = [];
    let bytes = 0;
    const all = [...this.#outboxes.values()];
    const first = this.#turn++ % all.length;
    for (const outbox of [...all.slice(first), ...all.slice(0, first)]) {
      const outgoing = outbox.leader === node ? outbox.peek() : undefined;
      if (outgoing === undefined) continue;
      if (bytes > 0 && bytes + outgoing.bytes.length > this.settings.maxRequestBytes) continue;
      bytes += outgoing.bytes.length;
      request.push({ outbox, outgoing });
    }
    return request;
  }

  async #post(node: number, request: readonly Sending[]): Promise<void> {
    this.#inFlight.set(node, (this.#inFlight.get(node) ?? 0) + 1);
    try {
      const connection = await this.#connections.to(this.#brokers.get(node) as Address);
      await this.#exchange(node, connection, request);
    } catch (error) {
      for (const { outbox, outgoing } of request) outbox.unanswered(outgoing, asMillraceError(error));
    } finally {
      this.#inFlight.set(node, (this.#inFlight.get(node) ?? 1) - 1);
      this.#pump();
    }
  }

  async #exchange(node: number, connection: BrokerConnection, request: readonly Sending[]): Promise<void> {
    const partitions = request.map(({ outbox: { topic, partition }, outgoing }) => ({
      topic,
      partition,
      batch: outgoing.bytes,
    }));
    const { batches, throttleTimeMs } = await produce(connection, partitions, {
      timeoutMs: this.settings.requestTimeoutMs,
    });
    if (throttleTimeMs > 0) void this.#rest(node, throttleTimeMs);
    for (const { outbox, outgoing } of request) {
      const answer = batches.find(({ topic, partition }) => topic === outbox.topic && partition === outbox.partition);
      // Nothing but an answer for each is an answer.
      const { errorCode, baseOffset } = answer ?? { errorCode: errorCodes.unknownTopicOrPartition, baseOffset: -1 };
      outbox.canRecall = canDescribeProducers(connection);
      outbox.answered(outgoing, errorCode, baseOffset);
    }
  }

  /** What waits stays in its order, and is not sent before the time is over. */
  async #rest(node: number, ms: number): Promise<void> {
    this.#resting.set(node, (this.#resting.get(node) ?? 0) + 1);
    await this.#backoff.pause(ms);
    this.#resting.set(node, (this.#resting.get(node) ?? 1) - 1);
    this.#pump();
  }

  /** Looks for the leaders of the partitions that have none, and for an identity of those that have none, until all have both. */
  #route(): void {
    if (this.#isRouting || this.#lost().length === 0) return;
    this.#isRouting = true;
    void this.#findLeaders().finally(() => {
      this.#isRouting = false;
    });
  }

  #lost(): Outbox[] {
    return [...this.#outboxes.values()].filter(
      (outbox) =>
        !outbox.isEmpty && (outbox.leader === undefined || outbox.identity === undefined || outbox.mustRecall),
    );
  }

  async #findLeaders(): Promise<void> {
    for (let lost = this.#lost(); lost.length > 0 && !this.#closing.signal.aborted; lost = this.#lost()) {
      await this.#backoff.after(Math.min(...lost.map(({ failures }) => failures)));
      try {
        const metadata = await this.#cluster.metadata([...new Set(lost.map(({ topic }) => topic))]);
        this.#brokers = new Map([...this.#brokers, ...metadata.brokers]);
        for (const outbox of lost) {
          findLeader(outbox, metadata);
          if (outbox.leader !== undefined) outbox.identity ??= await this.#cluster.producerIdentity();
        }
        await Promise.all(lost.filter(({ mustRecall }) => mustRecall).map((outbox) => this.#recall(outbox)));
      } catch (error) {
        for (const outbox of lost) outbox.notFound(asMillraceError(error));
      }
      this.#pump();
    }
  }

  /** Asks the leader how far it has come. */
  async #recall(outbox: Outbox): Promise<void> {
    const { leader, identity } = outbox;
    if (leader === undefined || identity === undefined) return;
    try {
      const connection = await this.#connections.to(this.#brokers.get(leader) as Address);
      const { errorCode, lastSequence } = await lastSequenceOf(connection, outbox, identity);
      if (errorCode === errorCodes.none) outbox.recalled(lastSequence);
      else if (isRetriable(errorCode)) outbox.lose(brokerError(`${outbox.topic}-${outbox.partition}`, errorCode));
      else outbox.forget();
    } catch (error) {
      outbox.lose(asMillraceError(error));
    }
  }

  #expire(): void {
    const now = performance.now();
    for (const [key, outbox] of this.#outboxes) {
      outbox.expire(now);
      // A topic that is gone is not remembered for ever.
      if (outbox.isIdle && outbox.leader === undefined) this.#outboxes.delete(key);
    }
  }
}

function findLeader(outbox: Outbox, metadata: ClusterMetadata): void {
  const leader = leaderOf(metadata, outbox);
  if ('node' in leader) {
    outbox.leader = leader.node;
    return;
  }
  const error = brokerError(`${outbox.topic}-${outbox.partition}`, leader.errorCode);
  if (isRetriable(leader.errorCode)) outbox.notFound(error);
  else outbox.refuse(error);
}

export const bufferFull = (bytes: number) =>
  new MillraceError('bufferFull', `${bytes} bytes wait to be written to Kafka already; try again in a moment.`, {
    retryAfterSeconds: 1,
  });
