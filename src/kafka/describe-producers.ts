/**
 * DescribeProducers (Kafka 2.8): how far a partition's leader has come with what a producer wrote.
 * https://kafka.apache.org/protocol.html#The_Messages_DescribeProducers
 */

import { answerOf } from './answer.ts';
import type { BrokerConnection } from './connections.ts';
import type { ProducerIdentity } from './init-producer-id.ts';
import { describeProducersV0 } from './library.ts';
import type { TopicPartition } from './metadata.ts';
import { errorCodes } from './protocol-errors.ts';

const apiKey = 61;

export const canDescribeProducers = (connection: BrokerConnection): boolean => connection.knows(apiKey, 0);

/** @returns Kafka's error, or the sequence number of the last record; undefined when the leader has none of this identity. */
export async function lastSequenceOf(
  connection: BrokerConnection,
  { topic, partition }: TopicPartition,
  { id, epoch }: ProducerIdentity,
): Promise<{ readonly errorCode: number; readonly lastSequence: number | undefined }> {
  const { topics } = await answerOf(connection, () =>
    describeProducersV0.api.async(connection.raw, [{ name: topic, partitionIndexes: [partition] }]),
  );
  const described = topics[0]?.partitions[0];
  if (described === undefined) return { errorCode: errorCodes.unknownTopicOrPartition, lastSequence: undefined };
  const own = described.activeProducers.find(
    ({ producerId, producerEpoch }) => Number(producerId) === id && producerEpoch === epoch,
  );
  return { errorCode: described.errorCode, lastSequence: own?.lastSequence };
}
