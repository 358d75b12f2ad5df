/** The source partitions that a lane has: begun where the ledger says, and ended with their topics. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Assignment,
  type FetchedBatches,
  type Fetcher,
  type GroupOffset,
  type PartitionProblem,
  partitionKey,
} from '../kafka/index.ts';
import { regularly } from '../waiting.ts';
import type { MirrorFlow } from './flow-settings.ts';
import type { LaneContext } from './lane-context.ts';
import { laneOf } from './lane-of.ts';
import { LanePartition } from './lane-partition.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { RefusedPartitions } from './refused-partitions.ts';
import { findStarts } from './start.ts';
import type { MirroredTopic } from './topics/watch-topics.ts';

const lagIntervalMs = 5_000;
const forgetIntervalMs = 10 * 60_000;
const notForgotten = 'the ledger keeps for now what it says of records that are gone';

export class LanePartitions {
  readonly #context: LaneContext;
  readonly #ledger: Ledger;
  readonly #fetcher: Fetcher<FetchedBatches>;
  readonly #refused: RefusedPartitions;
  /** Aborts with the session. */
  #ending: AbortSignal | undefined;
  readonly #partitions = new Map<string, LanePartition>();

  constructor(context: LaneContext, ledger: Ledger, fetcher: Fetcher<FetchedBatches>, refused: RefusedPartitions) {
    this.#context = context;
    this.#ledger = ledger;
    this.#fetcher = fetcher;
    this.#refused = refused;
  }

  find(topic: string, partition: number): LanePartition | undefined {
    return this.#partitions.get(partitionKey(topic, partition));
  }

  /** What was acknowledged can be read on the target from now on. */
  visible(): void {
    for (const partition of this.#partitions.values()) partition.visible();
  }

  /** How far each is, as the source counts. */
  positions(): GroupOffset[] {
    return [...this.#partitions.values()].flatMap(({ topic: { topic }, partition, entry }) =>
      entry.runs.next === undefined ? [] : [{ topic, partition, offset: entry.runs.next }],
    );
  }

  /** Forgets now and then what the ledger says of records that neither side has any more, until the signal aborts. */
  forget(signal: AbortSignal): Promise<void> {
    return regularly(forgetIntervalMs, signal, () =>
      this.#prune().catch((err) => this.#context.log.warn({ err }, notForgotten)),
    );
  }

  /** Tells how far behind each is, until the signal aborts: what gets no further has no batches that would tell. */
  watchLag(signal: AbortSignal): Promise<void> {
    return regularly(lagIntervalMs, signal, () => this.#tellLag([...this.#partitions.values()]));
  }

  /** When all that was passed on so far is acknowledged. @throws what a batch failed by. */
  async settled(): Promise<void> {
    await Promise.all([...this.#partitions.values()].map((partition) => partition.settled()));
  }

  /** When nothing is on its way any more, whatever came of it. */
  async quiet(): Promise<void> {
    await Promise.allSettled([...this.#partitions.values()].map((partition) => partition.settled()));
  }

  /** Begins and ends partitions as topics come and go, until the signal aborts. */
  async follow(signal: AbortSignal): Promise<void> {
    this.#ending = signal;
    // What appears later is mirrored from its first record, also when no mirror ran just then.
    let startAt = this.#ledger.isEmpty ? this.#context.flow.startAt : 'earliest';
    for await (const topics of this.#context.topics.lists(signal)) {
      this.#end(topics);
      for (const topic of topics) await this.#begin(topic, startAt);
      startAt = 'earliest';
      this.#context.status.partitions = this.#partitions.size;
    }
  }

  /**
   * A partition that stopped. What is gone from the source's log is told, and passed over: there is nothing left to mirror. All else
   * waits for somebody who does something about it.
   */
  async meet(problem: PartitionProblem): Promise<void> {
    const { topic, partition, offset, reason, error } = problem;
    const mirrored = this.find(topic, partition);
    if (mirrored === undefined) return;
    const goesOnAt = placeAfter(problem);
    const { log } = this.#context;
    if (mirrored.isStopped || reason === 'corruptBatch') {
      const { topicId, remoteTopic } = mirrored.topic;
      this.#fetcher.unassign(topic, partition);
      await mirrored.settled();
      this.#refused.rest(remoteTopic, partition, error);
      this.#rests(mirrored.topic, { topic, topicId, partition, offset: mirrored.entry.runs.next ?? offset });
      return;
    }
    if (goesOnAt === undefined) {
      this.#fetcher.unassign(topic, partition);
      mirrored.metrics.stopped(reason);
      // Its topic is gone, or another one.
      this.#context.topics.lookAgain();
      this.#context.status.stopped.set(partitionKey(topic, partition), error.message);
      log.error({ err: error, topic, partition, offset }, 'a partition is not mirrored any more');
      return;
    }
    const lost = Math.max(0, goesOnAt - offset);
    log.error({ err: error, topic, partition, offset, goesOnAt, lost }, 'records are gone from the source');
    await mirrored.settled();
    // What was mirrored of a log that was cut off is not what stands there now.
    if (goesOnAt < offset) mirrored.entry.runs.rewind(goesOnAt);
    this.#fetcher.assign([{ topic, topicId: mirrored.topic.topicId, partition, offset: goesOnAt }]);
  }

  async #prune(): Promise<void> {
    const { source, target } = this.#context;
    const all = [...this.#partitions.values()];
    const remote = all.map(({ topic: { remoteTopic: topic }, partition }) => ({ topic, partition }));
    const [here, there] = await Promise.all([
      source.listOffsets(
        all.map(({ entry }) => entry.source),
        'earliest',
      ),
      target.listOffsets(remote, 'earliest'),
    ]);
    for (const [at, { entry }] of all.entries()) entry.runs.prune(here[at]?.offset ?? 0, there[at]?.offset ?? 0);
  }

  /** Of a topic that is not mirrored any more, or is another one of the same name. */
  #end(topics: readonly MirroredTopic[]): void {
    for (const [key, { topic, partition, metrics }] of this.#partitions) {
      if (topics.some((one) => isSame(one, topic))) continue;
      this.#fetcher.unassign(topic.topic, partition);
      this.#partitions.delete(key);
      this.#context.status.stopped.delete(key);
      metrics.release();
    }
  }

  async #begin(topic: MirroredTopic, startAt: MirrorFlow['startAt']): Promise<void> {
    const { ledger, lane, metrics } = this.#context;
    for (const mirrored of this.#partitions.values()) if (isSame(mirrored.topic, topic)) mirrored.topic = topic;
    const fresh = Array.from({ length: topic.partitions }, (_, partition) => partition).filter(
      (partition) => laneOf(topic.topic, partition, ledger.lanes) === lane && !this.find(topic.topic, partition),
    );
    if (fresh.length === 0) return;
    const starts = await findStarts(this.#context, { ledger: this.#ledger, startAt }, topic, fresh);
    const begun = starts.map(({ entry }) => new LanePartition(topic, entry, metrics));
    for (const one of begun) this.#partitions.set(partitionKey(topic.topic, one.partition), one);
    await this.#tellLag(begun);
    const assignments = starts.map(({ assignment }) => assignment);
    this.#fetcher.assign(assignments.filter((assignment) => !this.#rests(topic, assignment)));
  }

  /** Whether it is to be assigned later only, and by itself. */
  #rests({ topic, remoteTopic }: MirroredTopic, assignment: Assignment): boolean {
    const { partition } = assignment;
    const rest = this.#refused.restOf(remoteTopic, partition);
    if (rest === undefined) return false;
    const { status, log } = this.#context;
    const { error, leftMs } = rest;
    const mirrored = this.find(topic, partition);
    mirrored?.metrics.stopped(error.context.reason === 'corruptBatch' ? 'corruptBatch' : 'refused');
    status.stopped.set(partitionKey(topic, partition), error.message);
    log.error({ err: error, topic, partition, retryInMs: leftMs }, 'a partition is not mirrored for now');
    const goOn = () => {
      if (this.find(topic, partition) !== mirrored) return;
      mirrored?.metrics.stopped(undefined);
      mirrored?.goOn(error);
      status.stopped.delete(partitionKey(topic, partition));
      this.#fetcher.assign([assignment]);
    };
    sleep(leftMs, undefined, { signal: this.#ending }).then(goOn, () => {});
    return true;
  }

  async #tellLag(partitions: readonly LanePartition[]): Promise<void> {
    if (partitions.length === 0) return;
    const { source, log } = this.#context;
    try {
      const ends = await source.listOffsets(
        partitions.map(({ entry }) => entry.source),
        'latest',
      );
      for (const [at, { metrics, entry }] of partitions.entries())
        metrics.lag(Math.max(0, (ends[at]?.offset ?? 0) - (entry.runs.next ?? 0)));
    } catch (err) {
      log.debug({ err }, 'how far behind partitions are is not known for now');
    }
  }
}

/** A topic that was created again, on either side, is another one. */
const isSame = (one: MirroredTopic, other: MirroredTopic) =>
  one.topic === other.topic && one.topicId === other.topicId && one.remoteTopicId === other.remoteTopicId;

/** Where the source's log goes on after what it does not have any more; undefined where it is something else. */
function placeAfter({ reason, offset, earliest, latest }: PartitionProblem): number | undefined {
  if (reason === 'logTruncated') return earliest;
  if (reason !== 'offsetOutOfRange' || earliest === undefined || latest === undefined) return undefined;
  return offset < earliest ? earliest : latest;
}
