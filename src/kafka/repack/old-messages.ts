/**
 * Messages of the formats 0 and 1, which brokers before Kafka 0.11 wrote. A log may still hold them, and then a fetch brings them as they
 * are, also from a Kafka of today; no broker takes them any more.
 *
 *   Message => offset message_size crc magic attributes timestamp key_length key value_length value
 *     offset => INT64          at 0
 *     message_size => INT32    at 8    bytes after this field
 *     crc => UINT32            at 12   CRC-32 of all that follows
 *     magic => INT8            at 16   0 or 1
 *     attributes => INT8       at 17   bits 0–2 codec, 3 log append time (1)
 *     timestamp => INT64       at 18   1 only
 *     key_length => INT32              -1: null
 *     key => BYTES
 *     value_length => INT32            -1: null
 *     value => BYTES                   with a codec: messages, of which this one has the last one's offset. In format 1 theirs count from 0
 *
 * https://kafka.apache.org/documentation/#messageset
 */
import { crc32 } from 'node:zlib';
import { invalidInput } from '../../errors.ts';
import { Scratch } from '../buffer-pool.ts';
import { type Codec, codecs, decompress } from '../compression.ts';
import { type BatchView, batchFlags, lengthOverhead, readInt64 } from '../record-batch.ts';
import { toZigZag, varintBytes, varlongBytes, writeVarint, writeVarlong } from '../varint.ts';
import type { SourceRecords } from './source-records.ts';

const layout = { offset: 0, length: 8, crc: 12, magic: 16, attributes: 17, timestamp: 18 } as const;
const noTimestamp = -1;

/** What a record has at most beside its key and its value. */
const mostOverhead = 40;

export const oldCodecOf = ({ buffer, start }: BatchView): Codec =>
  codecs[buffer.readInt8(start + layout.attributes) & batchFlags.codec] ?? 'none';

/** Whether its bytes are those that were written. */
export function isIntactMessage({ buffer, start, end }: BatchView): boolean {
  return crc32(buffer.subarray(start + layout.magic, end)) === buffer.readUInt32BE(start + layout.crc);
}

/**
 * A message, or those in it, as records of format 2.
 * @param firstOffset records below it are passed over.
 * @throws MillraceError `invalidInput` when they do not fit their lengths; whatever the codec says of broken bytes.
 */
export function recordsOfMessage({ buffer, start, end }: BatchView, firstOffset: number): SourceRecords {
  const outer = readMessage(buffer, start, end);
  const messages = outer.codec === 0 ? [outer] : messagesIn(outer);
  const [first, last] = [messages[0], messages.at(-1)];
  if (first === undefined || last === undefined) throw misfit();
  const records = transcribe(messages, first.offset);
  return {
    buffer: records,
    view: new DataView(records.buffer, records.byteOffset, records.length),
    at: 0,
    end: records.length,
    left: messages.length,
    // The outer offset is the last one's, whether they count from 0 or not.
    baseOffset: outer.offset - last.offset + first.offset,
    firstDelta: firstOffset - (outer.offset - last.offset + first.offset),
    baseTimestamp: 0,
    appendTime: outer.isAppended ? outer.timestamp : undefined,
  };
}

function messagesIn({ codec, value }: OldMessage): OldMessage[] {
  const content = new Scratch();
  const end = decompress(codec, value ?? Buffer.alloc(0), content, 0);
  const messages: OldMessage[] = [];
  for (let at = 0; at < end; at = (messages.at(-1) as OldMessage).end)
    messages.push(readMessage(content.buffer, at, end));
  return messages;
}

/** An object for each, unlike elsewhere: such logs are read once, and are no longer written. */
interface OldMessage {
  readonly offset: number;
  readonly codec: number;
  readonly isAppended: boolean;
  /** Milliseconds since 1970; -1: none. */
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly end: number;
}

function readMessage(buffer: Buffer, start: number, limit: number): OldMessage {
  if (start + layout.timestamp > limit) throw misfit();
  const end = start + lengthOverhead + buffer.readInt32BE(start + layout.length);
  if (end > limit) throw misfit();
  const magic = buffer.readInt8(start + layout.magic);
  const attributes = buffer.readInt8(start + layout.attributes);
  let at = start + layout.timestamp + (magic === 0 ? 0 : 8);
  const field = (): Buffer | null => {
    if (at + 4 > end) throw misfit();
    const length = buffer.readInt32BE(at);
    const from = at + 4;
    at = from + Math.max(0, length);
    if (at > end) throw misfit();
    return length < 0 ? null : buffer.subarray(from, at);
  };
  const key = field();
  const value = field();
  return {
    offset: readInt64(buffer, start + layout.offset),
    codec: attributes & batchFlags.codec,
    isAppended: magic === 1 && (attributes & batchFlags.logAppendTime) !== 0,
    timestamp: magic === 0 ? noTimestamp : readInt64(buffer, start + layout.timestamp),
    key,
    value,
    end,
  };
}

/** Their timestamps count from 0. */
function transcribe(messages: readonly OldMessage[], firstOffset: number): Buffer {
  const bytes = messages.reduce((sum, { key, value }) => sum + (key?.length ?? 0) + (value?.length ?? 0), 0);
  const records = Buffer.allocUnsafe(bytes + messages.length * mostOverhead);
  let out = 0;
  for (const { offset, timestamp, key, value } of messages) {
    const timestampDelta = toZigZag(timestamp);
    const offsetDelta = toZigZag(offset - firstOffset);
    const length = 2 + varlongBytes(timestampDelta) + varintBytes(offsetDelta) + fieldBytes(key) + fieldBytes(value);
    out = writeVarint(records, out, toZigZag(length));
    records[out++] = 0; // attributes
    out = writeVarlong(records, out, timestampDelta);
    out = writeVarint(records, out, offsetDelta);
    out = writeField(records, out, key);
    out = writeField(records, out, value);
    records[out++] = 0; // headers
  }
  return records.subarray(0, out);
}

const lengthOf = (field: Buffer | null) => toZigZag(field?.length ?? -1);
const fieldBytes = (field: Buffer | null) => varintBytes(lengthOf(field)) + (field?.length ?? 0);

/** @returns where it ends. */
function writeField(records: Buffer, start: number, field: Buffer | null): number {
  const at = writeVarint(records, start, lengthOf(field));
  return at + (field?.copy(records, at) ?? 0);
}

const misfit = () => invalidInput('its messages do not fit their lengths');
