/** A column of texts as numbers into a dictionary of those that occur: what occurs often is stored once, and the engine groups by it faster. */

const smallestTable = 1024;

/** As many as two bytes tell apart. A column of more is mostly one of texts that never come again. */
export const maxTexts = 0x1_0000;

/** Of all of them together. */
const maxBytes = 4 * 1024 * 1024;

/** In search of one. It takes more only among texts that were made to have the same hash. */
const maxSteps = 1000;

export class Texts {
  /** One after the other, in order of their ids. */
  #bytes = new Uint8Array(4096);
  #view = new DataView(this.#bytes.buffer);
  /** Where each ends. */
  #ends = new Int32Array(smallestTable);
  #hashes = new Int32Array(smallestTable);
  /** Id + 1 by hash; 0: free. */
  #table = new Int32Array(2 * smallestTable);
  #count = 0;

  /** How many different ones there are. */
  get count(): number {
    return this.#count;
  }

  clear(): void {
    this.#count = 0;
    this.#table.fill(0);
  }

  /** The id of the text that lies there, -1 when there is no room for it. `hash` may be any, if it is the same for the same text. */
  idOf(source: DataView, start: number, end: number, hash: number): number {
    const mask = this.#table.length - 1;
    const length = end - start;
    let slot = (hash ^ (hash >>> 15)) & mask;
    for (let steps = 0; steps < maxSteps; steps++, slot = (slot + 1) & mask) {
      const id = (this.#table[slot] as number) - 1;
      if (id < 0) return this.#add(new Uint8Array(source.buffer, source.byteOffset + start, length), hash, slot);
      if (this.#hashes[id] !== hash) continue;
      const known = id === 0 ? 0 : (this.#ends[id - 1] as number);
      if ((this.#ends[id] as number) - known !== length) continue;
      if (isSame(this.#view, known, source, start, length)) return id;
    }
    return -1;
  }

  /** All of them as Parquet's PLAIN encoding has byte arrays: each behind its length. */
  plain(): Uint8Array {
    const plain = new Uint8Array((this.#ends[this.#count - 1] ?? 0) + 4 * this.#count);
    const view = new DataView(plain.buffer);
    let start = 0;
    let out = 0;
    for (let id = 0; id < this.#count; id++) {
      const end = this.#ends[id] as number;
      view.setUint32(out, end - start, true);
      plain.set(this.#bytes.subarray(start, end), out + 4);
      out += 4 + end - start;
      start = end;
    }
    return plain.subarray(0, out);
  }

  #add(text: Uint8Array, hash: number, slot: number): number {
    const id = this.#count;
    if (id === maxTexts) return -1;
    if (id === this.#ends.length) {
      this.#ends = doubled(this.#ends);
      this.#hashes = doubled(this.#hashes);
    }
    const start = id === 0 ? 0 : (this.#ends[id - 1] as number);
    const end = start + text.length;
    if (end > maxBytes) return -1;
    if (end + 4 > this.#bytes.length) {
      const larger = new Uint8Array(2 * end + 4);
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    this.#bytes.set(text, start);
    this.#ends[id] = end;
    this.#hashes[id] = hash;
    this.#table[slot] = id + 1;
    this.#count++;
    if (2 * this.#count > this.#table.length) this.#grow();
    return id;
  }

  #grow(): void {
    const mask = 2 * this.#table.length - 1;
    this.#table = new Int32Array(mask + 1);
    for (let id = 0; id < this.#count; id++) {
      const hash = this.#hashes[id] as number;
      let slot = (hash ^ (hash >>> 15)) & mask;
      while (this.#table[slot] !== 0) slot = (slot + 1) & mask;
      this.#table[slot] = id + 1;
    }
  }
}

/** Both are followed by four bytes at least. */
function isSame(one: DataView, start: number, other: DataView, otherStart: number, length: number): boolean {
  let at = 0;
  for (; at + 4 <= length; at += 4)
    if (one.getInt32(start + at, true) !== other.getInt32(otherStart + at, true)) return false;
  const difference = one.getInt32(start + at, true) ^ other.getInt32(otherStart + at, true);
  return (difference & ~(-1 << (8 * (length - at)))) === 0;
}

function doubled(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * array.length);
  larger.set(array);
  return larger;
}
