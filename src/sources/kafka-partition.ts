/** Kafka's partitions by their names in a stream. */
import type { TopicPartition } from '../kafka/index.ts';
import type { PartitionName } from './stream.ts';

export const partitionName = ({ topic, partition }: TopicPartition): PartitionName => `${topic}/${partition}`;

/** A topic's name holds no slash. */
export function topicPartition(name: PartitionName): TopicPartition {
  const at = name.indexOf('/');
  return { topic: name.slice(0, at), partition: Number(name.slice(at + 1)) };
}
