/** Kafka's partitions and their logs by their names in a stream. */
import type { TopicPartition } from '../kafka/index.ts';
import type { Origin, PartitionName } from './stream.ts';

export const partitionName = ({ topic, partition }: TopicPartition): PartitionName => `${topic}/${partition}`;

/** A topic's name holds no slash. */
export function topicPartition(name: PartitionName): TopicPartition {
  const at = name.indexOf('/');
  return { topic: name.slice(0, at), partition: Number(name.slice(at + 1)) };
}

/** What a position in a partition's log is of. */
export interface KafkaOrigin {
  /** Undefined before Kafka 2.8. */
  readonly topicId: string | undefined;
  /** Of the record before the position; undefined when there is none that was read. */
  readonly leaderEpoch: number | undefined;
}

/** `topic id/leader epoch`, each as far as it is known. */
export const originText = ({ topicId, leaderEpoch }: KafkaOrigin): Origin => `${topicId ?? ''}/${leaderEpoch ?? ''}`;

export function parseOrigin(origin: Origin): KafkaOrigin {
  const [topicId, leaderEpoch] = origin.split('/');
  return { topicId: topicId || undefined, leaderEpoch: leaderEpoch ? Number(leaderEpoch) : undefined };
}
