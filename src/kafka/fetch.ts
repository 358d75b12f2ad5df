/**
 * Fetch, versions 4 (Kafka 0.11) to 13 (3.1 and newer: topics by id, so that one that was created anew is told apart).
 *
 *   Fetch Request => replica_id max_wait_ms min_bytes max_bytes isolation_level
 *                    session_id session_epoch                                    from 7
 *                    [topics]
 *                    [forgotten_topics_data]                                     from 7
 *                    rack_id                                                     from 11
 *                    TAG_BUFFER                                                  from 12, after each structure
 *     replica_id => INT32         -1: a consumer
 *     max_wait_ms => INT32
 *     min_bytes => INT32
 *     max_bytes => INT32
 *     isolation_level => INT8     0 read uncommitted, 1 read committed
 *     session_id => INT32         0 and epoch -1: none; each request names all its partitions
 *     session_epoch => INT32
 *     topics => topic [partitions]
 *       topic => STRING           from 13: topic_id => UUID
 *       partitions => partition current_leader_epoch fetch_offset last_fetched_epoch log_start_offset partition_max_bytes
 *         partition => INT32
 *         current_leader_epoch => INT32   from 9
 *         fetch_offset => INT64
 *         last_fetched_epoch => INT32     from 12; with it the broker tells whether the log was cut off and grew anew
 *         log_start_offset => INT64       from 5
 *         partition_max_bytes => INT32
 *     rack_id => STRING
 */

import type { BrokerConnection } from './connections.ts';
import { type FetchedPartition, type FetchResponse, readFetchResponse } from './fetch-response.ts';
import { Writer } from './library.ts';

export type { FetchedPartition, FetchResponse };

const apiKey = 1;
export const fetchVersions = { oldest: 4, newest: 13 } as const;

export interface FetchRequest {
  readonly isolation: 'read_committed' | 'read_uncommitted';
  /** How long the broker waits for `minBytes`. */
  readonly maxWaitMs: number;
  readonly minBytes: number;
  /** Of the whole answer; a batch larger than that still comes, as the only one. */
  readonly maxBytes: number;
  readonly maxPartitionBytes: number;
  readonly partitions: readonly FetchPartition[];
}

export interface FetchPartition {
  readonly topic: string;
  /** Undefined where the broker is too old to have them. */
  readonly topicId: string | undefined;
  readonly partition: number;
  readonly offset: number;
  /** Of the leader as we know it; -1 when unknown. */
  readonly leaderEpoch: number;
  /** Of the last batch before `offset`; -1 when unknown. */
  readonly lastFetchedEpoch: number;
}

export function fetch(
  connection: BrokerConnection,
  request: FetchRequest,
  allocate: (size: number) => Buffer = Buffer.allocUnsafeSlow,
  newest: number = fetchVersions.newest,
): Promise<FetchResponse> {
  const haveIds = request.partitions.every(({ topicId }) => topicId !== undefined);
  const version = connection.version(apiKey, fetchVersions.oldest, haveIds ? newest : Math.min(newest, 12));
  return connection.send({
    apiKey,
    version,
    isFlexible: version >= 12,
    allocate,
    write: () => writeRequest(request, version),
    read: (body) => readFetchResponse(body, version, request.partitions),
  });
}

function writeRequest(request: FetchRequest, version: number): Writer {
  const isFlexible = version >= 12;
  const topics = [...Map.groupBy(request.partitions, ({ topic }) => topic)];
  const writer = Writer.create()
    .appendInt32(-1)
    .appendInt32(request.maxWaitMs)
    .appendInt32(request.minBytes)
    .appendInt32(request.maxBytes)
    .appendInt8(request.isolation === 'read_committed' ? 1 : 0);
  if (version >= 7) writer.appendInt32(0).appendInt32(-1);
  writer.appendArray(
    topics,
    (w, [topic, partitions]) => {
      if (version >= 13) w.appendUUID(partitions[0]?.topicId);
      else w.appendString(topic, isFlexible);
      w.appendArray(
        partitions,
        (p, partition) => {
          p.appendInt32(partition.partition);
          if (version >= 9) p.appendInt32(partition.leaderEpoch);
          p.appendInt64(BigInt(partition.offset));
          if (version >= 12) p.appendInt32(partition.lastFetchedEpoch);
          if (version >= 5) p.appendInt64(-1n);
          p.appendInt32(request.maxPartitionBytes);
        },
        isFlexible,
        isFlexible,
      );
    },
    isFlexible,
    isFlexible,
  );
  if (version >= 7) writer.appendArray([], () => {}, isFlexible, isFlexible);
  if (version >= 11) writer.appendString('', isFlexible);
  if (isFlexible) writer.appendTaggedFields();
  return writer;
}
