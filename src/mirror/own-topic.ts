/** Topics of the mirror itself on the target. Of each key the newest record is kept, for ever. */
import { setTimeout as sleep } from 'node:timers/promises';
import { MillraceError } from '../errors.ts';
import type { Cluster } from '../kafka/index.ts';

export interface OwnTopic {
  readonly name: string;
  /** Counts when it is created, and not after. */
  readonly partitions: number;
  /** A cluster of fewer brokers has as many copies as brokers. */
  readonly replicationFactor: number;
  /** Beside what makes it compacted. */
  readonly configs?: Readonly<Record<string, string>>;
}

const leaderDeadlineMs = 30_000;
const leaderPollMs = 50;

/**
 * Creates it unless it is there, and returns how many partitions it has.
 * @throws MillraceError `unavailable` when the target does not answer, or does not let it be created.
 */
export async function ensureOwnTopic(target: Cluster, topic: OwnTopic): Promise<number> {
  const found = await partitionsOf(target, topic.name);
  if (found !== undefined) return found;
  const { brokers } = await target.metadata([]);
  const replicationFactor = Math.min(topic.replicationFactor, brokers.size);
  const configs = { 'cleanup.policy': 'compact', ...topic.configs };
  await target.createTopic({ ...topic, replicationFactor, configs });
  return untilLed(target, topic.name);
}

/** Undefined where there is no such topic. @throws MillraceError `unavailable`. */
export async function partitionsOf(cluster: Cluster, topic: string): Promise<number | undefined> {
  const [found] = (await cluster.metadata([topic])).topics;
  return found && found.errorCode === 0 ? found.partitions.length : undefined;
}

/** Brokers hear of a new topic one after the other, and answer for it a moment later. */
async function untilLed(target: Cluster, topic: string): Promise<number> {
  const giveUpAt = Date.now() + leaderDeadlineMs;
  for (;;) {
    try {
      const count = (await partitionsOf(target, topic)) ?? 0;
      const partitions = Array.from({ length: count }, (_, partition) => ({ topic, partition }));
      await target.listOffsets(partitions, 'latest');
      if (count > 0) return count;
    } catch (error) {
      const mayPass = error instanceof MillraceError && error.code === 'unavailable';
      if (!mayPass || Date.now() > giveUpAt) throw error;
    }
    await sleep(leaderPollMs);
  }
}
