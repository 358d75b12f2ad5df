/**
 * Reads partitions: at each broker that leads some of them one request is under way, while at most two answers wait to
 * be read. Whose answers are not taken is not fetched for.
 */
import { asMillraceError, type MillraceError } from '../errors.ts';
import { AnswerBodies, type AnswerBody } from './answer-body.ts';
import { type Assignment, type PartitionState, type Position, partitionKey } from './assignment.ts';
import { Backoff } from './backoff.ts';
import type { FetchSettings } from './config.ts';
import type { Address, Connections } from './connections.ts';
import { type FetchedPartition, fetch } from './fetch.ts';
import { type PartitionProblem, type PartitionValues, problem, type ReadAnswer } from './fetched.ts';
import { judgeAnswer } from './judge-answer.ts';
import { findLeader } from './leader.ts';
import type { ClusterMetadata } from './metadata.ts';
import { type OffsetCluster, rangeProblem } from './offset-range.ts';
import { PartitionTable } from './partition-table.ts';
import { brokerError, errorCodes } from './protocol-errors.ts';
import { Signal } from './signal.ts';

const mostWaitingAnswers = 2;

/** A partition that a request asks for, from this offset on. */
interface Asked {
  readonly state: PartitionState;
  readonly offset: number;
}

/** What a fetcher asks of the cluster. */
export interface FetchCluster extends OffsetCluster {
  metadata(topics: readonly string[]): Promise<ClusterMetadata>;
}

/** An answer for one partition that waits to be read, or a problem with it. */
type Delivery = { readonly state: PartitionState } & (
  | { readonly problem: PartitionProblem }
  | {
      readonly offset: number;
      readonly answer: FetchedPartition;
      /** Where it lies; held. */
      readonly body: AnswerBody;
      /** The broker whose answer ends with this. */
      readonly endsAnswerOf: number | undefined;
    }
);

/** See {@link Cluster.fetch} and {@link Cluster.fetchBatches}. */
export class Fetcher<Item = PartitionValues> implements AsyncIterable<Item | PartitionProblem>, AsyncDisposable {
  readonly #cluster: FetchCluster;
  readonly #connections: Connections;
  readonly #settings: FetchSettings;
  readonly #readAnswer: ReadAnswer<Item>;
  readonly #partitions = new PartitionTable();
  #brokers: ReadonlyMap<number, Address> = new Map();
  /** Brokers with a request under way, or about to have one. */
  readonly #serving = new Set<number>();
  #isRouting = false;
  readonly #deliveries: Delivery[] = [];
  readonly #waitingAnswers = new Map<number, number>();
  readonly #arrived = new Signal();
  readonly #taken = new Signal();
  readonly #bodies = new AnswerBodies(() => this.#taken.notify());
  readonly #closing = new AbortController();
  readonly #backoff: Backoff;

  /** @param readAnswer makes of a broker's answer for a partition what is yielded. */
  constructor(cluster: FetchCluster, connections: Connections, settings: FetchSettings, readAnswer: ReadAnswer<Item>) {
    this.#cluster = cluster;
    this.#connections = connections;
    this.#settings = settings;
    this.#readAnswer = readAnswer;
    this.#backoff = new Backoff(settings, this.#closing.signal);
  }

  /** Begins to read these partitions, or goes on at another offset; also where a problem stopped one. */
  assign(assignments: readonly Assignment[]): void {
    this.#partitions.assign(assignments);
    this.#route();
  }

  unassign(topic: string, partition: number): void {
    this.#partitions.unassign(topic, partition);
  }

  /** How far each partition was fetched; what was yielded may lie two answers behind. */
  positions(): Position[] {
    return this.#partitions.positions();
  }

  /** Ends when the fetcher is closed. Partitions of one broker take turns; a partition's records come in order. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Item | PartitionProblem, void, undefined> {
    while (!this.#closing.signal.aborted) {
      const delivery = this.#deliveries.shift();
      if (delivery === undefined) {
        await this.#arrived.wait();
        continue;
      }
      const isCurrent = this.#partitions.isCurrent(delivery.state);
      if ('problem' in delivery) {
        if (isCurrent) yield delivery.problem;
        continue;
      }
      if (delivery.endsAnswerOf !== undefined) this.#answerTaken(delivery.endsAnswerOf);
      const item = isCurrent ? this.#read(delivery) : undefined;
      if (item !== undefined) yield item;
      delivery.body.release();
    }
  }

  /** Aborts when it is closed. */
  get closed(): AbortSignal {
    return this.#closing.signal;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#arrived.notify();
    this.#taken.notify();
    await this.#connections.close();
  }

  [Symbol.asyncDispose] = (): Promise<void> => this.close();

  #read({ state, ...part }: Exclude<Delivery, { readonly problem: unknown }>): Item | undefined {
    const { item, fault, nextOffset, leaderEpoch } = this.#readAnswer({ ...part, partition: state });
    if (fault === undefined) return item;
    const again = { ...state, offset: nextOffset, leaderEpoch, faultAt: nextOffset };
    this.#partitions.set(again);
    // Damaged on its way, perhaps; the second time it is damaged where it lies.
    if (state.faultAt === nextOffset || fault.reason === 'unsupportedFormat') {
      this.#stop(again, problem(again, fault.reason, fault.what, { nextOffset: fault.nextOffset }));
    } else this.#serveAll();
    return item;
  }

  /** Looks for the leaders of the partitions that have none, until all have one. */
  #route(): void {
    if (this.#isRouting) return;
    this.#isRouting = true;
    void this.#findLeaders();
  }

  async #findLeaders(): Promise<void> {
    const missingSince = new Map<PartitionState, number>();
    for (;;) {
      const lost = this.#partitions.lost();
      if (lost.length === 0 || this.#closing.signal.aborted) break;
      await this.#backoff.after(Math.min(...lost.map((state) => state.failures)));
      try {
        const metadata = await this.#cluster.metadata([...new Set(lost.map(({ topic }) => topic))]);
        // One that is about to end is not told of any more, and may still be asked.
        this.#brokers = new Map([...this.#brokers, ...metadata.brokers]);
        for (const state of lost.filter(this.#partitions.isCurrent)) {
          const now = performance.now();
          const since = missingSince.get(state) ?? now;
          missingSince.set(state, since);
          this.#setLeader(state, metadata, now - since);
        }
      } catch (error) {
        for (const state of lost) this.#fail(state, asMillraceError(error));
      }
      this.#serveAll();
    }
    this.#isRouting = false;
  }

  #setLeader(state: PartitionState, metadata: ClusterMetadata, missingForMs: number): void {
    const found = findLeader(state, metadata, missingForMs);
    if ('problem' in found) this.#stop(state, found.problem);
    else if ('trouble' in found) this.#fail(state, found.trouble);
    else {
      state.topicId = found.topic.topicId;
      state.leader = { node: found.partition.leader, epoch: found.partition.leaderEpoch };
    }
  }

  #serveAll(): void {
    for (const node of this.#partitions.leaders()) {
      if (this.#serving.has(node)) continue;
      this.#serving.add(node);
      void this.#serve(node);
    }
  }

  /** Fetches from one broker for as long as there is something to fetch from it, and it answers. */
  async #serve(node: number): Promise<void> {
    try {
      for (let turn = 0; !this.#closing.signal.aborted; turn++) {
        if (this.#isFull(node)) {
          await this.#taken.wait();
          continue;
        }
        const led = this.#partitions.ledBy(node);
        if (led.length === 0) return;
        // Who was first to be filled the last time is last now.
        const first = turn % led.length;
        const asked = [...led.slice(first), ...led.slice(0, first)].map((state) => ({ state, offset: state.offset }));
        try {
          await this.#ask(node, asked);
        } catch (error) {
          for (const { state } of asked) this.#lose(state, asMillraceError(error));
          return;
        }
      }
    } finally {
      // At once: who comes to this broker after the last look begins anew, rather than rely on this one.
      this.#serving.delete(node);
    }
  }

  async #ask(node: number, asked: readonly Asked[]): Promise<void> {
    const connection = await this.#connections.to(this.#brokers.get(node) as Address);
    const partitions = asked.map(({ state, offset }) => ({
      topic: state.topic,
      topicId: state.topicId,
      partition: state.partition,
      offset,
      leaderEpoch: state.leader?.epoch ?? -1,
      lastFetchedEpoch: state.leaderEpoch,
    }));
    const response = await fetch(connection, { ...this.#settings, partitions }, this.#bodies.allocate);
    const body = this.#bodies.hold(response.body);
    try {
      if (response.errorCode !== errorCodes.none) throw brokerError(connection.address, response.errorCode);
      this.#deliver(node, asked, response.partitions, body);
    } finally {
      body.release();
    }
    await this.#backoff.pause(response.throttleTimeMs);
  }

  #deliver(node: number, asked: readonly Asked[], answers: readonly FetchedPartition[], body: AnswerBody): void {
    const byKey = new Map(asked.map((one) => [partitionKey(one.state.topic, one.state.partition), one]));
    const read: { readonly one: Asked; readonly answer: FetchedPartition }[] = [];
    for (const answer of answers) {
      const one = byKey.get(partitionKey(answer.topic, answer.partition));
      if (one === undefined || !this.#partitions.isCurrent(one.state)) continue;
      if (this.#accept(one.state, answer)) read.push({ one, answer });
    }
    if (read.length === 0) return;
    for (const [index, { one, answer }] of read.entries()) {
      body.hold();
      const endsAnswerOf = index === read.length - 1 ? node : undefined;
      this.#deliveries.push({ ...one, answer, body, endsAnswerOf });
    }
    this.#waitingAnswers.set(node, (this.#waitingAnswers.get(node) ?? 0) + 1);
    this.#arrived.notify();
  }

  /** True when the answer has batches to read. */
  #accept(state: PartitionState, answer: FetchedPartition): boolean {
    const verdict = judgeAnswer(state, answer);
    if (verdict.is === 'outOfRange') {
      state.isStopped = true;
      void this.#explainRange(state);
    } else if (verdict.is === 'lost') this.#lose(state, verdict.error);
    else if (verdict.is === 'stopped') this.#stop(state, verdict.problem);
    return verdict.is === 'batches';
  }

  async #explainRange(state: PartitionState): Promise<void> {
    try {
      this.#stop(state, await rangeProblem(this.#cluster, state));
    } catch (error) {
      state.isStopped = false;
      this.#lose(state, asMillraceError(error));
    }
  }

  #stop(state: PartitionState, found: PartitionProblem): void {
    state.isStopped = true;
    state.trouble = found.error;
    this.#deliveries.push({ state, problem: found });
    this.#arrived.notify();
  }

  #fail(state: PartitionState, error: MillraceError): void {
    state.failures++;
    state.trouble = error;
  }

  #lose(state: PartitionState, error: MillraceError): void {
    this.#fail(state, error);
    state.leader = undefined;
    this.#route();
  }

  #isFull(node: number): boolean {
    const waiting = this.#waitingAnswers.get(node) ?? 0;
    return waiting >= mostWaitingAnswers || this.#bodies.heldBytes > this.#settings.maxHeldBytes;
  }

  #answerTaken(node: number): void {
    this.#waitingAnswers.set(node, (this.#waitingAnswers.get(node) ?? 1) - 1);
    this.#taken.notify();
  }
}
