/**
 * A scan query's answer (`compactedList`) → one row a line, by a walk over the bytes as they come:
 *
 *     [{"segmentId": …, "columns": […], "events": [[row],[row], …], "rowSignature": [{…}, …]}, {…}]
 *
 * Rows are the arrays within arrays within an object; nothing else of the answer is.
 */
import { backslash, closeBrace, closeBracket, lineFeed, openBrace, openBracket, quote } from '../ascii.ts';
import { MillraceError } from '../errors.ts';

/** How deep a row stands in the answer: in a list, an object, and that one's list. */
const rowDepth = 3;

export interface ScannedLines {
  /** Each row ended by a line break. */
  readonly lines: Uint8Array;
  readonly rows: number;
}

/** Pieces of so many bytes or a little more; the last one is what is left. Rejects when the answer ends before its end. */
export async function* scanLines(
  answer: AsyncIterable<Uint8Array>,
  pieceBytes: number,
): AsyncGenerator<ScannedLines, void, void> {
  const walk = new Walk(pieceBytes);
  for await (const chunk of answer) {
    walk.take(chunk);
    if (walk.pendingBytes >= pieceBytes && walk.rows > 0) yield walk.piece();
  }
  if (!walk.isComplete)
    throw new MillraceError('unavailable', "the answer of Druid's scan query was cut off", { retryAfterSeconds: 5 });
  if (walk.rows > 0) yield walk.piece();
}

class Walk {
  #lines: Buffer;
  /** How much of them is filled, and up to where rows are whole. */
  #filled = 0;
  #whole = 0;
  #rows = 0;
  #depth = 0;
  #isRow = false;
  #isString = false;
  #isEscaped = false;
  #hasBegun = false;

  constructor(pieceBytes: number) {
    this.#lines = Buffer.allocUnsafe(2 * pieceBytes);
  }

  /** Whole rows that {@link piece} has not given yet. */
  get rows(): number {
    return this.#rows;
  }

  get pendingBytes(): number {
    return this.#filled;
  }

  get isComplete(): boolean {
    return this.#hasBegun && this.#depth === 0;
  }

  /** The whole rows so far. */
  piece(): ScannedLines {
    const piece = { lines: Buffer.from(this.#lines.subarray(0, this.#whole)), rows: this.#rows };
    this.#lines.copyWithin(0, this.#whole, this.#filled);
    this.#filled -= this.#whole;
    this.#whole = 0;
    this.#rows = 0;
    return piece;
  }

  take(chunk: Uint8Array): void {
    let depth = this.#depth;
    let isRow = this.#isRow;
    let isString = this.#isString;
    // Where the part of this chunk begins that belongs to the row under way.
    let from = 0;
    let i = this.#isEscaped ? 1 : 0;
    for (; i < chunk.length; i++) {
      const byte = chunk[i];
      if (isString) {
        if (byte === backslash) i++;
        else if (byte === quote) isString = false;
        continue;
      }
      switch (byte) {
        case quote:
          isString = true;
          break;
        case openBracket:
          if (depth === rowDepth && !isRow) {
            isRow = true;
            from = i;
          }
          depth++;
          break;
        case openBrace:
          depth++;
          break;
        case closeBracket:
        case closeBrace:
          depth--;
          if (isRow && depth === rowDepth) {
            this.#append(chunk.subarray(from, i + 1), true);
            isRow = false;
          }
          break;
      }
    }
    if (isRow) this.#append(chunk.subarray(from), false);
    this.#hasBegun ||= chunk.length > 0;
    // What a backslash at the end of the chunk escapes is the first byte of the next one.
    this.#isEscaped = i > chunk.length;
    this.#depth = depth;
    this.#isRow = isRow;
    this.#isString = isString;
  }

  #append(bytes: Uint8Array, endsRow: boolean): void {
    this.#makeRoom(bytes.length + 1);
    this.#lines.set(bytes, this.#filled);
    this.#filled += bytes.length;
    if (!endsRow) return;
    this.#lines[this.#filled++] = lineFeed;
    this.#whole = this.#filled;
    this.#rows++;
  }

  #makeRoom(bytes: number): void {
    if (this.#filled + bytes <= this.#lines.length) return;
    const larger = Buffer.allocUnsafe(2 * (this.#filled + bytes));
    this.#lines.copy(larger, 0, 0, this.#filled);
    this.#lines = larger;
  }
}
