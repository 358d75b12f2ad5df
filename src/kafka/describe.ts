/**
 * Records as lines of JSON that hold what Kafka knows about them: headers, timestamp, topic and key, and then the value. Only for
 * readers who ask for it: a line is longer than its record, so that it cannot be made in the record's place as in values.ts.
 */
import { carriageReturn, closeBrace, comma, lineFeed, openBrace, quote, space, tab } from '../ascii.ts';
import { JsonBytes, type TextEncoding } from './json-bytes.ts';
import { RecordReader } from './record-reader.ts';
import { blankLineBreaks, type RecordCounts, type Records, smallestRecordBytes } from './values.ts';

/** Names of a line's members. Of equal ones the first counts: headers (the last of a name first), timestamp, topic, key, value. */
export interface RecordColumns {
  /** Milliseconds since 1970. */
  readonly timestamp: string;
  readonly topic: string;
  /** The key as a string; not there where it is null. */
  readonly key?: string | undefined;
  /** Each header's value as a string, under its name behind the prefix. */
  readonly headers?: { readonly prefix: string; readonly encoding: TextEncoding } | undefined;
  /**
   * The value as a string, without line breaks at its end; not there where it is null. Without a name for it the value is taken
   * for a JSON object, whose members stand in the line beside the others; what is no object makes a line that is none.
   */
  readonly value?: string | undefined;
}

/** The times of a batch's records, in milliseconds. */
export interface BatchTimes {
  readonly base: number;
  /** When the broker took the batch, where that is what its records' timestamps are. */
  readonly appended: number | undefined;
}

const endOfName = Buffer.from('":');
const nothing = Buffer.from('null');

const memberName = (name: string) => Buffer.from(`${JSON.stringify(name)}:`);

export class RecordDescriber {
  readonly #columns: RecordColumns;
  readonly #timestampName: Buffer;
  readonly #keyName: Buffer;
  readonly #valueName: Buffer;
  /** A quote and the prefix. */
  readonly #headerName: Buffer;
  readonly #lines = new JsonBytes();
  readonly #record = new RecordReader();
  #topicMember: Buffer = Buffer.alloc(0);
  #lineEnds = new Int32Array(1024);

  constructor(columns: RecordColumns) {
    this.#columns = columns;
    this.#timestampName = memberName(columns.timestamp);
    this.#keyName = memberName(columns.key ?? '');
    this.#valueName = memberName(columns.value ?? '');
    this.#headerName = Buffer.from(JSON.stringify(columns.headers?.prefix ?? '').slice(0, -1));
  }

  /** Those since {@link begin}, each with a line feed behind it. */
  get lines(): Buffer {
    return this.#lines.buffer.subarray(0, this.#lines.length);
  }

  /** The lines before are written over from now on. */
  begin(topic: string): void {
    this.#topicMember = Buffer.from(`${JSON.stringify(this.#columns.topic)}:${JSON.stringify(topic)}`);
    this.#lines.length = 0;
  }

  /** Adds a line for each record. False when the records do not fit their lengths: then nothing is added, nor counted. */
  write({ buffer, start, end, count, firstDelta }: Records, times: BatchTimes, counts: RecordCounts): boolean {
    if (count > (end - start) / smallestRecordBytes) return false;
    if (count > this.#lineEnds.length) this.#lineEnds = new Int32Array(count * 2);
    const before = this.#lines.length;
    let lines = 0;
    let valueBytes = 0;
    const record = this.#record;
    for (let at = start, left = count; left > 0; left--) {
      at = record.read(buffer, at, end);
      if (at < 0) {
        this.#lines.length = before;
        return false;
      }
      if (record.offsetDelta < firstDelta) continue;
      this.#line(buffer, times.appended ?? times.base + record.timestampDelta);
      this.#lineEnds[lines++] = this.#lines.length;
      this.#lines.byte(space);
      valueBytes += Math.max(0, record.valueEnd - record.valueStart);
    }
    // Of values that stand in their lines as they are.
    blankLineBreaks(this.#lines.buffer, before, this.#lines.length);
    for (let line = 0; line < lines; line++) this.#lines.buffer[this.#lineEnds[line] as number] = lineFeed;
    counts.records += lines;
    counts.valueBytes += valueBytes;
    counts.mayBeBlank = true;
    return true;
  }

  #line(buffer: Buffer, timestamp: number): void {
    const { key, value } = this.#columns;
    const { keyStart, keyEnd, valueStart, valueEnd } = this.#record;
    const asMembers = value === undefined && valueEnd >= 0;
    const members = asMembers ? skipWhite(buffer, valueStart, valueEnd) : 0;
    if (asMembers && (members === valueEnd || buffer[members] !== openBrace)) {
      this.#lines.bytes(buffer, valueStart, valueEnd);
      return;
    }
    this.#lines.byte(openBrace);
    this.#writeHeaders(buffer);
    this.#lines.bytes(this.#timestampName);
    this.#lines.integer(timestamp);
    this.#lines.byte(comma);
    this.#lines.bytes(this.#topicMember);
    if (key !== undefined && keyEnd >= 0) this.#member(this.#keyName, buffer, keyStart, keyEnd);
    if (!asMembers) {
      if (valueEnd >= 0) this.#member(this.#valueName, buffer, valueStart, withoutBreaks(buffer, valueStart, valueEnd));
      this.#lines.byte(closeBrace);
      return;
    }
    // Whatever follows the brace, the line is an object exactly where the value is one: nothing in a value can reach before it.
    const rest = skipWhite(buffer, members + 1, valueEnd);
    if (buffer[rest] !== closeBrace || rest === valueEnd) this.#lines.byte(comma);
    this.#lines.bytes(buffer, rest, valueEnd);
  }

  #member(name: Buffer, buffer: Buffer, start: number, end: number): void {
    this.#lines.byte(comma);
    this.#lines.bytes(name);
    this.#string(buffer, start, end, 'utf8');
  }

  /** Each with a comma behind it, the last one first: of a name that is there twice it is the one that counts. */
  #writeHeaders(buffer: Buffer): void {
    const { headers } = this.#columns;
    if (headers === undefined) return;
    const record = this.#record;
    for (let header = record.headerCount - 1; header >= 0; header--) {
      record.readHeader(buffer, header);
      this.#lines.bytes(this.#headerName);
      this.#lines.text(buffer, record.nameStart, record.nameEnd, 'utf8');
      this.#lines.bytes(endOfName);
      if (record.headerEnd < 0) this.#lines.bytes(nothing);
      else this.#string(buffer, record.headerStart, record.headerEnd, headers.encoding);
      this.#lines.byte(comma);
    }
  }

  #string(buffer: Buffer, start: number, end: number, encoding: TextEncoding): void {
    this.#lines.byte(quote);
    this.#lines.text(buffer, start, end, encoding);
    this.#lines.byte(quote);
  }
}

function skipWhite(buffer: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && isWhite(buffer[at] as number)) at++;
  return at;
}

const isWhite = (byte: number) => byte === space || byte === tab || byte === lineFeed || byte === carriageReturn;

/** Where a text ends without the line breaks that a writer put behind it. */
function withoutBreaks(buffer: Buffer, start: number, end: number): number {
  let at = end;
  while (at > start && (buffer[at - 1] === lineFeed || buffer[at - 1] === carriageReturn)) at--;
  return at;
}
