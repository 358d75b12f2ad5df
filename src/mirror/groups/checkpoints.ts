/** Checkpoints of groups for the tools of MirrorMaker 2: one for each partition, whenever its group has moved. */
import { type Cluster, encodeBatch, type Producer } from '../../kafka/index.ts';
import { ensureOwnTopic } from '../own-topic.ts';
import { type Checkpoint, checkpointRecord } from './mirror-maker-records.ts';
import type { TranslatedPosition } from './translate-offsets.ts';

/** A record has some hundred bytes; no topic takes less than a megabyte unless it was told to. */
const mostRecordsInBatch = 500;

export class Checkpoints {
  readonly #producer: Producer;
  readonly #topic: string;
  readonly #target: Cluster;
  readonly #replicationFactor: number;
  /** By group, topic and partition: what was written last. */
  #written: ReadonlyMap<string, Checkpoint> = new Map();

  constructor(target: Cluster, producer: Producer, topic: string, replicationFactor: number) {
    this.#producer = producer;
    this.#topic = topic;
    this.#target = target;
    this.#replicationFactor = replicationFactor;
  }

  /** @throws MillraceError `unavailable` when the target does not take them; they are written the next time. */
  async write(groups: ReadonlyMap<string, readonly TranslatedPosition[]>): Promise<void> {
    const current = [...groups].flatMap(([groupId, positions]) =>
      positions.map((position) => checkpointOf(groupId, position)),
    );
    const changed = current.filter((checkpoint) => this.#isNews(checkpoint));
    if (changed.length === 0) return;
    const replicationFactor = this.#replicationFactor;
    await ensureOwnTopic(this.#target, { name: this.#topic, partitions: 1, replicationFactor });
    for (let at = 0; at < changed.length; at += mostRecordsInBatch) {
      const part = changed.slice(at, at + mostRecordsInBatch);
      await this.#producer.send(this.#topic, 0, encodeBatch(part.map(checkpointRecord), { timestamp: Date.now() }));
    }
    // Groups that are no more are forgotten.
    this.#written = new Map(current.map((checkpoint) => [keyOf(checkpoint), checkpoint]));
  }

  #isNews(checkpoint: Checkpoint): boolean {
    const last = this.#written.get(keyOf(checkpoint));
    return last?.upstreamOffset !== checkpoint.upstreamOffset || last.downstreamOffset !== checkpoint.downstreamOffset;
  }
}

const keyOf = ({ groupId, topic, partition }: Checkpoint) => JSON.stringify([groupId, topic, partition]);

const checkpointOf = (groupId: string, position: TranslatedPosition): Checkpoint => ({
  groupId,
  topic: position.remoteTopic,
  partition: position.partition,
  upstreamOffset: position.sourceOffset,
  downstreamOffset: position.targetOffset,
  metadata: position.metadata,
});
