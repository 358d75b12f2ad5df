/** Metadata: which brokers, topics and partitions there are, and who leads them. */

import type { Address, BrokerConnection } from './connections.ts';
import { metadataV4, metadataV12, ResponseError } from './library.ts';
import { connectionError } from './protocol-errors.ts';

const apiKey = 3;

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

export interface ClusterMetadata {
  readonly clusterId: string | undefined;
  /** The node that creates topics; undefined while there is none. */
  readonly controller: number | undefined;
  /** By node id. */
  readonly brokers: ReadonlyMap<number, Address>;
  readonly topics: readonly TopicMetadata[];
}

export interface TopicMetadata {
  readonly topic: string;
  /** Undefined before Kafka 2.8. A topic that was deleted and created again has another one. */
  readonly topicId: string | undefined;
  /** Kafka's error code; 0 when all is well, 3 when there is no such topic. */
  readonly errorCode: number;
  readonly isInternal: boolean;
  readonly partitions: readonly PartitionMetadata[];
}

export interface PartitionMetadata {
  readonly partition: number;
  /** Node id, or undefined while there is none. */
  readonly leader: number | undefined;
  /** -1: unknown. */
  readonly leaderEpoch: number;
}

/**
 * @param topics names, or undefined for all topics.
 * @throws MillraceError `unavailable` when the broker does not answer.
 */
export async function readMetadata(
  connection: BrokerConnection,
  topics: readonly string[] | undefined,
): Promise<ClusterMetadata> {
  const api = connection.version(apiKey, 4, 12) === 12 ? metadataV12.api : metadataV4.api;
  let response: Awaited<ReturnType<typeof api.async>>;
  try {
    response = await api.async(connection.raw, topics ? [...topics] : null, false, false);
  } catch (error) {
    // Thrown for the sake of one topic; the others' answers are inside.
    if (!(error instanceof ResponseError)) throw connectionError(connection.address, error);
    response = error.response;
  }
  return {
    clusterId: response.clusterId ?? undefined,
    controller: response.controllerId < 0 ? undefined : response.controllerId,
    brokers: new Map(response.brokers.map(({ nodeId, host, port }) => [nodeId, { host, port }])),
    topics: response.topics.map(({ name, topicId, errorCode, isInternal, partitions }) => ({
      topic: name ?? '',
      topicId: /[1-9a-f]/.test(topicId ?? '') ? topicId : undefined,
      errorCode,
      isInternal,
      partitions: partitions
        .map(({ partitionIndex, leaderId, leaderEpoch }) => ({
          partition: partitionIndex,
          leader: leaderId < 0 ? undefined : leaderId,
          leaderEpoch,
        }))
        .sort((one, other) => one.partition - other.partition),
    })),
  };
}
