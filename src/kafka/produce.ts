/**
 * Produce, versions 7 (Kafka 2.1) to 11 (3.8). Batches go as they are; see encode-batch.ts.
 *
 *   Produce Request => transactional_id acks timeout_ms [topics] TAG_BUFFER
 *     transactional_id => NULLABLE_STRING
 *     acks => INT16               -1: all replicas in sync
 *     timeout_ms => INT32
 *     topics => name [partitions]
 *       name => STRING
 *       partitions => index records
 *         index => INT32
 *         records => RECORDS      COMPACT_RECORDS from 9; one batch
 *
 *   Produce Response => [responses] throttle_time_ms TAG_BUFFER
 *     responses => name [partition_responses]
 *       name => STRING
 *       partition_responses => index error_code base_offset log_append_time_ms log_start_offset
 *                              [record_errors] error_message                 from 8
 *         index => INT32
 *         error_code => INT16
 *         base_offset => INT64
 *         log_append_time_ms => INT64
 *         log_start_offset => INT64
 *         record_errors => batch_index batch_index_error_message
 *           batch_index => INT32
 *           batch_index_error_message => NULLABLE_STRING
 *         error_message => NULLABLE_STRING
 *     throttle_time_ms => INT32
 */

import type { BrokerConnection } from './connections.ts';
import { Reader, Writer } from './library.ts';

const apiKey = 0;
const allInSync = -1;

export interface ProducePartition {
  readonly topic: string;
  readonly partition: number;
  /** One record batch, its base offset 0. */
  readonly batch: Buffer;
}

export interface ProduceSettings {
  readonly transactionalId?: string;
  /** How long the broker waits for the replicas; 30,000 by default. */
  readonly timeoutMs?: number;
}

export interface ProducedBatch {
  readonly topic: string;
  readonly partition: number;
  /** Kafka's; 0 when it was appended. */
  readonly errorCode: number;
  /** The offset of its first record; -1 when it was not appended. */
  readonly baseOffset: number;
}

export interface Produced {
  readonly batches: readonly ProducedBatch[];
  /** How long the broker does not want to hear of us. */
  readonly throttleTimeMs: number;
}

/** To partitions that this broker leads. */
export async function produce(
  connection: BrokerConnection,
  partitions: readonly ProducePartition[],
  { transactionalId, timeoutMs = 30_000 }: ProduceSettings,
): Promise<Produced> {
  const version = connection.version(apiKey, 7, 11);
  const isFlexible = version >= 9;
  const produced = await connection.send({
    apiKey,
    version,
    isFlexible,
    write: () => {
      const writer = Writer.create()
        .appendString(transactionalId, isFlexible)
        .appendInt16(allInSync)
        .appendInt32(timeoutMs)
        .appendArray(
          [...Map.groupBy(partitions, ({ topic }) => topic)],
          (w, [topic, ofTopic]) => {
            w.appendString(topic, isFlexible).appendArray(
              ofTopic,
              (p, { partition, batch }) => p.appendInt32(partition).appendBytes(batch, isFlexible),
              isFlexible,
              isFlexible,
            );
          },
          isFlexible,
          isFlexible,
        );
      return isFlexible ? writer.appendTaggedFields() : writer;
    },
    read: (body) => readResponse(Reader.from(body), version),
  });
  // Until then it reads nothing more of this connection, also not what it was sent before it said so.
  connection.postpone(produced.throttleTimeMs);
  return produced;
}

function readResponse(reader: Reader, version: number): Produced {
  const isFlexible = version >= 9;
  const topics = reader.readArray(
    (r) => {
      const topic = r.readString(isFlexible);
      return r.readArray(
        (p) => {
          const partition = p.readInt32();
          const errorCode = p.readInt16();
          const baseOffset = Number(p.readInt64());
          p.skip(16);
          if (version >= 8) {
            p.readArray((e) => [e.readInt32(), e.readNullableString(isFlexible)], isFlexible, isFlexible);
            p.readNullableString(isFlexible);
          }
          return { topic, partition, errorCode, baseOffset };
        },
        isFlexible,
        isFlexible,
      );
    },
    isFlexible,
    isFlexible,
  );
  return { batches: topics.flat(), throttleTimeMs: reader.readInt32() };
}
