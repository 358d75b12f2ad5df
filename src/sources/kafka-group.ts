/** A stream's partitions that are shared through a consumer group of Kafka's. */
import { type Cluster, type ConsumerGroup, openCluster, parseGroup, type Share } from '../kafka/index.ts';
import { partitionName, topicPartition } from './kafka-partition.ts';
import type { GroupConfig, StreamGroup, StreamShare } from './stream-group.ts';

/** @throws MillraceError `invalidInput` or `unsupported` for a property that cannot be. */
export function openKafkaGroup({ topics, consumerProperties, onTrouble }: GroupConfig): StreamGroup {
  const cluster = openCluster(consumerProperties);
  return new KafkaGroup(cluster, cluster.group({ settings: parseGroup(consumerProperties), topics, onTrouble }));
}

class KafkaGroup implements StreamGroup {
  readonly #cluster: Cluster;
  readonly #group: ConsumerGroup;

  constructor(cluster: Cluster, group: ConsumerGroup) {
    this.#cluster = cluster;
    this.#group = group;
  }

  async *shares(signal: AbortSignal): AsyncGenerator<StreamShare, void, void> {
    for await (const share of this.#group.generations(signal)) yield streamShare(share);
  }

  close(): Promise<void> {
    return this.#cluster.close();
  }
}

const streamShare = (share: Share): StreamShare => ({
  partitions: share.partitions.map(partitionName),
  revoked: share.revoked,
  committed: async () => new Map((await share.committed()).map((one) => [partitionName(one), BigInt(one.offset)])),
  commit: (positions) =>
    share.commit([...positions].map(([name, offset]) => ({ ...topicPartition(name), offset: Number(offset) }))),
});
