/** CreateTopics and CreatePartitions, asked of the controller. https://kafka.apache.org/protocol.html#The_Messages_CreateTopics */
import { createPartitionsV1, createTopicsV5, ResponseError } from '@platformatic/kafka';
import type { BrokerConnection } from './connections.ts';
import { brokerError, connectionError, errorCodes } from './protocol-errors.ts';

export interface NewTopic {
  readonly name: string;
  readonly partitions: number;
  readonly replicationFactor: number;
}

/** How long the controller may take until the partitions have leaders. */
const timeoutMs = 30_000;

/** False when there is one of that name. */
export async function createTopic(connection: BrokerConnection, topic: NewTopic): Promise<boolean> {
  connection.version(19, 5, 5);
  const { name, partitions: numPartitions, replicationFactor } = topic;
  const asked = [{ name, numPartitions, replicationFactor, assignments: [], configs: [] }];
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

/** An answer with errors inside is thrown by @platformatic/kafka. */
async function answerOf<Answer>(connection: BrokerConnection, request: () => Promise<Answer>): Promise<Answer> {
  try {
    return await request();
  } catch (error) {
    if (error instanceof ResponseError) return error.response as Answer;
    throw connectionError(connection.address, error);
  }
}
