/**
 * Writes to one broker without waiting for its answers: the batches of a partition stay in order, as they go over one connection, and a
 * request holds the next batch of every partition. For transactions, in which nothing is sent twice: what fails is aborted.
 */
import { asMillraceError, type MillraceError } from '../errors.ts';
import { partitionKey } from './assignment.ts';
import type { Backoff } from './backoff.ts';
import { patchProducer } from './batch-patch.ts';
import type { Address, BrokerConnection, Connections } from './connections.ts';
import type { ProducerIdentity } from './init-producer-id.ts';
import { type ProducedBatch, produce } from './produce.ts';
import { errorCodes } from './protocol-errors.ts';
import { sequences } from './record-batch.ts';
import { Signal } from './signal.ts';

/** A round trip of 40 ms takes so many to be filled. */
const mostInFlight = 100;

/** A batch that somebody waits for. */
export interface WaitingBatch {
  readonly bytes: Buffer;
  /** Offsets, and so sequence numbers, that it takes. */
  readonly offsets: number;
  /** Until when a leader is looked for, on performance.now()'s clock. */
  readonly deadlineMs: number;
  readonly resolve: (baseOffset: number) => void;
  readonly reject: (error: MillraceError) => void;
}

/** A partition of a transaction, and what waits to be sent to it. */
export interface WrittenPartition {
  readonly topic: string;
  readonly partition: number;
  leader: BrokerPipeline | undefined;
  /** Of the next batch, under the producer's identity. */
  sequence: number;
  /** Whether the coordinator knows that the transaction writes here. */
  isAdded: boolean;
  /** Whether a batch was appended under the producer's identity. Until then one goes alone: the leader of a new topic may not have heard of it. */
  isKnown: boolean;
  /** That first one is on its way. */
  isTried: boolean;
  readonly waiting: WaitingBatch[];
}

export interface PipelineOptions {
  readonly address: Address;
  readonly connections: Connections;
  readonly backoff: Backoff;
  readonly transactionalId: string;
  /** Of one request's batches; a larger one goes alone. */
  readonly maxRequestBytes: number;
  /** How long the broker waits for its replicas. */
  readonly requestTimeoutMs: number;
  identity(): ProducerIdentity;
  /** The batch was appended. */
  onAppended(batch: WaitingBatch, baseOffset: number): void;
  /** The broker does not lead the partition, at least not yet; the batch waits again. */
  onLost(place: WrittenPartition): void;
  /** It was not appended, or that is unknown. */
  onFailed(batch: WaitingBatch, error: MillraceError): void;
  /** What the broker's code for a partition means. */
  explain(place: WrittenPartition, errorCode: number): MillraceError;
}

interface Sent {
  readonly place: WrittenPartition;
  readonly batch: WaitingBatch;
}

export class BrokerPipeline {
  readonly #options: PipelineOptions;
  /** Partitions in which something waits, in turn. */
  readonly #ready = new Set<WrittenPartition>();
  #connection: BrokerConnection | undefined;
  #inFlight = 0;
  readonly #landed = new Signal();
  #isServing = false;
  /** On performance.now()'s clock. */
  #throttledUntilMs = 0;

  constructor(options: PipelineOptions) {
    this.#options = options;
  }

  get address(): Address {
    return this.#options.address;
  }

  /** Something waits there that may be sent. */
  serve(place: WrittenPartition): void {
    if (place.isTried) return;
    this.#ready.add(place);
    if (this.#isServing) return;
    this.#isServing = true;
    void this.#serve();
  }

  /** Nothing that waits is to be sent any more. */
  clear(): void {
    this.#ready.clear();
  }

  async #serve(): Promise<void> {
    const { connections, address, backoff } = this.#options;
    try {
      while (this.#ready.size > 0) {
        if (this.#inFlight >= mostInFlight) {
          await this.#landed.wait();
          continue;
        }
        await backoff.pause(this.#throttledUntilMs - performance.now());
        try {
          // What is sent meanwhile goes along.
          const connection = await connections.to(address);
          if (connection !== this.#connection) await this.#moveTo(connection);
          this.#send(connection);
        } catch (error) {
          this.#fail(this.#take(), error);
        }
      }
    } finally {
      this.#isServing = false;
    }
  }

  /** What is on its way over the old one has to be there before. */
  async #moveTo(connection: BrokerConnection): Promise<void> {
    while (this.#inFlight > 0) await this.#landed.wait();
    this.#connection = connection;
  }

  #send(connection: BrokerConnection): void {
    const request = this.#take();
    if (request.length === 0) return;
    this.#inFlight++;
    void this.#exchange(connection, request).finally(() => {
      this.#inFlight--;
      this.#landed.notify();
    });
  }

  #take(): Sent[] {
    const { maxRequestBytes } = this.#options;
    const request: Sent[] = [];
    let bytes = 0;
    for (const place of this.#ready) {
      const batch = place.waiting[0] as WaitingBatch;
      if (bytes > 0 && bytes + batch.bytes.length > maxRequestBytes) break;
      bytes += batch.bytes.length;
      place.waiting.shift();
      place.isTried = !place.isKnown;
      this.#stamp(place, batch);
      request.push({ place, batch });
    }
    // Those that have more take turns with those that had to wait.
    for (const { place } of request) {
      this.#ready.delete(place);
      if (place.waiting.length > 0 && !place.isTried) this.#ready.add(place);
    }
    return request;
  }

  #stamp(place: WrittenPartition, { bytes, offsets }: WaitingBatch): void {
    patchProducer(bytes, { ...this.#options.identity(), sequence: place.sequence }, true);
    place.sequence = (place.sequence + offsets) % sequences;
  }

  async #exchange(connection: BrokerConnection, request: readonly Sent[]): Promise<void> {
    const { transactionalId, requestTimeoutMs } = this.#options;
    const batches = request.map(({ place: { topic, partition }, batch }) => ({ topic, partition, batch: batch.bytes }));
    try {
      const produced = await produce(connection, batches, { transactionalId, timeoutMs: requestTimeoutMs });
      this.#throttledUntilMs = performance.now() + produced.throttleTimeMs;
      const answers = new Map<string, ProducedBatch>();
      for (const answer of produced.batches) answers.set(partitionKey(answer.topic, answer.partition), answer);
      for (const sent of request) {
        const { topic, partition } = sent.place;
        // Nothing but an answer for each is an answer.
        const nothing = { errorCode: errorCodes.unknownServerError, baseOffset: -1 };
        this.#answered(sent, answers.get(partitionKey(topic, partition)) ?? nothing);
      }
    } catch (error) {
      this.#fail(request, error);
    }
  }

  #answered({ place, batch }: Sent, { errorCode, baseOffset }: Pick<ProducedBatch, 'errorCode' | 'baseOffset'>): void {
    const { onAppended, onLost, onFailed, explain } = this.#options;
    const isFirst = place.isTried;
    place.isTried = false;
    if (errorCode === errorCodes.none) {
      place.isKnown = true;
      onAppended(batch, baseOffset);
      if (isFirst && place.waiting.length > 0) this.serve(place);
    } else if (isFirst && isNotLed(errorCode) && performance.now() < batch.deadlineMs) {
      place.waiting.unshift(batch);
      place.sequence = 0;
      onLost(place);
    } else onFailed(batch, explain(place, errorCode));
  }

  #fail(request: readonly Sent[], error: unknown): void {
    for (const { place, batch } of request) {
      place.isTried = false;
      this.#options.onFailed(batch, asMillraceError(error));
    }
  }
}

/** Whether it says that the broker has not appended anything, as the partition is not its own. */
const isNotLed = (errorCode: number): boolean =>
  errorCode === errorCodes.unknownTopicOrPartition ||
  errorCode === errorCodes.leaderNotAvailable ||
  errorCode === errorCodes.notLeader;
