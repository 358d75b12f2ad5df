/**
 * Records of batches as they are stored → new batches. A record's key, value and headers are copied as they lie; only its length, its
 * offset and its timestamp are written anew, as these are told from the batch that holds it. The layouts stand in record-batch.ts and
 * values.ts.
 */
import { invalidInput } from '../../errors.ts';
import type { BufferPool } from '../buffer-pool.ts';
import { type Codec, codecs, compress } from '../compression.ts';
import { batchLayout, sealBatch } from '../record-batch.ts';
import { fromZigZag, toZigZag, varintBytes, varlongBytes, writeVarint, writeVarlong } from '../varint.ts';
import type { SourceRecords } from './source-records.ts';

/** A batch for {@link Producer.send}. */
export interface Parcel {
  readonly bytes: Buffer;
  readonly records: number;
  /** Which of the source's records these are, in order: offset of the first, how many follow each other, and so on. */
  readonly runs: readonly number[];
}

/** Length, attributes, timestamp and offset of a record: 5, 1, 10 and 5 bytes at most. */
const mostOverhead = 21;
/** Copies run in steps of 8 bytes, and may so write and read beyond their end. */
const slack = 8;
/** Longer ones are copied by a call. */
const longestStepped = 512;

export class BatchWriter {
  readonly #pool: BufferPool;
  #codec: Codec = 'none';
  /** Begins with room for a header. */
  #buffer: Buffer = Buffer.alloc(0);
  #view: DataView = new DataView(new ArrayBuffer(0));
  #at: number = batchLayout.records;
  /** Records end before it, unless it is a single one. */
  #limit = 0;
  #records = 0;
  #baseTimestamp = 0;
  #maxTimestamp = 0;
  #runs: number[] = [];

  /** @param pool gives the memory of batches; whoever has them gives it back. */
  constructor(pool: BufferPool) {
    this.#pool = pool;
  }

  /** Of the batch that is open; undefined when none is. */
  get codec(): Codec | undefined {
    return this.#records > 0 ? this.#codec : undefined;
  }

  /** Opens a batch of at most so many bytes, before it is compressed; one record may have more. */
  begin(codec: Codec, sizeBytes: number): void {
    this.#codec = codec;
    this.#limit = sizeBytes;
    this.#at = batchLayout.records;
    this.#records = 0;
    this.#runs = [];
    if (this.#buffer.length < sizeBytes + slack) this.#enlarge(sizeBytes + slack);
  }

  /**
   * Copies records up to the last one, or until the batch is full.
   * @returns whether it was up to the last one.
   * @throws MillraceError `invalidInput` when they do not fit their lengths.
   */
  take(source: SourceRecords): boolean {
    const { buffer: from, view: fromView, end, firstDelta, baseOffset, appendTime } = source;
    const mostStepped = Math.min(end, fromView.byteLength - slack);
    const runs = this.#runs;
    let runEnd = runs.length === 0 ? -1 : (runs.at(-2) as number) + (runs.at(-1) as number);
    let into = this.#buffer;
    let intoView = this.#view;
    let out = this.#at;
    let records = this.#records;
    let maxTimestamp = this.#maxTimestamp;
    let { at, left } = source;
    for (; left > 0; left--) {
      cursor = at;
      const length = fromZigZag(readVarint(from));
      const recordEnd = cursor + length;
      if (recordEnd > end) throw misfit();
      const attributes = from[cursor++] as number;
      const timestampDelta = fromZigZag(readVarint(from));
      const offsetDelta = fromZigZag(readVarint(from));
      const body = cursor;
      const bodyLength = recordEnd - body;
      if (!(bodyLength >= 0)) throw misfit();
      if (offsetDelta < firstDelta) {
        at = recordEnd;
        continue;
      }
      if (out + bodyLength + mostOverhead > this.#limit) {
        if (records > 0) break;
        this.#enlarge(out + bodyLength + mostOverhead + slack);
        into = this.#buffer;
        intoView = this.#view;
      }

      const timestamp = appendTime ?? source.baseTimestamp + timestampDelta;
      if (records === 0) {
        this.#baseTimestamp = timestamp;
        maxTimestamp = timestamp;
      } else if (timestamp > maxTimestamp) maxTimestamp = timestamp;
      const newTimestamp = toZigZag(timestamp - this.#baseTimestamp);
      const newOffset = 2 * records;
      const head = 1 + varlongBytes(newTimestamp) + varintBytes(newOffset);
      out = writeVarint(into, out, 2 * (head + bodyLength));
      into[out++] = attributes;
      out = writeVarlong(into, out, newTimestamp);
      out = writeVarint(into, out, newOffset);
      if (bodyLength <= longestStepped && recordEnd <= mostStepped) {
        for (let step = 0; step < bodyLength; step += 8)
          intoView.setBigInt64(out + step, fromView.getBigInt64(body + step, true), true);
      } else into.set(from.subarray(body, recordEnd), out);
      out += bodyLength;
      records++;
      at = recordEnd;

      const offset = baseOffset + offsetDelta;
      if (offset === runEnd) (runs[runs.length - 1] as number)++;
      else runs.push(offset, 1);
      runEnd = offset + 1;
    }
    source.at = at;
    source.left = left;
    this.#at = out;
    this.#records = records;
    this.#maxTimestamp = maxTimestamp;
    return left <= 0;
  }

  /** Closes the batch, which has a record at least. It has no producer; its checksum is right. */
  finish(): Parcel {
    const parcel = { bytes: this.#whole(), records: this.#records, runs: this.#runs };
    this.#records = 0;
    return parcel;
  }

  #whole(): Buffer {
    const content = this.#buffer.subarray(batchLayout.records, this.#at);
    const compressed = compress(this.#codec, content);
    // Where it does not help it is left out, so that a batch is never larger than it was meant to be.
    const isPlain = compressed.length >= content.length;
    const bytes = isPlain
      ? this.#buffer.subarray(0, this.#at)
      : this.#pool.take(batchLayout.records + compressed.length);
    if (isPlain) this.#buffer = Buffer.alloc(0);
    else bytes.set(compressed, batchLayout.records);
    sealBatch(bytes, {
      attributes: isPlain ? 0 : codecs.indexOf(this.#codec),
      records: this.#records,
      baseTimestamp: this.#baseTimestamp,
      maxTimestamp: this.#maxTimestamp,
    });
    return bytes;
  }

  /** Gives its memory back; a batch that is open is void. */
  close(): void {
    if (this.#buffer.length > 0) this.#pool.give(this.#buffer);
    this.#buffer = Buffer.alloc(0);
    this.#records = 0;
  }

  /** There is no record in it yet. */
  #enlarge(sizeBytes: number): void {
    this.close();
    this.#buffer = this.#pool.take(sizeBytes);
    this.#view = new DataView(this.#buffer.buffer, this.#buffer.byteOffset, this.#buffer.length);
  }
}

/** Where the next varint is read. Beside the functions rather than in an object: this runs for each field. */
let cursor = 0;

/** The next varint, zig-zag not undone; of up to 53 bits, as offsets and times are. */
function readVarint(buffer: Buffer): number {
  let byte = buffer[cursor++] as number;
  if (byte <= 0x7f) return byte;
  let value = byte & 0x7f;
  for (let scale = 0x80; byte > 0x7f; scale *= 0x80) {
    if (scale > 2 ** 63) throw misfit();
    byte = buffer[cursor++] as number;
    value += (byte & 0x7f) * scale;
  }
  return value;
}

const misfit = () => invalidInput('its records do not fit their lengths');
