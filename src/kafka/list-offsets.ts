/** ListOffsets: where a partition's log begins and ends, and which offset a time has. */

import type { BrokerConnection } from './connections.ts';
import { listOffsetsV2, ResponseError } from './library.ts';
import { brokerError, connectionError, errorCodes } from './protocol-errors.ts';

/** `latest` is the offset after the last record; after the last decided one, when read_committed. Or milliseconds. */
export type OffsetTime = 'earliest' | 'latest' | number;

const specialTimes = { latest: -1n, earliest: -2n } as const;
const consumer = -1;

export interface ListedOffset {
  readonly topic: string;
  readonly partition: number;
  /** Undefined: no record is as new as the time. */
  readonly offset: number | undefined;
}

/**
 * For partitions that this broker leads.
 * @throws MillraceError `unavailable` when it cannot tell for one of them.
 */
export async function listOffsets(
  connection: BrokerConnection,
  partitions: readonly { readonly topic: string; readonly partition: number }[],
  time: OffsetTime,
  isolation: 'read_committed' | 'read_uncommitted',
): Promise<ListedOffset[]> {
  const timestamp = typeof time === 'number' ? BigInt(time) : specialTimes[time];
  const topics = [...Map.groupBy(partitions, ({ topic }) => topic)].map(([name, ofTopic]) => ({
    name,
    partitions: ofTopic.map(({ partition }) => ({ partitionIndex: partition, currentLeaderEpoch: -1, timestamp })),
  }));
  let response: Awaited<ReturnType<typeof listOffsetsV2.api.async>>;
  try {
    response = await listOffsetsV2.api.async(connection.raw, consumer, isolation === 'read_committed' ? 1 : 0, topics);
  } catch (error) {
    if (!(error instanceof ResponseError)) throw connectionError(connection.address, error);
    response = error.response;
  }
  return response.topics.flatMap(({ name, partitions: listed }) =>
    listed.map(({ partitionIndex, errorCode, offset }) => {
      if (errorCode !== errorCodes.none) throw brokerError(`offsets of ${name}-${partitionIndex}`, errorCode);
      return { topic: name, partition: partitionIndex, offset: offset < 0n ? undefined : Number(offset) };
    }),
  );
}
