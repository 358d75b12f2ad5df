/**
 * Where the parts of a record lie: its layout stands in values.ts, and
 *
 *   Header => key_length key value_length value
 *     key_length => VARINT
 *     key => BYTES                UTF-8
 *     value_length => VARINT      -1: null
 *     value => BYTES
 */

/** Reads record after record into the same fields, so that none is an object. An end of -1: null. */
export class RecordReader {
  /** Milliseconds after the batch's base timestamp. */
  timestampDelta = 0;
  offsetDelta = 0;
  keyStart = 0;
  keyEnd = -1;
  valueStart = 0;
  valueEnd = -1;
  headerCount = 0;
  /** The header's that was read last. */
  nameStart = 0;
  nameEnd = -1;
  headerStart = 0;
  headerEnd = -1;
  /** Where each header begins. */
  #headers = new Int32Array(16);
  #cursor = 0;

  /** @returns where the record ends; -1 where its parts do not fit into it, or it not before `limit`. */
  read(buffer: Buffer, start: number, limit: number): number {
    this.#cursor = start;
    const length = this.#varint(buffer);
    const end = this.#cursor + length;
    // What is no number is not greater than anything: past the buffer's end.
    if (!(length >= 0 && end <= limit)) return -1;
    this.#cursor++; // attributes
    this.timestampDelta = this.#varint(buffer);
    this.offsetDelta = this.#varint(buffer);
    this.keyEnd = this.#field(buffer);
    this.keyStart = this.#fieldStart;
    this.valueEnd = this.#field(buffer);
    this.valueStart = this.#fieldStart;
    this.headerCount = this.#varint(buffer);
    if (!(this.#cursor <= end && this.headerCount >= 0 && this.headerCount <= end - this.#cursor)) return -1;
    if (this.headerCount > this.#headers.length) this.#headers = new Int32Array(this.headerCount * 2);
    for (let header = 0; header < this.headerCount; header++) {
      this.#headers[header] = this.#cursor;
      this.#field(buffer);
      this.#field(buffer);
    }
    return this.#cursor === end ? end : -1;
  }

  /** Of the record that was read last. */
  readHeader(buffer: Buffer, header: number): void {
    this.#cursor = this.#headers[header] as number;
    this.nameEnd = this.#field(buffer);
    this.nameStart = this.#fieldStart;
    this.headerEnd = this.#field(buffer);
    this.headerStart = this.#fieldStart;
  }

  #fieldStart = 0;

  /** Where the field ends, -1 when it is null. */
  #field(buffer: Buffer): number {
    const length = this.#varint(buffer);
    this.#fieldStart = this.#cursor;
    if (length < 0) return -1;
    this.#cursor += length;
    return this.#cursor;
  }

  /** Zig-zag, of up to 53 bits: 0, -1, 1, -2, 2 … are 0, 1, 2, 3, 4 … */
  #varint(buffer: Buffer): number {
    let value = 0;
    let scale = 1;
    let byte: number;
    do {
      byte = buffer[this.#cursor++] as number;
      value += (byte & 0x7f) * scale;
      scale *= 128;
    } while (byte > 0x7f);
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}
