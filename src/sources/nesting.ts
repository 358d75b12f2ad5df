/** Events nested so deep that the engine, which descends by recursion, would run out of stack and take the process with it. */
import { backslash, closeBrace, closeBracket, lineFeed, openBrace, openBracket, quote } from '../ascii.ts';

/** As Jackson's limit, with which Druid reads. */
export const maximumDepth = 1000;

export interface DeepLine {
  readonly start: number;
  /** Of the bracket that is one too many. */
  readonly at: number;
  /** Of the line feed. */
  readonly end: number;
}

/** Looks at few places, unless lines are long and full of brackets. Each line must end with a line feed. */
export function* deepLines(lines: Buffer): Generator<DeepLine, void, void> {
  for (let start = 0; lines.length - start > maximumDepth; ) {
    // A line that is no longer than this cannot be nested deeper.
    const short = lines.lastIndexOf(lineFeed, start + maximumDepth);
    if (short >= start) {
      start = short + 1;
      continue;
    }
    const end = lines.indexOf(lineFeed, start + maximumDepth);
    const line = lines.subarray(start, end);
    const at = hasManyBrackets(line) ? bracketTooMany(line) : undefined;
    if (at !== undefined) yield { start, at: start + at, end };
    start = end + 1;
  }
}

function hasManyBrackets(line: Buffer): boolean {
  let count = 0;
  for (const bracket of [openBracket, openBrace]) {
    for (let at = line.indexOf(bracket); at >= 0; at = line.indexOf(bracket, at + 1)) {
      if (++count > maximumDepth) return true;
    }
  }
  return false;
}

function bracketTooMany(line: Buffer): number | undefined {
  let depth = 0;
  let isString = false;
  for (let i = 0; i < line.length; i++) {
    const byte = line[i];
    if (byte === quote) isString = !isString;
    else if (isString) {
      if (byte === backslash) i++;
    } else if (byte === openBracket || byte === openBrace) {
      if (depth++ === maximumDepth) return i;
    } else if (byte === closeBracket || byte === closeBrace) depth--;
  }
  return undefined;
}
