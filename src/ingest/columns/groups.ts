/** Keys of several small numbers → the numbers of the groups that have them. */

export const maxGroups = 0x1_0000;

/** In search of one. It takes more only among keys that were made to have the same hash. */
const maxSteps = 1000;

export class Groups {
  /** How many numbers lie from one key to the next: a word holds two. */
  readonly #stride: number;
  /** Of the keys that are looked for next, one behind the other. */
  readonly #wanted: Uint16Array;
  readonly #wantedWords: Int32Array;
  /** Of the groups, by their numbers. */
  readonly #known: Uint16Array;
  readonly #knownWords: Int32Array;
  /** Group + 1 by hash; 0: free. */
  readonly #table = new Int32Array(2 * maxGroups);
  #count = 0;

  /** @param parts how many numbers a key has */
  constructor(parts: number, keysAtOnce: number) {
    this.#stride = parts + (parts % 2);
    this.#wanted = new Uint16Array(this.#stride * keysAtOnce);
    this.#wantedWords = new Int32Array(this.#wanted.buffer);
    this.#known = new Uint16Array(this.#stride * maxGroups);
    this.#knownWords = new Int32Array(this.#known.buffer);
  }

  get count(): number {
    return this.#count;
  }

  clear(): void {
    this.#count = 0;
    this.#table.fill(0);
  }

  /** Sets one part of the keys that are looked for next. */
  want(part: number, numbers: ArrayLike<number>, count: number): void {
    for (let key = 0, at = part; key < count; key++, at += this.#stride) this.#wanted[at] = numbers[key] as number;
  }

  /** Of each group one part of its key. */
  part(part: number): Uint16Array {
    const numbers = new Uint16Array(this.#count);
    for (let group = 0, at = part; group < numbers.length; group++, at += this.#stride)
      numbers[group] = this.#known[at] as number;
    return numbers;
  }

  /** Finds the groups of the first keys, new ones for keys that are new; false when there is no room for another one. */
  find(count: number, groups: Int32Array): boolean {
    const words = this.#stride / 2;
    for (let key = 0; key < count; key++) {
      const group = this.#find(key * words, words);
      if (group < 0) return false;
      groups[key] = group;
    }
    return true;
  }

  #find(start: number, words: number): number {
    const wanted = this.#wantedWords;
    const known = this.#knownWords;
    const table = this.#table;
    const mask = table.length - 1;
    let hash = 0;
    for (let word = start; word < start + words; word++) {
      const product = Math.imul(hash ^ (wanted[word] as number), 0x85eb_ca6b);
      hash = product ^ (product >>> 15);
    }
    let slot = hash & mask;
    for (let steps = 0; steps < maxSteps; steps++, slot = (slot + 1) & mask) {
      const group = (table[slot] as number) - 1;
      if (group < 0) return this.#add(slot, start, words);
      let word = 0;
      while (word < words && known[group * words + word] === wanted[start + word]) word++;
      if (word === words) return group;
    }
    return -1;
  }

  #add(slot: number, start: number, words: number): number {
    const group = this.#count;
    if (group === maxGroups) return -1;
    for (let word = 0; word < words; word++)
      this.#knownWords[group * words + word] = this.#wantedWords[start + word] as number;
    this.#table[slot] = ++this.#count;
    return group;
  }
}
