/** The texts of a vector, many of them by one way into the engine's memory. */
import { isAscii } from 'node:buffer';
import duckdb, { type Vector } from '@duckdb/node-bindings';

/**
 * What the engine has of a text, in words of 32 bits: its length, then up to {@link longestInside} bytes, the rest 0; of a longer one its
 * first four bytes and the address of all.
 */
const wordsPerText = 4;
const bytesPerText = 4 * wordsPerText;
const longestInside = 12;

/** The high bits of four bytes, of which ASCII has none. */
const highBits = 0x80808080;

export function textValues(vector: Vector, rows: number, isNull: (row: number) => boolean): unknown[] {
  const { buffer, byteOffset, byteLength } = duckdb.vector_get_data(vector, bytesPerText * rows);
  const bytes = Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
  const words = new Uint32Array(buffer, byteOffset, wordsPerText * rows);
  const inside = bytes.toString('latin1');
  const values: unknown[] = [];
  const outside = new Outside(bytes, values);
  for (let row = 0; row < rows; row++) {
    values.push(null);
    if (isNull(row)) continue;
    const at = wordsPerText * row;
    const [length, b, c, d] = [words[at], words[at + 1], words[at + 2], words[at + 3]] as [
      number,
      number,
      number,
      number,
    ];
    if (length > longestInside) outside.add(row, d * 2 ** 32 + c, length);
    else {
      const start = 4 * (at + 1);
      const isPlain = ((b | c | d) & highBits) === 0;
      values[row] = isPlain ? inside.slice(start, start + length) : bytes.toString('utf8', start, start + length);
    }
  }
  outside.read();
  return values;
}

/**
 * Nothing between texts that are this near to each other is on a page of its own, so that it can be read. They stand one behind the other,
 * as the engine copies a chunk's texts.
 */
const near = 4096;

/** Bytes that are read at once. */
const maxRunBytes = 1 << 20;

/** Texts outside of the vector, read together as long as they are near to each other. */
class Outside {
  readonly #vector: Buffer<ArrayBuffer>;
  readonly #values: unknown[];
  /** Of the run: rows, and where their texts begin and end in it. */
  readonly #rows: number[] = [];
  readonly #begins: number[] = [];
  readonly #ends: number[] = [];
  #address = 0;
  #size = 0;

  constructor(vector: Buffer<ArrayBuffer>, values: unknown[]) {
    this.#vector = vector;
    this.#values = values;
  }

  add(row: number, address: number, length: number): void {
    const begin = address - this.#address;
    if (this.#rows.length > 0 && begin >= this.#size && begin < this.#size + near && begin < maxRunBytes) {
      this.#put(row, begin, length);
      return;
    }
    this.read();
    this.#address = address;
    this.#put(row, 0, length);
  }

  #put(row: number, begin: number, length: number): void {
    this.#rows.push(row);
    this.#begins.push(begin);
    this.#ends.push(begin + length);
    this.#size = begin + length;
  }

  /** Puts the run's texts among the values. */
  read(): void {
    const [first] = this.#rows;
    if (first === undefined) return;
    // By the first text's address.
    const place = this.#vector.byteOffset + bytesPerText * first + 8;
    const { buffer, byteOffset } = duckdb.get_data_from_pointer(this.#vector.buffer, place, this.#size);
    const run = Buffer.from(buffer, byteOffset, this.#size);
    const plain = isAscii(run) ? run.toString('latin1') : undefined;
    for (const [i, row] of this.#rows.entries()) {
      const [begin, end] = [this.#begins[i], this.#ends[i]];
      this.#values[row] = plain ? plain.slice(begin, end) : run.toString('utf8', begin, end);
    }
    this.#rows.length = 0;
    this.#begins.length = 0;
    this.#ends.length = 0;
  }
}
