/**
 * A record batch of format 2, the unit in which Kafka stores and sends records, as it lies in a buffer.
 *
 *   RecordBatch => base_offset batch_length partition_leader_epoch magic crc attributes last_offset_delta
 *                  base_timestamp max_timestamp producer_id producer_epoch base_sequence record_count records
 *     base_offset => INT64              at 0
 *     batch_length => INT32             at 8   bytes after this field
 *     partition_leader_epoch => INT32   at 12
 *     magic => INT8                     at 16  2
 *     crc => UINT32                     at 17  CRC-32C of all that follows
 *     attributes => INT16               at 21  bits 0–2 codec, 3 log append time, 4 transactional, 5 control, 6 delete horizon
 *     last_offset_delta => INT32        at 23
 *     base_timestamp => INT64           at 27  milliseconds
 *     max_timestamp => INT64            at 35
 *     producer_id => INT64              at 43  -1: none
 *     producer_epoch => INT16           at 51
 *     base_sequence => INT32            at 53
 *     record_count => INT32             at 57
 *     records => [Record]               at 61  compressed as a whole by the codec
 *
 * https://kafka.apache.org/documentation/#recordbatch
 */
import { crc32c, Reader } from './library.ts';

export const batchLayout = {
  baseOffset: 0,
  length: 8,
  leaderEpoch: 12,
  magic: 16,
  crc: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  baseTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  producerEpoch: 51,
  baseSequence: 53,
  recordCount: 57,
  records: 61,
} as const;

/** Bytes before those that `batch_length` counts. */
export const lengthOverhead = 12;

export const batchFlags = {
  codec: 0b111,
  logAppendTime: 1 << 3,
  transactional: 1 << 4,
  control: 1 << 5,
  deleteHorizon: 1 << 6,
} as const;

/** Where a batch's fields are read from: one view that moves over a buffer of batches, so that no batch is an object. */
export class BatchView {
  readonly buffer: Buffer;
  /** Of the batch in the buffer. */
  start = 0;
  /** Of the buffer's bytes that hold batches. */
  readonly #limit: number;
  #next: number;

  constructor(buffer: Buffer, start = 0, limit = buffer.length) {
    this.buffer = buffer;
    this.#next = start;
    this.#limit = limit;
  }

  /** Moves to the next whole batch; false at the end, or where the last one was cut off by the limit of a fetch. */
  next(): boolean {
    const start = this.#next;
    if (start + batchLayout.magic >= this.#limit) return false;
    const end = start + lengthOverhead + this.buffer.readInt32BE(start + batchLayout.length);
    if (end > this.#limit || end <= start) return false;
    this.start = start;
    this.#next = end;
    return true;
  }

  /** Moves to the batch that begins there; false as {@link next}. */
  moveTo(start: number): boolean {
    this.#next = start;
    return this.next();
  }

  get end(): number {
    return this.#next;
  }
  get baseOffset(): number {
    return readInt64(this.buffer, this.start + batchLayout.baseOffset);
  }
  get leaderEpoch(): number {
    return this.buffer.readInt32BE(this.start + batchLayout.leaderEpoch);
  }
  get magic(): number {
    return this.buffer.readInt8(this.start + batchLayout.magic);
  }
  /** Whether it is a message of a format before 2, which has its offset, its length and the format where a batch has them, and nothing else. */
  get isOld(): boolean {
    return this.magic === 0 || this.magic === 1;
  }
  get attributes(): number {
    return this.buffer.readInt16BE(this.start + batchLayout.attributes);
  }
  /** The offset of the last record that the batch had when it was written; compaction may have removed it. */
  get lastOffset(): number {
    return this.baseOffset + this.buffer.readInt32BE(this.start + batchLayout.lastOffsetDelta);
  }
  get baseTimestamp(): number {
    return readInt64(this.buffer, this.start + batchLayout.baseTimestamp);
  }
  get maxTimestamp(): number {
    return readInt64(this.buffer, this.start + batchLayout.maxTimestamp);
  }
  get producerId(): number {
    return readInt64(this.buffer, this.start + batchLayout.producerId);
  }
  get recordCount(): number {
    return this.buffer.readInt32BE(this.start + batchLayout.recordCount);
  }
  get recordsStart(): number {
    return this.start + batchLayout.records;
  }

  /** Whether the bytes are those that were written: their CRC-32C is right. For a batch that has its whole header. */
  isIntact(): boolean {
    const body = this.buffer.subarray(this.start + batchLayout.attributes, this.end);
    return checksum(body) === this.buffer.readUInt32BE(this.start + batchLayout.crc);
  }
}

/** CRC-32C. The native one where it is installed, else WebAssembly. */
export function checksum(bytes: Buffer): number {
  // A buffer as such would be copied first.
  return crc32c(Reader.from(bytes).buffer);
}

/** Offsets, producer ids and times lie far below 2^53: a number holds them, and needs no allocation as a bigint does. */
export function readInt64(buffer: Buffer, at: number): number {
  return buffer.readInt32BE(at) * 0x1_0000_0000 + buffer.readUInt32BE(at + 4);
}

export function writeInt64(buffer: Buffer, value: number, at: number): void {
  buffer.writeInt32BE(Math.floor(value / 0x1_0000_0000), at);
  buffer.writeUInt32BE(((value % 0x1_0000_0000) + 0x1_0000_0000) % 0x1_0000_0000, at + 4);
}

export interface BatchHeader {
  /** The codec, and {@link batchFlags}. */
  readonly attributes: number;
  readonly records: number;
  /** By default one less than the records. */
  readonly lastOffsetDelta?: number;
  /** Milliseconds since 1970. */
  readonly baseTimestamp: number;
  readonly maxTimestamp: number;
  readonly baseOffset?: number;
  readonly leaderEpoch?: number;
  /** By default none. */
  readonly producer?: BatchProducer | undefined;
}

export interface BatchProducer {
  readonly id: number;
  readonly epoch: number;
  /** Of the batch's first record. */
  readonly sequence: number;
}

const noProducer: BatchProducer = { id: -1, epoch: -1, sequence: -1 };

/** Writes the header of a batch whose records are in their place, and its checksum. Another producer is written by patchProducer. */
export function sealBatch(batch: Buffer, header: BatchHeader): void {
  const {
    attributes,
    records,
    lastOffsetDelta = records - 1,
    baseTimestamp,
    maxTimestamp,
    producer = noProducer,
  } = header;
  writeInt64(batch, header.baseOffset ?? 0, batchLayout.baseOffset);
  batch.writeInt32BE(batch.length - lengthOverhead, batchLayout.length);
  batch.writeInt32BE(header.leaderEpoch ?? -1, batchLayout.leaderEpoch);
  batch.writeInt8(2, batchLayout.magic);
  batch.writeInt16BE(attributes, batchLayout.attributes);
  batch.writeInt32BE(lastOffsetDelta, batchLayout.lastOffsetDelta);
  writeInt64(batch, baseTimestamp, batchLayout.baseTimestamp);
  writeInt64(batch, maxTimestamp, batchLayout.maxTimestamp);
  writeInt64(batch, producer.id, batchLayout.producerId);
  batch.writeInt16BE(producer.epoch, batchLayout.producerEpoch);
  batch.writeInt32BE(producer.sequence, batchLayout.baseSequence);
  batch.writeInt32BE(records, batchLayout.recordCount);
  batch.writeUInt32BE(checksum(batch.subarray(batchLayout.attributes)), batchLayout.crc);
}

/** How many sequence numbers there are: they have 31 bits, and begin anew. */
export const sequences = 2 ** 31;

/** How many offsets, and so sequence numbers, a batch takes. */
export const offsetsOf = (batch: Buffer): number => batch.readInt32BE(batchLayout.lastOffsetDelta) + 1;

/** The offset after the last whole batch, and that batch's leader epoch, -1 before format 2; undefined when there is none. */
export function endOfBatches(batches: Buffer): { nextOffset: number; leaderEpoch: number } | undefined {
  const view = new BatchView(batches);
  let end: { nextOffset: number; leaderEpoch: number } | undefined;
  while (view.next()) {
    if (view.isOld) end = { nextOffset: view.baseOffset + 1, leaderEpoch: -1 };
    else if (view.magic === 2 && view.end >= view.recordsStart)
      end = { nextOffset: view.lastOffset + 1, leaderEpoch: view.leaderEpoch };
    else break;
  }
  return end;
}
