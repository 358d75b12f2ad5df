/** Record batches from values: what a producer sends. The layouts stand in record-batch.ts and values.ts. */
import { type Codec, codecs, compress } from './compression.ts';
import { type BatchProducer, batchFlags, batchLayout, sealBatch } from './record-batch.ts';

export interface BatchRecord {
  readonly key?: Uint8Array | null;
  /** Null: a tombstone. */
  readonly value: Uint8Array | null;
  readonly headers?: readonly (readonly [name: string, value: Uint8Array | null])[];
  /** By default one more than the record before it has. */
  readonly offset?: number;
  /** Milliseconds since 1970; by default the batch's. */
  readonly timestamp?: number;
}

export interface BatchOptions {
  readonly codec?: Codec;
  /** Milliseconds since 1970, of the records that do not have one of their own. */
  readonly timestamp: number;
  /** The first record's offset, for a log; a producer leaves it at 0. */
  readonly baseOffset?: number;
  readonly leaderEpoch?: number;
  readonly producer?: BatchProducer;
  readonly transactional?: boolean;
  readonly control?: boolean;
  /** Whether the timestamps are those of the broker, which are the batch's newest. */
  readonly logAppendTime?: boolean;
}

/** The records as one batch of format 2. */
export function encodeBatch(records: readonly BatchRecord[], options: BatchOptions): Buffer {
  const { codec = 'none', timestamp, baseOffset = 0, leaderEpoch = -1, producer } = options;
  const bytes: number[] = [];
  let offset = baseOffset - 1;
  for (const record of records) {
    offset = record.offset ?? offset + 1;
    pushRecord(bytes, record, offset - baseOffset, (record.timestamp ?? timestamp) - timestamp);
  }
  const payload = compress(codec, Buffer.from(bytes));
  const batch = Buffer.alloc(batchLayout.records + payload.length);
  payload.copy(batch, batchLayout.records);

  const attributes =
    codecs.indexOf(codec) |
    (options.transactional ? batchFlags.transactional : 0) |
    (options.control ? batchFlags.control : 0) |
    (options.logAppendTime ? batchFlags.logAppendTime : 0);
  const times = records.map((record) => record.timestamp ?? timestamp);
  sealBatch(batch, {
    attributes,
    records: records.length,
    lastOffsetDelta: offset - baseOffset,
    baseTimestamp: timestamp,
    maxTimestamp: Math.max(timestamp, ...times),
    baseOffset,
    leaderEpoch,
    producer,
  });
  return batch;
}

function pushRecord(
  bytes: number[],
  { key = null, value, headers = [] }: BatchRecord,
  offsetDelta: number,
  timestampDelta: number,
): void {
  const record: number[] = [0];
  pushVarint(record, timestampDelta);
  pushVarint(record, offsetDelta);
  pushBytes(record, key);
  pushBytes(record, value);
  pushVarint(record, headers.length);
  for (const [name, headerValue] of headers) {
    pushBytes(record, Buffer.from(name));
    pushBytes(record, headerValue);
  }
  pushVarint(bytes, record.length);
  for (const byte of record) bytes.push(byte);
}

function pushBytes(bytes: number[], part: Uint8Array | null): void {
  pushVarint(bytes, part === null ? -1 : part.length);
  for (const byte of part ?? []) bytes.push(byte);
}

/** Zig-zag, of up to 53 bits. */
function pushVarint(bytes: number[], value: number): void {
  let rest = value < 0 ? -2 * value - 1 : 2 * value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  bytes.push(rest);
}
