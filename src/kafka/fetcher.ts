/**
 * Reads partitions: at each broker that leads some of them one request is under way, while at most two answers wait to
 * be read. Whose answers are not taken is not fetched for.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { asMillraceError, type MillraceError } from '../errors.ts';
import { type Assignment, newState, type PartitionState, type Position, partitionKey } from './assignment.ts';
import { BufferPool } from './buffer-pool.ts';
import type { FetchSettings } from './config.ts';
import type { Address, Connections } from './connections.ts';
import { answerDecoder } from './decode.ts';
import { type FetchedPartition, fetch } from './fetch.ts';
import { type Fetched, type PartitionProblem, problem } from './fetched.ts';
import { judgeAnswer } from './judge-answer.ts';
import { findLeader } from './leader.ts';
import type { OffsetTime } from './list-offsets.ts';
import type { ClusterMetadata } from './metadata.ts';
import { brokerError, errorCodes } from './protocol-errors.ts';
import { Signal } from './signal.ts';

const mostWaitingAnswers = 2;

/** What a fetcher asks of the cluster. */
export interface FetchCluster {
  metadata(topics: readonly string[]): Promise<ClusterMetadata>;
  listOffsets(
    partitions: readonly { readonly topic: string; readonly partition: number }[],
    time: OffsetTime,
  ): Promise<readonly { readonly offset: number | undefined }[]>;
}

/** An answer for one partition, or a problem with it, that waits to be read. */
interface Delivery {
  readonly state: PartitionState;
  readonly content: { readonly offset: number; readonly answer: FetchedPartition } | PartitionProblem;
  /** The broker whose answer ends with this, and the buffer that it lies in. */
  readonly endsAnswer?: { readonly node: number; readonly body: Buffer };
}

/** See {@link Cluster.fetch}. */
export class Fetcher implements AsyncIterable<Fetched>, AsyncDisposable {
  readonly #cluster: FetchCluster;
  readonly #connections: Connections;
  readonly #settings: FetchSettings;
  /** By topic and partition. Who assigns anew puts another object there: what is on its way for the old one is void. */
  readonly #partitions = new Map<string, PartitionState>();
  #brokers: ReadonlyMap<number, Address> = new Map();
  /** Brokers with a request under way, or about to have one. */
  readonly #serving = new Set<number>();
  #isRouting = false;
  readonly #deliveries: Delivery[] = [];
  readonly #waitingAnswers = new Map<number, number>();
  readonly #bodies = new BufferPool();
  readonly #decode: ReturnType<typeof answerDecoder>;
  readonly #arrived = new Signal();
  readonly #taken = new Signal();
  readonly #closing = new AbortController();

  constructor(cluster: FetchCluster, connections: Connections, settings: FetchSettings) {
    this.#cluster = cluster;
    this.#connections = connections;
    this.#settings = settings;
    this.#decode = answerDecoder(settings);
  }

  /** Begins to read these partitions, or goes on at another offset; also where a problem stopped one. */
  assign(assignments: readonly Assignment[]): void {
    for (const assignment of assignments) {
      this.#partitions.set(partitionKey(assignment.topic, assignment.partition), newState(assignment));
    }
    this.#route();
  }

  unassign(topic: string, partition: number): void {
    this.#partitions.delete(partitionKey(topic, partition));
  }

  /** How far each partition was fetched; what was yielded may lie two answers behind. */
  positions(): Position[] {
    return [...this.#partitions.values()].map((state) => ({
      topic: state.topic,
      topicId: state.topicId,
      partition: state.partition,
      offset: state.offset,
      leaderEpoch: state.leaderEpoch,
      highWatermark: state.highWatermark,
      lastStableOffset: state.lastStableOffset,
      trouble: state.trouble,
    }));
  }

  /** Ends when the fetcher is closed. Partitions of one broker take turns; a partition's records come in order. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Fetched, void, undefined> {
    while (!this.#closing.signal.aborted) {
      const delivery = this.#deliveries.shift();
      if (delivery === undefined) {
        await this.#arrived.wait();
        continue;
      }
      const { state, content, endsAnswer } = delivery;
      if (endsAnswer !== undefined) this.#answerTaken(endsAnswer.node);
      if (this.#isCurrent(state)) {
        const fetched = 'kind' in content ? content : this.#read(state, content.offset, content.answer);
        if (fetched !== undefined) yield fetched;
      }
      if (endsAnswer !== undefined) this.#bodies.give(endsAnswer.body);
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

  #isCurrent = (state: PartitionState) => this.#partitions.get(partitionKey(state.topic, state.partition)) === state;

  #read(state: PartitionState, offset: number, answer: FetchedPartition): Fetched | undefined {
    const { fault, ...decoded } = this.#decode(state.topic, offset, answer);
    if (fault !== undefined) {
      const { nextOffset, leaderEpoch } = decoded;
      const again = { ...state, offset: nextOffset, leaderEpoch, faultAt: nextOffset };
      this.#partitions.set(partitionKey(state.topic, state.partition), again);
      // Damaged on its way, perhaps; the second time it is damaged where it lies.
      if (state.faultAt === nextOffset || fault.reason === 'unsupportedFormat') {
        this.#stop(again, problem(again, fault.reason, fault.what, { nextOffset: fault.nextOffset }));
      } else this.#serveAll();
      if (nextOffset === offset) return undefined;
    }
    const { topic, topicId, partition } = state;
    const { highWatermark, lastStableOffset, logStartOffset } = answer;
    const where = { topic, topicId, partition, firstOffset: offset, highWatermark, lastStableOffset, logStartOffset };
    return { kind: 'values', ...where, ...decoded };
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
      const lost = [...this.#partitions.values()].filter((state) => state.leader === undefined && !state.isStopped);
      if (lost.length === 0 || this.#closing.signal.aborted) break;
      await this.#backOff(Math.min(...lost.map((state) => state.failures)));
      try {
        const metadata = await this.#cluster.metadata([...new Set(lost.map(({ topic }) => topic))]);
        this.#brokers = metadata.brokers;
        for (const state of lost.filter(this.#isCurrent)) {
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
    for (const { leader, isStopped } of this.#partitions.values()) {
      if (leader === undefined || isStopped || this.#serving.has(leader.node)) continue;
      this.#serving.add(leader.node);
      void this.#serve(leader.node).finally(() => this.#serving.delete(leader.node));
    }
  }

  /** Fetches from one broker for as long as there is something to fetch from it, and it answers. */
  async #serve(node: number): Promise<void> {
    for (let turn = 0; !this.#closing.signal.aborted; turn++) {
      if ((this.#waitingAnswers.get(node) ?? 0) >= mostWaitingAnswers) {
        await this.#taken.wait();
        continue;
      }
      const led = [...this.#partitions.values()].filter((state) => state.leader?.node === node && !state.isStopped);
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
  }

  async #ask(node: number, asked: readonly { state: PartitionState; offset: number }[]): Promise<void> {
    const connection = await this.#connections.to(this.#brokers.get(node) as Address);
    const partitions = asked.map(({ state, offset }) => ({
      topic: state.topic,
      topicId: state.topicId,
      partition: state.partition,
      offset,
      leaderEpoch: state.leader?.epoch ?? -1,
      lastFetchedEpoch: state.leaderEpoch,
    }));
    const response = await fetch(connection, { ...this.#settings, partitions }, (size) => this.#bodies.take(size));
    if (response.errorCode !== errorCodes.none) throw brokerError(connection.address, response.errorCode);
    const byKey = new Map(asked.map((one) => [partitionKey(one.state.topic, one.state.partition), one]));
    const deliveries: Delivery[] = [];
    for (const answer of response.partitions) {
      const one = byKey.get(partitionKey(answer.topic, answer.partition));
      if (one === undefined || !this.#isCurrent(one.state)) continue;
      if (this.#accept(one.state, answer))
        deliveries.push({ state: one.state, content: { offset: one.offset, answer } });
    }
    const last = deliveries.pop();
    if (last !== undefined) {
      this.#deliveries.push(...deliveries, { ...last, endsAnswer: { node, body: response.body } });
      this.#waitingAnswers.set(node, (this.#waitingAnswers.get(node) ?? 0) + 1);
      this.#arrived.notify();
    } else this.#bodies.give(response.body);
    await this.#pause(response.throttleTimeMs);
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
      const [[earliest], [latest]] = await Promise.all([
        this.#cluster.listOffsets([state], 'earliest'),
        this.#cluster.listOffsets([state], 'latest'),
      ]);
      const facts = { earliest: earliest?.offset, latest: latest?.offset };
      const what = `the log has the offsets from ${facts.earliest} to below ${facts.latest} only`;
      this.#stop(state, problem(state, 'offsetOutOfRange', what, facts));
    } catch (error) {
      state.isStopped = false;
      this.#lose(state, asMillraceError(error));
    }
  }

  #stop(state: PartitionState, content: PartitionProblem): void {
    state.isStopped = true;
    state.trouble = content.error;
    this.#deliveries.push({ state, content });
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

  #answerTaken(node: number): void {
    this.#waitingAnswers.set(node, (this.#waitingAnswers.get(node) ?? 1) - 1);
    this.#taken.notify();
  }

  #backOff(failures: number): Promise<void> {
    const { backoffMs, maxBackoffMs } = this.#settings;
    return this.#pause(failures === 0 ? 0 : Math.min(maxBackoffMs, backoffMs * 2 ** (failures - 1)));
  }

  async #pause(ms: number): Promise<void> {
    // Broken off when the fetcher is closed.
    if (ms > 0) await sleep(ms, undefined, { signal: this.#closing.signal }).catch(() => {});
  }
}
