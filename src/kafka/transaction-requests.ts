/**
 * The requests of transactions, in the versions of Kafka 2.8 and newer. A transaction lives with its coordinator; what belongs to it
 * is written by Produce with the same transactional id. https://kafka.apache.org/protocol.html#The_Messages_InitProducerId and those after it
 *
 *   FindCoordinator Request (1) => key key_type
 *     key => STRING
 *     key_type => INT8            1: a transactional id
 *   FindCoordinator Response (1) => throttle_time_ms error_code error_message node_id host port
 *
 *   InitProducerId Request (4) => transactional_id transaction_timeout_ms producer_id producer_epoch TAG_BUFFER
 *     transactional_id => COMPACT_STRING
 *     transaction_timeout_ms => INT32
 *     producer_id => INT64        -1: whoever has the id now is fenced; else only if it is still ours
 *     producer_epoch => INT16
 *   InitProducerId Response (4) => throttle_time_ms error_code producer_id producer_epoch TAG_BUFFER
 *
 *   AddPartitionsToTxn Request (3) => transactional_id producer_id producer_epoch [topics] TAG_BUFFER
 *     topics => name [partitions] TAG_BUFFER
 *       name => COMPACT_STRING
 *       partitions => INT32
 *   AddPartitionsToTxn Response (3) => throttle_time_ms [results_by_topic] TAG_BUFFER
 *     results_by_topic => name [results_by_partition] TAG_BUFFER
 *       results_by_partition => partition_index partition_error_code TAG_BUFFER
 *
 *   EndTxn Request (3) => transactional_id producer_id producer_epoch committed TAG_BUFFER
 *     committed => BOOLEAN
 *   EndTxn Response (3) => throttle_time_ms error_code TAG_BUFFER
 */

import { unsupported } from '../errors.ts';
import type { Address, BrokerConnection } from './connections.ts';
import type { ProducerIdentity } from './init-producer-id.ts';
import { Reader, Writer } from './library.ts';
import type { TopicPartition } from './metadata.ts';
import { brokerError, errorCodes } from './protocol-errors.ts';

const apis = {
  findCoordinator: { apiKey: 10, version: 1 },
  initProducerId: { apiKey: 22, version: 4 },
  addPartitionsToTxn: { apiKey: 24, version: 3 },
  endTxn: { apiKey: 26, version: 3 },
} as const;

const transactionKey = 1;

const nobody: ProducerIdentity = { id: -1, epoch: -1 };

export interface TransactionalId {
  readonly id: string;
  /** After how long without an end the coordinator aborts a transaction. */
  readonly timeoutMs: number;
}

/** @throws MillraceError `unavailable` when there is none now. */
export async function findTransactionCoordinator(connection: BrokerConnection, id: string): Promise<Address> {
  const { errorCode, address } = await connection.send({
    ...apis.findCoordinator,
    isFlexible: false,
    write: () => Writer.create().appendString(id, false).appendInt8(transactionKey),
    read: (body) => {
      const reader = Reader.from(body);
      reader.readInt32();
      const code = reader.readInt16();
      reader.readNullableString(false);
      reader.readInt32();
      return { errorCode: code, address: { host: reader.readString(false), port: reader.readInt32() } };
    },
  });
  if (errorCode !== errorCodes.none) throw brokerError(`the coordinator of the transactions of '${id}'`, errorCode);
  return address;
}

/** @param own by which the id is ours; undefined: whoever has it is fenced. */
export async function initTransactionalId(
  connection: BrokerConnection,
  { id, timeoutMs }: TransactionalId,
  own: ProducerIdentity = nobody,
): Promise<{ readonly errorCode: number; readonly identity: ProducerIdentity }> {
  return send(connection, 'initProducerId', {
    write: () =>
      Writer.create()
        .appendString(id)
        .appendInt32(timeoutMs)
        .appendInt64(BigInt(own.id))
        .appendInt16(own.epoch)
        .appendTaggedFields(),
    read: (reader) => ({
      errorCode: reader.readInt16(),
      identity: { id: Number(reader.readInt64()), epoch: reader.readInt16() },
    }),
  });
}

/** All of them, or none. */
export async function addPartitionsToTransaction(
  connection: BrokerConnection,
  { id }: TransactionalId,
  identity: ProducerIdentity,
  partitions: readonly TopicPartition[],
): Promise<{ readonly errorCode: number }> {
  return send(connection, 'addPartitionsToTxn', {
    write: () =>
      Writer.create()
        .appendString(id)
        .appendInt64(BigInt(identity.id))
        .appendInt16(identity.epoch)
        .appendArray([...Map.groupBy(partitions, ({ topic }) => topic)], (w, [topic, ofTopic]) =>
          w.appendString(topic).appendArray(ofTopic, (p, { partition }) => p.appendInt32(partition), true, false),
        )
        .appendTaggedFields(),
    read: (reader) => {
      const codes = reader
        .readArray((r) => {
          r.readString();
          return r.readArray((p) => {
            p.readInt32();
            return p.readInt16();
          });
        })
        .flat()
        .filter((code) => code !== errorCodes.none);
      // One that cannot be added keeps the others out.
      const errorCode = codes.find((code) => code !== errorCodes.operationNotAttempted) ?? codes[0];
      return { errorCode: errorCode ?? errorCodes.none };
    },
  });
}

export async function endTransaction(
  connection: BrokerConnection,
  { id }: TransactionalId,
  identity: ProducerIdentity,
  isCommitted: boolean,
): Promise<{ readonly errorCode: number }> {
  return send(connection, 'endTxn', {
    write: () =>
      Writer.create()
        .appendString(id)
        .appendInt64(BigInt(identity.id))
        .appendInt16(identity.epoch)
        .appendBoolean(isCommitted)
        .appendTaggedFields(),
    read: (reader) => ({ errorCode: reader.readInt16() }),
  });
}

/** @param request reads what follows the throttle time. */
function send<Answer>(
  connection: BrokerConnection,
  name: keyof typeof apis,
  { write, read }: { write(): Writer; read(reader: Reader): Answer },
): Promise<Answer> {
  const { apiKey, version } = apis[name];
  if (!connection.knows(apiKey, version))
    throw unsupported(
      `the broker at ${connection.address} is too old for transactions of ours: Kafka 2.8 or newer is needed`,
    );
  return connection.send({
    apiKey,
    version,
    isFlexible: true,
    write,
    read: (body) => {
      const reader = Reader.from(body);
      reader.readInt32(); // throttle time: the coordinator delays its answers by itself
      return read(reader);
    },
  });
}
