/** JSON written byte by byte into a buffer that grows. */
import { backslash, minus, quote, space, zero } from '../ascii.ts';
import { Scratch } from './buffer-pool.ts';

/** How bytes are text. */
export type TextEncoding = 'utf8' | 'latin1' | 'ascii';

const hexDigits = Buffer.from('0123456789abcdef');
const replacement = Buffer.from('\ufffd');
/** Of `\u001f`, or of a number: what a byte takes at most. */
const longestEscape = 6;
const longestNumber = 21;

export class JsonBytes {
  readonly #scratch = new Scratch();
  /** Bytes that are written. What stands behind is written over. */
  length = 0;

  get buffer(): Buffer {
    return this.#scratch.buffer;
  }

  byte(byte: number): void {
    this.#room(1);
    this.#scratch.buffer[this.length++] = byte;
  }

  bytes(source: Buffer, start = 0, end = source.length): void {
    this.#room(end - start);
    source.copy(this.#scratch.buffer, this.length, start, end);
    this.length += end - start;
  }

  /** A whole number. */
  integer(value: number): void {
    this.#room(longestNumber);
    const { buffer } = this.#scratch;
    if (value < 0) buffer[this.length++] = minus;
    let digits = 1;
    for (let rest = Math.abs(value); rest >= 10; rest = Math.floor(rest / 10)) digits++;
    let rest = Math.abs(value);
    for (let at = this.length + digits - 1; at >= this.length; at--) {
      const tens = Math.floor(rest / 10);
      buffer[at] = zero + (rest - tens * 10);
      rest = tens;
    }
    this.length += digits;
  }

  /** The bytes as a string's characters, without quotes around them. What is no text of the encoding becomes U+FFFD; UTF-8 is not checked. */
  text(source: Buffer, start: number, end: number, encoding: TextEncoding): void {
    this.#room((end - start) * longestEscape);
    const { buffer } = this.#scratch;
    let at = this.length;
    for (let i = start; i < end; i++) {
      const byte = source[i] as number;
      if (byte === quote || byte === backslash) {
        buffer[at++] = backslash;
        buffer[at++] = byte;
      } else if (byte < space) {
        at += buffer.write('\\u00', at, 'latin1');
        buffer[at++] = hexDigits[byte >> 4] as number;
        buffer[at++] = hexDigits[byte & 15] as number;
      } else if (byte < 0x80 || encoding === 'utf8') buffer[at++] = byte;
      else if (encoding === 'latin1') {
        buffer[at++] = 0xc0 | (byte >> 6);
        buffer[at++] = 0x80 | (byte & 0x3f);
      } else at += replacement.copy(buffer, at);
    }
    this.length = at;
  }

  #room(bytes: number): void {
    this.#scratch.ensure(this.length + bytes, this.length);
  }
}
