/** Which broker leads a partition, from metadata. */
import type { MillraceError } from '../errors.ts';
import type { PartitionState } from './assignment.ts';
import type { Address } from './connections.ts';
import { type PartitionProblem, problem } from './fetched.ts';
import type { ClusterMetadata, PartitionMetadata, TopicMetadata, TopicPartition } from './metadata.ts';
import { brokerError, errorCodes, isRetriable } from './protocol-errors.ts';

/** After how long a topic that cannot be found is a problem; until then it may be about to appear. */
export const missingAfterMs = 10_000;

export type LeaderLookup =
  | { readonly topic: TopicMetadata; readonly partition: PartitionMetadata & { readonly leader: number } }
  | { readonly trouble: MillraceError }
  | { readonly problem: PartitionProblem };

/** @param missingForMs how long the topic or partition has not been found. */
export function findLeader(state: PartitionState, metadata: ClusterMetadata, missingForMs: number): LeaderLookup {
  const name = `${state.topic}-${state.partition}`;
  const topic = metadata.topics.find((found) => found.topic === state.topic);
  const partition = topic?.partitions.find((found) => found.partition === state.partition);
  const isMissing = topic === undefined || topic.errorCode === errorCodes.unknownTopicOrPartition;
  if (isMissing || (topic.errorCode === errorCodes.none && partition === undefined)) {
    const trouble = brokerError(name, errorCodes.unknownTopicOrPartition);
    return missingForMs < missingAfterMs
      ? { trouble }
      : { problem: problem(state, 'topicMissing', `there is no such ${isMissing ? 'topic' : 'partition'}`) };
  }
  if (topic.errorCode !== errorCodes.none && !isRetriable(topic.errorCode)) {
    return { problem: problem(state, 'refused', brokerError(name, topic.errorCode).message) };
  }
  if (state.topicId !== undefined && topic.topicId !== undefined && state.topicId !== topic.topicId) {
    const what = 'the topic was deleted and created again since; its offsets mean other records now';
    return { problem: problem(state, 'topicRecreated', what, { topicId: topic.topicId }) };
  }
  const leader = partition?.leader;
  if (partition === undefined || leader === undefined || !metadata.brokers.has(leader)) {
    return { trouble: brokerError(name, topic.errorCode || errorCodes.leaderNotAvailable) };
  }
  return { topic, partition: { ...partition, leader } };
}

/** Who takes what is written to a partition; or why nobody does, by Kafka's code. */
export function leaderOf(
  { topics, brokers }: ClusterMetadata,
  { topic, partition }: TopicPartition,
): { readonly node: number; readonly address: Address } | { readonly errorCode: number } {
  const found = topics.find((one) => one.topic === topic);
  const placed = found?.partitions.find((one) => one.partition === partition);
  const address = placed?.leader === undefined ? undefined : brokers.get(placed.leader);
  if (placed?.leader !== undefined && address !== undefined) return { node: placed.leader, address };
  if (found?.errorCode) return { errorCode: found.errorCode };
  return { errorCode: placed ? errorCodes.leaderNotAvailable : errorCodes.unknownTopicOrPartition };
}
