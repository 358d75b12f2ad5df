/**
 * Lines → record batches, a record a line: its value is the line as it came, without its line break; it has no key and no
 * headers. The layouts stand in record-batch.ts and values.ts. No line is an object: bytes are copied into their batches.
 */
import { carriageReturn, lineFeed, space } from '../ascii.ts';
import { type Codec, codecs, compress } from './compression.ts';
import { batchLayout, sealBatch } from './record-batch.ts';
import { varintBytes, writeVarint } from './varint.ts';

export interface LinesToWrite {
  /** Lines, each ended by a line feed; those that hold only white space are no records. */
  readonly bodies: readonly Uint8Array[];
  /** Of each line that is not blank, through all bodies: its partition; below 0 it goes nowhere. Undefined: all go to 0. */
  readonly partitions: Int32Array | undefined;
  readonly codec: Codec;
  /** What a batch holds at most, before it is compressed; a longer line is a batch of its own. */
  readonly batchBytes: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
}

export interface LineBatch {
  readonly partition: number;
  /** For {@link Producer.send}. */
  readonly bytes: Buffer;
  readonly records: number;
  /** Counting those that are not blank, from 0 through all bodies. */
  readonly firstLine: number;
  readonly lastLine: number;
}

/** Of a record, beside its value and the three numbers that are varints: attributes, timestamp delta, null key, no headers. */
const fixedBytes = 4;
const mostVarintBytes = 5;
const mostOverhead = fixedBytes + 3 * mostVarintBytes;

const smallestBatchBytes = 1024;

/** Partition by partition in the order of the lines. */
export function batchesOfLines(lines: LinesToWrite): LineBatch[] {
  const batches: LineBatch[] = [];
  const open: (OpenBatch | undefined)[] = [];
  const totalBytes = lines.bodies.reduce((sum, body) => sum + body.byteLength, 0);
  let line = 0;
  for (const body of lines.bodies) {
    const buffer = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    for (let start = 0, next: number; start < buffer.length; start = next) {
      const found = buffer.indexOf(lineFeed, start);
      const end = found < 0 ? buffer.length : found;
      next = end + 1;
      if ((buffer[start] as number) <= space && isBlank(buffer, start, end)) continue;
      const partition = lines.partitions === undefined ? 0 : (lines.partitions[line] as number);
      if (partition >= 0) {
        let batch = open[partition];
        if (batch === undefined || !batch.hasRoom(end - start)) {
          if (batch) batches.push(batch.finish(lines));
          const room = Math.min(lines.batchBytes, totalBytes * 1.25 + smallestBatchBytes);
          batch = new OpenBatch(partition, line, Math.max(room, batchLayout.records + mostOverhead + end - start));
          open[partition] = batch;
        }
        batch.append(buffer, start, buffer[end - 1] === carriageReturn ? end - 1 : end, line);
      }
      line++;
    }
  }
  for (const batch of open) if (batch) batches.push(batch.finish(lines));
  return batches;
}

/** As every reader of lines here takes them. */
function isBlank(buffer: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = buffer[at];
    if (byte !== space && byte !== 9 && byte !== carriageReturn) return false;
  }
  return true;
}

class OpenBatch {
  readonly #partition: number;
  readonly #firstLine: number;
  readonly #buffer: Buffer;
  #at: number = batchLayout.records;
  #records = 0;
  #lastLine: number;

  constructor(partition: number, firstLine: number, sizeBytes: number) {
    this.#partition = partition;
    this.#firstLine = firstLine;
    this.#lastLine = firstLine;
    this.#buffer = Buffer.allocUnsafeSlow(Math.ceil(sizeBytes));
  }

  hasRoom(valueBytes: number): boolean {
    return this.#at + mostOverhead + valueBytes <= this.#buffer.length;
  }

  append(source: Buffer, start: number, end: number, line: number): void {
    const buffer = this.#buffer;
    const valueLength = 2 * (end - start);
    const offsetDelta = 2 * this.#records;
    const length = fixedBytes + varintBytes(offsetDelta) + varintBytes(valueLength) + end - start;
    let at = writeVarint(buffer, this.#at, 2 * length);
    buffer[at++] = 0; // attributes
    buffer[at++] = 0; // timestamp delta
    at = writeVarint(buffer, at, offsetDelta);
    buffer[at++] = 1; // no key: -1
    at = writeVarint(buffer, at, valueLength);
    at += source.copy(buffer, at, start, end);
    buffer[at++] = 0; // headers
    this.#at = at;
    this.#records++;
    this.#lastLine = line;
  }

  finish({ codec, timestamp }: LinesToWrite): LineBatch {
    const bytes = this.#compressed(codec);
    const times = { baseTimestamp: timestamp, maxTimestamp: timestamp };
    sealBatch(bytes, { attributes: codecs.indexOf(codec), records: this.#records, ...times });
    return {
      partition: this.#partition,
      bytes,
      records: this.#records,
      firstLine: this.#firstLine,
      lastLine: this.#lastLine,
    };
  }

  #compressed(codec: Codec): Buffer {
    if (codec === 'none') return this.#buffer.subarray(0, this.#at);
    const records = compress(codec, this.#buffer.subarray(batchLayout.records, this.#at));
    return Buffer.concat([Buffer.allocUnsafe(batchLayout.records), records]);
  }
}
