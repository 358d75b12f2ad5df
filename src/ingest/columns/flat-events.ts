/**
 * Lines of flat JSON objects → columns, without a JavaScript value for each event. It takes what nearly all streams hold, and nothing else: what
 * it takes it reads as the engine's reader and the plan's conversions do, and of anything else it says so, for the engine to read the batch.
 *
 * Not taken: nested values, escapes, fractions, numbers of more than 15 digits, true and false, times that are not
 * `2026-01-01T00:00:00.000Z` or without its milliseconds, a field twice, texts of which hardly two are the same, and what is no JSON.
 */
import { isUtf8 } from 'node:buffer';
import { lineFeed } from '../../ascii.ts';
import { FlatColumn, type FlatField } from './flat-column.ts';
import { readLong, readText, readTime, skipValue, takeNonAscii } from './flat-values.ts';
import { learnShape, type Shape, slotKinds } from './shape.ts';

/** How many bytes there must be behind the lines in their buffer: words are compared and times are looked at as a whole. */
export const bytesBehind = 32;

/** Of so many events one may be of another shape than the one before, and some more: of more the engine reads faster. */
const eventsPerShape = 50;
const someShapes = 20;

/** Of so many the columns lie in the processor's nearest memory when the next one looks at them. */
export const eventsAtOnce = 1024;

export class FlatEvents {
  readonly columns: readonly FlatColumn[];
  #shape: Shape | undefined;
  #shapesLeft = 0;

  constructor(fields: readonly FlatField[]) {
    this.columns = fields.map((field) => new FlatColumn(field));
  }

  /**
   * Fills the columns; false when there is anything that is not taken. `given`: lines, so many, each with a line feed.
   * `onSome`: called as soon as these events are there, at most {@link eventsAtOnce}.
   */
  read(given: Uint8Array, events: number, onSome?: (first: number, end: number) => void): boolean {
    if (given[given.length - 1] !== lineFeed) return false;
    const lines = withBytesBehind(given);
    for (const column of this.columns) column.begin(events);
    this.#shapesLeft = someShapes + events / eventsPerShape;
    let isAscii = true;
    let at = 0;
    for (let event = 0; event < events; event += eventsAtOnce) {
      takeNonAscii();
      const end = Math.min(events, event + eventsAtOnce);
      at = this.#readSome(lines, at, event, end);
      if (at < 0) return false;
      onSome?.(event, end);
      isAscii &&= !takeNonAscii();
    }
    return at === lines.byteLength && (isAscii || isUtf8(lines));
  }

  /** @returns where the last of them ends; -1 when one has something that is not taken. */
  #readSome(lines: Uint8Array, start: number, first: number, end: number): number {
    const view = new DataView(lines.buffer, lines.byteOffset, lines.byteLength + bytesBehind);
    const limit = lines.byteLength;
    let at = start;
    for (let event = first; event < end; event++) {
      let next = this.#shape ? readEvent(view, limit, at, this.#shape, event) : -1;
      if (next < 0) {
        if (--this.#shapesLeft < 0) return -1;
        this.#shape = learnShape(lines, view, at, this.columns);
        next = this.#shape ? readEvent(view, limit, at, this.#shape, event) : -1;
        if (next < 0) return -1;
      }
      at = next;
    }
    return at;
  }
}

function withBytesBehind(lines: Uint8Array): Uint8Array {
  if (lines.byteOffset + lines.byteLength + bytesBehind <= lines.buffer.byteLength) return lines;
  const copy = new Uint8Array(lines.byteLength + bytesBehind);
  copy.set(lines);
  return copy.subarray(0, lines.byteLength);
}

/** @returns where the event ends; -1 when it is of another shape, or has a value that is not taken. */
function readEvent(view: DataView, limit: number, start: number, shape: Shape, event: number): number {
  const { words, masks, ends, lengths, kinds, columns, missing } = shape;
  let at = start;
  let word = 0;
  for (let slot = 0; slot < ends.length; slot++) {
    const gap = at;
    // What would reach behind the lines is no event of this shape.
    if (gap + (lengths[slot] as number) > limit) return -1;
    for (const end = ends[slot] as number; word < end; word++, at += 4)
      if (((view.getInt32(at, true) ^ (words[word] as number)) & (masks[word] as number)) !== 0) return -1;
    at = gap + (lengths[slot] as number);
    if (slot === kinds.length) break;
    const column = columns[slot] as FlatColumn;
    const kind = kinds[slot];
    if (kind === slotKinds.text) at = readText(view, at, column, event);
    else if (kind === slotKinds.long) at = readLong(view, at, column, event);
    else if (kind === slotKinds.time) at = readTime(view, at, column, event);
    else at = skipValue(view, at);
    if (at < 0) return -1;
  }
  for (let index = 0; index < missing.length; index++) (missing[index] as FlatColumn).setNull(event);
  return at;
}
