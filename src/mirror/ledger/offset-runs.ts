/**
 * Where the records of one source partition are on the target: an exact run-length map of offsets, and how far the
 * mirror is. It is kept in numbered chunks, of which all but the newest seldom change, so that each commit writes one.
 *
 * A mirror that commits twice a second has 170,000 runs a day in a partition. When there are more than memory should hold, old ones
 * are thinned: of a chunk only its beginning is kept, as a run of no length, and who is that far behind goes on there.
 */
import { MillraceError } from '../../errors.ts';
import { decodeRuns, encodeRuns, type Runs } from './run-coding.ts';

/** What is written under one key of the ledger. */
export interface OffsetChunk {
  readonly number: number;
  /** Undefined: it is to be forgotten, its key gets a tombstone. */
  readonly runs: Runs | undefined;
  /** The source offset to go on at; that of the newest chunk counts. */
  readonly next: number;
}

export interface TranslatedOffset {
  /** Of the first record on the target that is at or after the source's offset, or where the next one will be. */
  readonly offset: number;
  /**
   * False: it may be an earlier record, as nobody knows the place exactly any more; or what is at the source's offset is not on the
   * target, as it was gone when the mirror began, or is not mirrored yet.
   */
  readonly isExact: boolean;
}

export const mostRunsInChunk = 64;
const mostNumbers = 3 * mostRunsInChunk;
/** Chunks that are not thinned: some 1.5 MB, a day and a half of two commits a second. */
export const mostExactChunks = 4096;

interface Chunk {
  readonly number: number;
  /** The source offset of its first run; of an empty one, Infinity. */
  start: number;
  /** Its runs, one byte a character: of all that can hold 200 bytes, a string costs least beside them. */
  packed: string;
  next: number;
  isThinned: boolean;
}

export class OffsetRuns {
  /** By number; none but the newest is empty. */
  readonly #chunks: Chunk[] = [];
  /** Of the newest chunk, as numbers: it grows. */
  #open: number[] = [];
  /** Numbers of the chunks that were changed since the last takeChanges(). */
  readonly #dirty = new Set<number>();
  /** Chunks that the ledger has and this no longer. */
  readonly #void = new Set<number>();

  /** The source offset to go on at; undefined while nothing is known of the partition. */
  get next(): number | undefined {
    return this.#chunks.at(-1)?.next;
  }

  /**
   * Records of the source from this offset on were appended to the target from that one on, without gaps in either.
   * @param base -1 where the target has them and does not say where: they count from the record before, for they cannot be
   * earlier, and a consumer may only be told of too early a place.
   */
  append(source: number, base: number, count: number): void {
    this.#checkOrder(source);
    const last = this.#open.length - 3;
    const target = base >= 0 ? base : last < 0 ? 0 : endOf(this.#open, last, 1);
    if (last >= 0 && endOf(this.#open, last, 0) === source && endOf(this.#open, last, 1) === target) {
      this.#open[last + 2] = (this.#open[last + 2] as number) + count;
    } else {
      if (this.#open.length === mostNumbers) {
        this.#beginChunk(this.#newest.number + 1, source);
        this.#thin();
      }
      if (this.#open.length === 0) this.#newest.start = source;
      this.#open.push(source, target, count);
    }
    this.#setNext(source + count);
  }

  /** All below this source offset was read; what of it is not in a run had no record to mirror. */
  advance(next: number): void {
    this.#checkOrder(next);
    this.#setNext(next);
  }

  /** What is mapped from this source offset on is void, and the mirror goes on there. */
  rewind(source: number): void {
    while (this.#chunks.length > 1 && this.#newest.start >= source) this.#dropNewest();
    if (this.#chunks.length === 0) this.#beginChunk(0, source);
    const newest = this.#newest;
    while (this.#open.length > 0 && (this.#open.at(-3) as number) >= source) this.#open.length -= 3;
    const last = this.#open.length - 3;
    if (last >= 0 && endOf(this.#open, last, 0) > source) this.#open[last + 2] = source - (this.#open[last] as number);
    if (last < 0) newest.start = Infinity;
    this.#setNext(source);
  }

  /** Undefined while no record is known of. @param source an offset that a consumer has committed: its next one to read. */
  translate(source: number): TranslatedOffset | undefined {
    const first = this.#chunks[0];
    if (first === undefined || first.start === Infinity) return undefined;
    if (source < first.start) return { offset: this.#runsOf(0)[1] as number, isExact: false };
    const index = this.#indexOf(source);
    const runs = this.#runsOf(index);
    for (let i = 0; i < runs.length; i += 3) {
      const start = runs[i] as number;
      const target = runs[i + 1] as number;
      // Of a thinned run it is only known that it reaches to the next one.
      const isThinned = runs[i + 2] === 0;
      const end = isThinned ? (runs[i + 3] ?? this.#chunks[index + 1]?.start ?? Infinity) : endOf(runs, i, 0);
      if (source >= end) continue;
      if (isThinned) return { offset: target, isExact: source <= start };
      return { offset: target + Math.max(0, source - start), isExact: true };
    }
    if (index + 1 < this.#chunks.length) return { offset: this.#runsOf(index + 1)[1] as number, isExact: true };
    return { offset: endOf(runs, runs.length - 3, 1), isExact: source <= this.#newest.next };
  }

  /** Forgets chunks of which nothing is left in the source's log, or in the target's, given where these begin. */
  prune(sourceStart: number, targetStart: number): void {
    while (this.#chunks.length > 1) {
      const [source = Infinity, target = Infinity] = this.#runsOf(1);
      if (source > sourceStart && target > targetStart) return;
      this.#void.add((this.#chunks.shift() as Chunk).number);
    }
  }

  /** What was changed since it was last asked for, in the order in which it is to be written. */
  takeChanges(): OffsetChunk[] {
    const next = this.next ?? 0;
    const changed = [...this.#dirty]
      .sort((a, b) => a - b)
      .map((number) => this.#find(number))
      .filter((index) => index >= 0)
      .map((index) => {
        const { number, next } = this.#chunks[index] as Chunk;
        return { number, runs: [...this.#runsOf(index)], next };
      });
    // Behind the others: what stands in for them is there before they go.
    const forgotten = [...this.#void].map((number) => ({ number, runs: undefined, next }));
    this.#void.clear();
    this.#dirty.clear();
    return [...changed, ...forgotten];
  }

  /** Takes in what the ledger says of one chunk; of several words about the same chunk, the last one counts. */
  load({ number, runs, next }: OffsetChunk): void {
    const newest = this.#chunks.at(-1);
    if (runs === undefined) this.#forget(number);
    else if (newest === undefined || number > newest.number) {
      this.#beginChunk(number, next);
      this.#setOpen(runs, next);
    } else if (number === newest.number) this.#setOpen(runs, next);
    else {
      const index = this.#chunks.findIndex((chunk) => chunk.number >= number);
      const isKnown = this.#chunks[index]?.number === number;
      this.#chunks.splice(index, isKnown ? 1 : 0, closedChunk(number, runs, next));
    }
    this.#dirty.clear();
  }

  get #newest(): Chunk {
    return this.#chunks.at(-1) as Chunk;
  }

  #runsOf(index: number): Runs {
    return index === this.#chunks.length - 1 ? this.#open : unpack((this.#chunks[index] as Chunk).packed);
  }

  #find(number: number): number {
    return this.#chunks.findLastIndex((chunk) => chunk.number === number);
  }

  /** The last chunk that begins at or before this offset. */
  #indexOf(source: number): number {
    let low = 0;
    let high = this.#chunks.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#chunks[middle] as Chunk).start <= source) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #checkOrder(source: number): void {
    if (this.#chunks.length === 0) this.#beginChunk(0, source);
    const { next } = this.#newest;
    if (source >= next) return;
    const message = `source offset ${source} is mirrored a second time: the ledger is at ${next}; rewind it first`;
    throw new MillraceError('defect', message);
  }

  #setNext(next: number): void {
    this.#newest.next = next;
    this.#dirty.add(this.#newest.number);
  }

  #beginChunk(number: number, next: number): void {
    const newest = this.#chunks.at(-1);
    if (newest) newest.packed = pack(this.#open);
    this.#open = [];
    this.#chunks.push(closedChunk(number, [], next));
    this.#void.delete(number);
  }

  #setOpen(runs: Runs, next: number): void {
    this.#open = [...runs];
    this.#chunks[this.#chunks.length - 1] = closedChunk(this.#newest.number, runs, next);
  }

  /** Makes one chunk of the oldest that are exact, when there are too many. */
  #thin(): void {
    const first = this.#chunks.findIndex(({ isThinned }) => !isThinned);
    if (this.#chunks.length - first <= mostExactChunks) return;
    const beginnings = Array.from({ length: mostRunsInChunk }, (_, i) => [...this.#runsOf(first + i).slice(0, 2), 0]);
    const [kept, ...others] = this.#chunks.slice(first, first + mostRunsInChunk) as [Chunk, ...Chunk[]];
    this.#chunks.splice(first, mostRunsInChunk, closedChunk(kept.number, beginnings.flat(), kept.next));
    this.#dirty.add(kept.number);
    for (const { number } of others) this.#void.add(number);
  }

  #dropNewest(): void {
    const { number } = this.#chunks.pop() as Chunk;
    this.#void.add(number);
    const newest = this.#chunks.at(-1);
    this.#open = newest ? unpack(newest.packed) : [];
  }

  #forget(number: number): void {
    const index = this.#find(number);
    if (index < 0) return;
    if (index === this.#chunks.length - 1) {
      this.#dropNewest();
      this.#void.delete(number);
    } else this.#chunks.splice(index, 1);
  }
}

/** Where the run that stands at this index ends at the source (side 0) or at the target (side 1). */
const endOf = (runs: Runs, index: number, side: 0 | 1) => (runs[index + side] as number) + (runs[index + 2] as number);

const closedChunk = (number: number, runs: Runs, next: number): Chunk => ({
  number,
  start: runs[0] ?? Infinity,
  packed: pack(runs),
  next,
  isThinned: runs[2] === 0,
});

const pack = (runs: Runs) => encodeRuns(runs).toString('latin1');
const unpack = (packed: string) => decodeRuns(Buffer.from(packed, 'latin1'));
