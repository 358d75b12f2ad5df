/**
 * JSON as people write it (an array of objects, pretty-printed objects, objects one after the other) → one object a line,
 * by a walk over the bytes that changes them in place. It knows strings, brackets and what stands between events; the
 * engine knows the rest.
 */
import {
  backslash,
  carriageReturn,
  closeBrace,
  closeBracket,
  comma,
  lineFeed,
  openBrace,
  openBracket,
  quote,
  space,
  tab,
} from '../ascii.ts';
import { MillraceError } from '../errors.ts';
import { maximumDepth } from './nesting.ts';

/** What may stand next between events: at the top, behind `[`, behind a comma, behind an array's event. */
type Position = 'top' | 'arrayStart' | 'arrayEvent' | 'arrayNext';

const expectations: Record<Position, string> = {
  top: 'an event, that is an object {…}, or an array of them',
  arrayStart: 'an event, that is an object {…}, or ]',
  arrayEvent: 'an event, that is an object {…}',
  arrayNext: 'a comma or ]',
};

/** @throws MillraceError `invalidInput` with line and column in its message and context. */
export function scanJson(json: Buffer): { readonly lines: Buffer; readonly events: number } {
  return new JsonScanner(json).scan();
}

class JsonScanner {
  readonly #json: Buffer;
  /** Brackets open inside the event. */
  readonly #open = new Uint8Array(maximumDepth);
  #line = 1;
  #lineStart = 0;

  constructor(json: Buffer) {
    this.#json = json;
  }

  scan(): { readonly lines: Buffer; readonly events: number } {
    const json = this.#json;
    /** Where a line break is due and no byte is there to become one. */
    const missingBreaks: number[] = [];
    let events = 0;
    let linesEnd = 0;
    let position: Position = 'top';
    let breakDue = false;
    for (let i = 0; i < json.length; ) {
      const byte = json[i] as number;
      if (byte === openBrace && position !== 'arrayNext') {
        if (breakDue) missingBreaks.push(i);
        i = this.#skipEvent(i);
        events++;
        linesEnd = i;
        breakDue = true;
        if (position !== 'top') position = 'arrayNext';
        continue;
      }
      position = this.#between(byte, position, i);
      json[i] = breakDue ? lineFeed : space;
      i++;
      if (breakDue) linesEnd = i;
      breakDue = false;
    }
    if (position !== 'top') throw this.#malformed(json.length, `expected ${expectations[position]}, found the end`);
    if (breakDue) missingBreaks.push(json.length);
    return { lines: withLineBreaks(json.subarray(0, linesEnd), missingBreaks), events };
  }

  /** The position behind a byte that belongs to no event. */
  #between(byte: number, position: Position, at: number): Position {
    switch (byte) {
      case lineFeed:
        this.#line++;
        this.#lineStart = at + 1;
        return position;
      case space:
      case tab:
      case carriageReturn:
        return position;
      case openBracket:
        if (position === 'top') return 'arrayStart';
        break;
      case comma:
        if (position === 'arrayNext') return 'arrayEvent';
        break;
      case closeBracket:
        if (position === 'arrayStart' || position === 'arrayNext') return 'top';
        break;
    }
    throw this.#malformed(at, `expected ${expectations[position]}, found ${this.#characterAt(at)}`);
  }

  /** From an event's `{` to behind its `}`; its line breaks become spaces. */
  #skipEvent(start: number): number {
    const json = this.#json;
    const open = this.#open;
    const startLine = this.#line;
    let depth = 0;
    for (let i = start; i < json.length; i++) {
      switch (json[i]) {
        case quote:
          i = this.#skipString(i);
          break;
        case openBrace:
        case openBracket:
          if (depth === maximumDepth) throw this.#malformed(i, `the event is nested deeper than ${maximumDepth}`);
          open[depth++] = json[i] as number;
          break;
        case closeBrace:
        case closeBracket: {
          // In ASCII both closing brackets stand two behind the opening ones.
          const expected = (open[--depth] as number) + 2;
          if (json[i] !== expected) {
            throw this.#malformed(i, `expected ${String.fromCharCode(expected)}, found ${this.#characterAt(i)}`);
          }
          if (depth === 0) return i + 1;
          break;
        }
        case lineFeed:
          this.#line++;
          this.#lineStart = i + 1;
          json[i] = space;
          break;
        case carriageReturn:
          json[i] = space;
          break;
      }
    }
    throw this.#malformed(json.length, `the event that begins on line ${startLine} does not end`);
  }

  /** From a string's opening quote to its closing one. */
  #skipString(start: number): number {
    const json = this.#json;
    for (let i = start + 1; i < json.length; i++) {
      const byte = json[i] as number;
      if (byte === quote) return i;
      if (byte === backslash) i++;
      else if (byte < space) throw this.#malformed(i, 'a string holds a line break or control character unescaped');
    }
    throw this.#malformed(start, 'the string that begins here does not end');
  }

  #characterAt(at: number): string {
    return JSON.stringify(String.fromCodePoint(this.#json.toString('utf8', at, at + 4).codePointAt(0) as number));
  }

  #malformed(at: number, reason: string): MillraceError {
    const line = this.#line;
    const column = this.#json.toString('utf8', this.#lineStart, at).length + 1;
    return new MillraceError('invalidInput', `Malformed JSON on line ${line} column ${column}: ${reason}`, {
      context: { line, column },
    });
  }
}

/** The bytes with a line break put in before each of the positions, which ascend. */
function withLineBreaks(bytes: Buffer, positions: readonly number[]): Buffer {
  if (positions.length === 0) return bytes;
  const result = Buffer.allocUnsafe(bytes.length + positions.length);
  let from = 0;
  let to = 0;
  for (const position of positions) {
    to += bytes.copy(result, to, from, position);
    result[to++] = lineFeed;
    from = position;
  }
  bytes.copy(result, to, from);
  return result;
}
