/** The rows of empty buckets among those that were found. */
import type { Sql } from '../sql.ts';
import type { Reader, RowBatch } from './define.ts';
import type { Reach } from './zero-fill.ts';

/** What is found, due and given out is all in one order, and cut to the same length. */
export interface Filling {
  /** `SELECT t …`: the start in milliseconds of each bucket that is due; also of those that were found. */
  readonly due: Sql;
  /** One row in the columns of the buckets: what no rows add up to. */
  readonly nothing: Sql;
  readonly descending: boolean;
  readonly limit: number | undefined;
}

/**
 * Rows by bucket, the empty ones among them. The first column is the bucket's start in milliseconds, the last one its end. A row
 * without a start comes after them all, whatever the limit.
 *
 * Nearly always no bucket is empty, and to see that it is enough to know how far they reach. Which ones are due, and what stands
 * in an empty one, is asked for when one may be missing: the engine takes longer to plan all that than to find the rows.
 */
export async function* withEmptyBuckets(
  batches: AsyncIterable<RowBatch>,
  reach: Reach | undefined,
  filling: Filling,
  reader: Reader,
): AsyncGenerator<RowBatch, void, void> {
  const filler = new Filler(filling, reach, reader);
  for await (const batch of batches) {
    if (filler.passes(batch)) yield batch;
    else yield* filler.merge(batch);
  }
  yield* filler.rest();
}

/** Of a batch that is put together here. */
const maxRows = 4096;

class Filler {
  readonly #filling: Filling;
  readonly #reader: Reader;
  /** Up to here no bucket is missing. */
  #edge: number | undefined;
  readonly #end: number | undefined;
  #hasBegun = false;
  /** How many more buckets are wanted. */
  #room: number;
  #due: Float64Array | undefined;
  #next = 0;
  #nothing: readonly unknown[] | undefined;
  #merged: (readonly unknown[])[] = [];

  constructor(filling: Filling, reach: Reach | undefined, reader: Reader) {
    this.#filling = filling;
    this.#reader = reader;
    [this.#edge, this.#end] = filling.descending ? [reach?.end, reach?.begin] : [reach?.begin, reach?.end];
    this.#room = filling.limit ?? Number.POSITIVE_INFINITY;
  }

  /** Whether the batch can be given out as it is, for no bucket is missing before it or inside it. */
  passes({ columns, rowCount }: RowBatch): boolean {
    if (this.#due || rowCount > this.#room) return false;
    const [starts, ends] = [columns[0], columns.at(-1)] as readonly (readonly (number | null)[])[];
    const [nearer, farther] = this.#filling.descending ? [ends, starts] : [starts, ends];
    let edge = this.#edge;
    for (let row = 0; row < rowCount; row++) {
      const near = nearer?.[row] ?? undefined;
      if (near === undefined || edge === undefined || this.#isBefore(edge, near)) return false;
      edge = farther?.[row] ?? undefined;
    }
    this.#edge = edge;
    this.#hasBegun ||= rowCount > 0;
    this.#room -= rowCount;
    return true;
  }

  async *merge({ columns }: RowBatch): AsyncGenerator<RowBatch, void, void> {
    const due = await this.#allDue();
    const starts = columns[0] as readonly (number | null)[];
    for (const [row, start] of starts.entries()) {
      yield* this.#fillUpTo(start);
      if (start !== null) {
        if (start === due[this.#next]) this.#next++;
        if (this.#room === 0) continue;
        this.#room--;
      }
      this.#merged.push(columns.map((column) => column[row]));
    }
    yield* this.#flush();
  }

  /** What is due after the last one that was found. */
  async *rest(): AsyncGenerator<RowBatch, void, void> {
    if (!this.#due && (this.#room === 0 || !this.#isDueBeyondEdge())) return;
    yield* this.#fillUpTo(null);
    yield* this.#flush();
  }

  async *#fillUpTo(start: number | null): AsyncGenerator<RowBatch, void, void> {
    const due = await this.#allDue();
    for (let time = due[this.#next]; time !== undefined && this.#room > 0; time = due[++this.#next]) {
      if (start !== null && !this.#isBefore(time, start)) return;
      this.#nothing ??= await this.#reader.row(this.#filling.nothing);
      this.#merged.push([time, ...this.#nothing.slice(1)]);
      this.#room--;
      if (this.#merged.length === maxRows) yield* this.#flush();
    }
  }

  *#flush(): Generator<RowBatch, void, void> {
    const rows = this.#merged;
    this.#merged = [];
    const [first] = rows;
    if (first) yield { rowCount: rows.length, columns: first.map((_, i) => rows.map((row) => row[i])) };
  }

  #isDueBeyondEdge(): boolean {
    if (this.#edge === undefined || this.#end === undefined) return false;
    return !this.#hasBegun || this.#isBefore(this.#edge, this.#end);
  }

  /** Without what was given out already. */
  async #allDue(): Promise<Float64Array> {
    if (this.#due) return this.#due;
    const due = await allLongs(this.#reader.read(this.#filling.due));
    const edge = this.#hasBegun ? this.#edge : undefined;
    this.#due = edge === undefined ? due : due.filter((time) => this.#isStartBeyond(time, edge));
    return this.#due;
  }

  /** A bucket's start tells where it begins, in descending order where it ends. */
  #isStartBeyond(start: number, edge: number): boolean {
    return this.#filling.descending ? start < edge : start >= edge;
  }

  #isBefore(one: number, other: number): boolean {
    return this.#filling.descending ? one > other : one < other;
  }
}

async function allLongs(batches: AsyncIterable<RowBatch>): Promise<Float64Array> {
  const pieces: number[][] = [];
  for await (const { columns } of batches) pieces.push([...((columns[0] ?? []) as number[])]);
  return Float64Array.from(pieces.flat());
}
