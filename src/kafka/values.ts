/**
 * The values of a batch's records as lines.
 *
 *   Record => length attributes timestamp_delta offset_delta key_length key value_length value headers_count [Header]
 *     length => VARINT            bytes after this field
 *     attributes => INT8
 *     timestamp_delta => VARLONG
 *     offset_delta => VARINT      to the batch's base_offset
 *     key_length => VARINT        -1: null
 *     key => BYTES
 *     value_length => VARINT      -1: null, a tombstone
 *     value => BYTES
 *     headers_count => VARINT
 *
 * Varints are zig-zag: 2n for n, 2n - 1 for -n. https://kafka.apache.org/documentation/#record
 */
import { carriageReturn, lineFeed, space } from '../ascii.ts';

/** Of lengths and deltas that are 0, and a null key or value. */
export const smallestRecordBytes = 7;

/** Records as they lie in a buffer, decompressed. */
export interface Records {
  readonly buffer: Buffer;
  readonly start: number;
  readonly end: number;
  readonly count: number;
  /** Records below this offset delta are passed over: a fetch in the middle of a batch gets all of it. */
  readonly firstDelta: number;
}

/** What many batches held, counted up. */
export interface RecordCounts {
  /** Values: lines that were written. */
  records: number;
  /** Null values that were left out. */
  tombstones: number;
  /** Bytes of the values, as they came. */
  valueBytes: number;
  /** Whether any value is empty or begins with white space, so that its line may be blank. */
  mayBeBlank: boolean;
}

/** Where the lines of a batch end; kept between batches, since nothing else runs in between. */
let lineEnds = new Int32Array(1024);

/** Where the next varint is read. Beside the functions rather than in an object: this runs for each field. */
let cursor = 0;

/** The next varint, zig-zag not undone. Lengths and deltas of offsets fit into 32 bits. */
function readVarint(buffer: Buffer): number {
  let byte = buffer[cursor++] as number;
  let value = byte & 0x7f;
  for (let shift = 7; byte > 0x7f && shift < 35; shift += 7) {
    byte = buffer[cursor++] as number;
    value |= (byte & 0x7f) << shift;
  }
  return value >>> 0;
}

/**
 * Moves the values down to `target` in the records' buffer, each with a line feed behind it. `target` is their start at
 * most, so that nothing is written over before it is read. A line break inside a value becomes a space: in JSON it can
 * be nothing but white space.
 *
 * @returns where the lines end, or -1 when the records do not fit their lengths; `counts` are then as before.
 */
export function compactValues(
  { buffer, start, end, count, firstDelta }: Records,
  target: number,
  counts: RecordCounts,
): number {
  // Also what a count that lies may allocate.
  if (count > (end - start) / smallestRecordBytes) return -1;
  if (count > lineEnds.length) lineEnds = new Int32Array(count * 2);
  cursor = start;
  let out = target;
  let lines = 0;
  let tombstones = 0;
  let { mayBeBlank } = counts;
  for (let record = 0; record < count; record++) {
    const length = readVarint(buffer) >>> 1;
    const recordEnd = cursor + length;
    cursor++; // attributes
    while ((buffer[cursor++] as number) > 0x7f); // timestamp delta
    const delta = readVarint(buffer) >>> 1;
    const keyLength = readVarint(buffer);
    if ((keyLength & 1) === 0) cursor += keyLength >>> 1;
    const valueLength = readVarint(buffer);
    const isNull = (valueLength & 1) === 1;
    const valueStart = cursor;
    const valueEnd = isNull ? valueStart : valueStart + (valueLength >>> 1);
    // The headers' count stands behind the value: the line feed has its place.
    if (valueEnd >= recordEnd || recordEnd > end) return -1;
    if (delta >= firstDelta) {
      if (isNull) {
        tombstones++;
      } else {
        // Behind an empty value stands the headers' count, which is mostly 0: at worst it is looked for in vain.
        mayBeBlank ||= (buffer[valueStart] as number) <= space || valueEnd === valueStart;
        buffer.copyWithin(out, valueStart, valueEnd);
        out += valueEnd - valueStart;
        lineEnds[lines++] = out;
        buffer[out++] = space;
      }
    }
    cursor = recordEnd;
  }
  blankLineBreaks(buffer, target, out);
  for (let line = 0; line < lines; line++) buffer[lineEnds[line] as number] = lineFeed;
  counts.records += lines;
  counts.tombstones += tombstones;
  counts.valueBytes += out - target - lines;
  counts.mayBeBlank = mayBeBlank;
  return out;
}

/** One search over all of a batch's values, before the line feeds between them are there. */
export function blankLineBreaks(buffer: Buffer, start: number, end: number): void {
  const values = buffer.subarray(start, end);
  for (const lineBreak of [lineFeed, carriageReturn]) {
    for (let at = values.indexOf(lineBreak); at >= 0; at = values.indexOf(lineBreak, at + 1)) values[at] = space;
  }
}
