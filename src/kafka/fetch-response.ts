/**
 *   Fetch Response => throttle_time_ms error_code session_id [responses] TAG_BUFFER
 *     throttle_time_ms => INT32
 *     error_code => INT16         from 7
 *     session_id => INT32         from 7
 *     responses => topic [partitions]
 *       topic => STRING           from 13: topic_id => UUID
 *       partitions => partition_index error_code high_watermark last_stable_offset log_start_offset
 *                     [aborted_transactions] preferred_read_replica records
 *                     diverging_epoch current_leader snapshot_id          tags 0, 1 and 2, from 12
 *         partition_index => INT32
 *         error_code => INT16
 *         high_watermark => INT64
 *         last_stable_offset => INT64
 *         log_start_offset => INT64          from 5
 *         aborted_transactions => producer_id first_offset
 *           producer_id => INT64
 *           first_offset => INT64
 *         preferred_read_replica => INT32    from 11
 *         records => RECORDS                 COMPACT_RECORDS from 12
 *         diverging_epoch => epoch end_offset
 *           epoch => INT32
 *           end_offset => INT64
 */

import type { AbortedTransaction } from './aborted-transactions.ts';
import { Reader, readKnownTaggedFields } from './library.ts';

export interface FetchResponse {
  /** How long the broker wants to be left alone. */
  readonly throttleTimeMs: number;
  readonly errorCode: number;
  readonly partitions: readonly FetchedPartition[];
  /** The buffer that the partitions' batches lie in. */
  readonly body: Buffer;
}

export interface FetchedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  /** Offsets; -1 where there is an error. */
  readonly highWatermark: number;
  readonly lastStableOffset: number;
  readonly logStartOffset: number;
  readonly aborted: readonly AbortedTransaction[];
  /** Where the log that was read before ends, when it was cut off since. */
  readonly divergingEpoch: { readonly epoch: number; readonly endOffset: number } | undefined;
  /** Record batches, the last perhaps cut off. A part of the answer's buffer, which nobody else uses. */
  readonly batches: Buffer;
}

interface Asked {
  readonly topic: string;
  readonly topicId: string | undefined;
}

/** @param asked tells the names of the topics, where the answer has their ids. */
export function readFetchResponse(body: Buffer, version: number, asked: readonly Asked[]): FetchResponse {
  const reader = Reader.from(body);
  const isFlexible = version >= 12;
  const throttleTimeMs = reader.readInt32();
  const errorCode = version >= 7 ? reader.readInt16() : 0;
  if (version >= 7) reader.skip(4);
  const topicOf = (r: Reader) => {
    if (version < 13) return r.readString(isFlexible);
    const id = r.readUUID();
    return asked.find(({ topicId }) => topicId === id)?.topic ?? '';
  };
  const topics = reader.readArray(
    (r) => {
      const topic = topicOf(r);
      return r.readArray((p) => readPartition(p, body, topic, version), isFlexible, false);
    },
    isFlexible,
    isFlexible,
  );
  return { throttleTimeMs, errorCode, partitions: topics.flat(), body };
}

function readPartition(reader: Reader, body: Buffer, topic: string, version: number): FetchedPartition {
  const isFlexible = version >= 12;
  const partition = reader.readInt32();
  const errorCode = reader.readInt16();
  const highWatermark = Number(reader.readInt64());
  const lastStableOffset = Number(reader.readInt64());
  const logStartOffset = version >= 5 ? Number(reader.readInt64()) : -1;
  const aborted = reader.readArray(
    (r) => ({ producerId: Number(r.readInt64()), firstOffset: Number(r.readInt64()) }),
    isFlexible,
    isFlexible,
  );
  if (version >= 11) reader.skip(4);
  const size = Math.max(0, isFlexible ? reader.readUnsignedVarInt() - 1 : reader.readInt32());
  const batches = body.subarray(reader.position, reader.position + size);
  reader.skip(size);
  let divergingEpoch: FetchedPartition['divergingEpoch'];
  if (isFlexible) {
    readKnownTaggedFields(reader, {
      0: (r) => {
        divergingEpoch = { epoch: r.readInt32(), endOffset: Number(r.readInt64()) };
      },
    });
  }
  return {
    topic,
    partition,
    errorCode,
    highWatermark,
    lastStableOffset,
    logStartOffset,
    aborted,
    divergingEpoch,
    batches,
  };
}
