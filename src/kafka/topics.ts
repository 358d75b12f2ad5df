/** CreateTopics and CreatePartitions, asked of the controller. https://kafka.apache.org/protocol.html#The_Messages_CreateTopics */

import { answerOf } from './answer.ts';
import type { BrokerConnection } from './connections.ts';
import { createPartitionsV1, createTopicsV5 } from './library.ts';
import { brokerError, errorCodes } from './protocol-errors.ts';

export interface NewTopic {
  readonly name: string;
  readonly partitions: number;
  /** -1: what the brokers have as default. */
  readonly replicationFactor: number;
  /** Its configuration, where that is not the cluster's. https://kafka.apache.org/documentation/#topicconfigs */
  readonly configs?: Readonly<Record<string, string>>;
}

/** How long the controller may take until the partitions have leaders. */
const timeoutMs = 30_000;

/** False when there is one of that name. */
export async function createTopic(connection: BrokerConnection, topic: NewTopic): Promise<boolean> {
  connection.version(19, 5, 5);
  const { name, partitions: numPartitions, replicationFactor } = topic;
  const configs = Object.entries(topic.configs ?? {}).map(([key, value]) => ({ name: key, value }));
  const asked = [{ name, numPartitions, replicationFactor, assignments: [], configs }];
  const { topics } = await answerOf(connection, () =>
    createTopicsV5.api.async(connection.raw, asked, timeoutMs, false),
  );
  return isDone(`topic '${name}'`, topics[0], errorCodes.topicAlreadyExists);
}

/** False when it has as many partitions, or more. */
export async function addPartitions(connection: BrokerConnection, topic: string, count: number): Promise<boolean> {
  connection.version(37, 1, 1);
  const asked = [{ name: topic, count, assignments: null }];
  const { results } = await answerOf(connection, () =>
    createPartitionsV1.api.async(connection.raw, asked, timeoutMs, false),
  );
  return isDone(`partitions of topic '${topic}'`, results[0], errorCodes.invalidPartitions);
}

/** Of one topic. */
interface Result {
  readonly errorCode: number;
  readonly errorMessage: string | null | undefined;
}

function isDone(what: string, result: Result | undefined, alreadySo: number): boolean {
  const { errorCode = errorCodes.unknownTopicOrPartition, errorMessage } = result ?? {};
  if (errorCode === alreadySo) return false;
  if (errorCode === errorCodes.none) return true;
  throw brokerError(errorMessage ? `${what} (${errorMessage})` : what, errorCode);
}
