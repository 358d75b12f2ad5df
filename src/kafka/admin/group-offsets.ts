/** OffsetFetch: all that a group has committed. https://kafka.apache.org/protocol.html#The_Messages_OffsetFetch */

import { answerOf } from '../answer.ts';
import type { BrokerConnection } from '../connections.ts';
import type { GroupOffset } from '../group-requests.ts';
import { offsetFetchV2, offsetFetchV7 } from '../library.ts';
import { brokerError, errorCodes } from '../protocol-errors.ts';

export interface CommittedOffset extends GroupOffset {
  /** The partition's leader epoch that the group's member knew; -1: none. */
  readonly leaderEpoch: number;
  /** What the member wrote beside it. */
  readonly metadata: string;
}

/**
 * Of every partition in which the group has an offset; none for a group that does not exist.
 * @throws MillraceError `unavailable`; `context.kafkaError` is UNSTABLE_OFFSET_COMMIT while a transaction that commits offsets of the group
 * is open (from Kafka 2.5 on; before, the offsets are those from before the transaction).
 */
export async function groupOffsets(connection: BrokerConnection, groupId: string): Promise<CommittedOffset[]> {
  const { api } = connection.version(9, 2, 7) === 7 ? offsetFetchV7 : offsetFetchV2;
  const asked = [{ groupId, topics: null }];
  const { errorCode, topics = [] } = await answerOf(connection, () => api.async(connection.raw, asked, true));
  if (errorCode !== undefined && errorCode !== errorCodes.none) {
    throw brokerError(`offsets of group '${groupId}'`, errorCode);
  }
  return topics.flatMap(({ name: topic, partitions }) =>
    partitions.flatMap(({ partitionIndex: partition, errorCode: code, ...committed }) => {
      if (code !== errorCodes.none) throw brokerError(`offset of group '${groupId}' in ${topic}-${partition}`, code);
      const { committedOffset, committedLeaderEpoch: leaderEpoch, metadata } = committed;
      if (committedOffset < 0n) return [];
      return [{ topic, partition, offset: Number(committedOffset), leaderEpoch, metadata: metadata ?? '' }];
    }),
  );
}
