/** Records' values as lines that ingestion can take: it counts no blank ones, and reads nothing but UTF-8. */

import { isUtf8 } from 'node:buffer';
import { lineFeed, space, tab } from '../ascii.ts';
import { hugeLines, maxEventBytes } from './huge-lines.ts';
import { deepLines } from './nesting.ts';

/** What two bytes a blank line may begin at, with the line feed before it. Almost never there, and found without looking at each line. */
const beginnings = ['\n\n', '\n ', '\n\t'];

/**
 * @param lines each ends with a line feed, and holds no carriage return.
 * @param mayBeBlank whether any of them begins with white space.
 * @returns them without blank ones, what is not UTF-8 replaced by U+FFFD as in Druid, and cut off where they are nested too deep, so
 * that they count as unparseable; with a note in place of one that is too large, which counts as unparseable, too; and how many were blank.
 */
export function readableLines(
  lines: Uint8Array,
  mayBeBlank = beginsWithWhite(lines),
): { readonly lines: Buffer; readonly blank: number } {
  const bytes = Buffer.from(lines.buffer, lines.byteOffset, lines.byteLength);
  const text = isUtf8(bytes) ? bytes : Buffer.from(bytes.toString('utf8'));
  for (const { at, end } of deepLines(text)) text.fill(space, at, end);
  const small = withoutHugeLines(text);
  return mayBeBlank ? withoutBlankLines(small) : { lines: small, blank: 0 };
}

function withoutHugeLines(text: Buffer): Buffer {
  const kept: Buffer[] = [];
  let at = 0;
  for (const { start, end } of hugeLines(text)) {
    const note = `An event of ${end - start} bytes was left out: ${maxEventBytes} is the most that one may have.`;
    kept.push(text.subarray(at, start), Buffer.from(note));
    at = end;
  }
  return at === 0 ? text : Buffer.concat([...kept, text.subarray(at)]);
}

function beginsWithWhite(lines: Uint8Array): boolean {
  const text = Buffer.from(lines.buffer, lines.byteOffset, lines.byteLength);
  return isWhite(text[0]) || beginnings.some((beginning) => text.includes(beginning, 0, 'latin1'));
}

const isWhite = (byte: number | undefined) => byte === space || byte === tab || byte === lineFeed;

function withoutBlankLines(text: Buffer): { readonly lines: Buffer; readonly blank: number } {
  const lines = Buffer.allocUnsafeSlow(text.byteLength);
  let size = 0;
  let blank = 0;
  for (let start = 0, end: number; start < text.byteLength; start = end) {
    end = text.indexOf(lineFeed, start) + 1;
    let first = start;
    while (first < end && isWhite(text[first])) first++;
    if (first === end) blank++;
    else size += text.copy(lines, size, start, end);
  }
  return { lines: lines.subarray(0, size), blank };
}
