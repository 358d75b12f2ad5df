/** Record batches from values: what a producer sends. The layouts stand in record-batch.ts and values.ts. */
import { type Codec, codecs, compress } from './compression.ts';
import { batchFlags, batchLayout, checksum, lengthOverhead, writeInt64 } from './record-batch.ts';

export interface BatchRecord {
  readonly key?: Uint8Array | null;
  /** Null: a tombstone. */
  readonly value: Uint8Array | null;
  /** By default one more than the record before it has. */
  readonly offset?: number;
}

export interface BatchOptions {
  readonly codec?: Codec;
  /** Milliseconds since 1970, of every record. */
  readonly timestamp: number;
  /** The first record's offset, for a log; a producer leaves it at 0. */
  readonly baseOffset?: number;
  readonly leaderEpoch?: number;
  readonly producer?: { readonly id: number; readonly epoch: number; readonly sequence: number };
  readonly transactional?: boolean;
  readonly control?: boolean;
}

/** The records as one batch of format 2. */
export function encodeBatch(records: readonly BatchRecord[], options: BatchOptions): Buffer {
  const { codec = 'none', timestamp, baseOffset = 0, leaderEpoch = -1, producer } = options;
  const bytes: number[] = [];
  let offset = baseOffset - 1;
  for (const record of records) {
    offset = record.offset ?? offset + 1;
    pushRecord(bytes, record, offset - baseOffset);
  }
  const payload = compress(codec, Buffer.from(bytes));
  const batch = Buffer.alloc(batchLayout.records + payload.length);
  payload.copy(batch, batchLayout.records);

  const attributes =
    codecs.indexOf(codec) |
    (options.transactional ? batchFlags.transactional : 0) |
    (options.control ? batchFlags.control : 0);
  writeInt64(batch, baseOffset, batchLayout.baseOffset);
  batch.writeInt32BE(batch.length - lengthOverhead, batchLayout.length);
  batch.writeInt32BE(leaderEpoch, batchLayout.leaderEpoch);
  batch.writeInt8(2, batchLayout.magic);
  batch.writeInt16BE(attributes, batchLayout.attributes);
  batch.writeInt32BE(offset - baseOffset, batchLayout.lastOffsetDelta);
  writeInt64(batch, timestamp, batchLayout.baseTimestamp);
  writeInt64(batch, timestamp, batchLayout.maxTimestamp);
  writeInt64(batch, producer?.id ?? -1, batchLayout.producerId);
  batch.writeInt16BE(producer?.epoch ?? -1, batchLayout.producerEpoch);
  batch.writeInt32BE(producer?.sequence ?? -1, batchLayout.baseSequence);
  batch.writeInt32BE(records.length, batchLayout.recordCount);
  batch.writeUInt32BE(checksum(batch.subarray(batchLayout.attributes)), batchLayout.crc);
  return batch;
}

function pushRecord(bytes: number[], { key = null, value }: BatchRecord, offsetDelta: number): void {
  const record: number[] = [0];
  pushVarint(record, 0); // timestamp delta
  pushVarint(record, offsetDelta);
  for (const part of [key, value]) {
    pushVarint(record, part === null ? -1 : part.length);
    for (const byte of part ?? []) record.push(byte);
  }
  pushVarint(record, 0); // headers
  pushVarint(bytes, record.length);
  for (const byte of record) bytes.push(byte);
}

function pushVarint(bytes: number[], value: number): void {
  let rest = ((value << 1) ^ (value >> 31)) >>> 0;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
}
