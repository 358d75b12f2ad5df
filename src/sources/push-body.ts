/**
 * The bytes of a pushed body → lines, one event each. No event becomes a JavaScript object here: the engine parses.
 * https://github.com/druid-io/tranquility/blob/master/docs/server.md
 */

import { isUtf8 } from 'node:buffer';
import { closeBrace, lineFeed, openBrace } from '../ascii.ts';
import { MillraceError } from '../errors.ts';
import { withoutByteOrderMark } from './byte-order-mark.ts';
import { hugeLines, maxEventBytes } from './huge-lines.ts';
import { scanJson } from './json-scanner.ts';
import { deepLines, maximumDepth } from './nesting.ts';

export interface Lines {
  /** Ended by a line break each; no raw line break inside an event. */
  readonly lines: Uint8Array;
  /** Lines that hold more than white space. */
  readonly events: number;
}

/**
 * A JSON array of objects, newline-delimited objects, or objects one after the other, also pretty-printed.
 * The body's memory becomes the lines' where it can: the caller gives it away.
 *
 * @throws MillraceError `invalidInput` (`Malformed JSON …`), with the line, when the body does not consist of objects;
 * `tooLarge` when one of them is longer than {@link maxEventBytes}.
 * Whether an object's inside is sound is left to the engine, except for brackets and strings where they had to be read.
 */
export function jsonLines(body: Buffer): Lines {
  const json = withoutByteOrderMark(body);
  requireUtf8(json, 'Malformed JSON');
  const events = countObjectLines(json);
  if (events === undefined) return withoutHugeEvents(scanJson(json));
  return withoutHugeEvents({ lines: withoutDeepLines(endLastLine(json), 'Malformed JSON'), events });
}

/** Lines as they are; what they hold is up to the dataSource's input format. @throws MillraceError as {@link jsonLines}. */
export function textLines(body: Buffer): Lines {
  const text = withoutByteOrderMark(body);
  requireUtf8(text, 'Malformed string');
  return withoutHugeEvents({
    lines: withoutDeepLines(endLastLine(text), 'Malformed string'),
    events: countLines(text),
  });
}

/**
 * The usual body, newline-delimited objects, needs no scan: a line that begins with `{` and ends with `}` is one object,
 * because where a value goes on over a line break the next line cannot begin with `{` after a `}`; and two objects in
 * a line have `}` before `{` or white space. Undefined: it takes a scan to say.
 */
function countObjectLines(json: Buffer): number | undefined {
  if (json.includes('}{') || json.includes('} ') || json.includes('}\t') || json.includes('\r')) return undefined;
  let events = 0;
  for (let start = 0, end: number; start < json.length; start = end + 1) {
    end = lineEnd(json, start);
    if (end === start) continue;
    if (json[start] !== openBrace || json[end - 1] !== closeBrace) return undefined;
    events++;
  }
  return events;
}

function withoutHugeEvents(body: { readonly lines: Buffer; readonly events: number }): Lines {
  for (const { start } of hugeLines(body.lines)) {
    const line = countLines(body.lines.subarray(0, start)) + 1;
    throw new MillraceError(
      'tooLarge',
      `event ${line} of the body is larger than ${maxEventBytes} bytes, the most that one event may have`,
      { context: { line } },
    );
  }
  return body;
}

function withoutDeepLines(lines: Buffer, complaint: string): Buffer {
  for (const { start } of deepLines(lines)) {
    let line = 1;
    for (let at = lines.indexOf(lineFeed); at >= 0 && at < start; at = lines.indexOf(lineFeed, at + 1)) line++;
    throw new MillraceError(
      'invalidInput',
      `${complaint} on line ${line}: the event is nested deeper than ${maximumDepth}`,
      { context: { line } },
    );
  }
  return lines;
}

function countLines(text: Buffer): number {
  let count = 0;
  for (let start = 0, end: number; start < text.length; start = end + 1) {
    end = lineEnd(text, start);
    if (!isBlank(text, start, end)) count++;
  }
  return count;
}

function lineEnd(text: Buffer, start: number): number {
  const end = text.indexOf(lineFeed, start);
  return end < 0 ? text.length : end;
}

function isBlank(text: Buffer, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const byte = text[i] as number;
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return false;
  }
  return true;
}

function endLastLine(text: Buffer): Buffer {
  return text.length === 0 || text[text.length - 1] === lineFeed ? text : Buffer.concat([text, Buffer.of(lineFeed)]);
}

function requireUtf8(text: Buffer, complaint: string): void {
  if (isUtf8(text)) return;
  let line = 1;
  let start = 0;
  let end = lineEnd(text, start);
  // UTF-8's longer forms hold no line feed, so each line can be judged alone.
  while (isUtf8(text.subarray(start, end))) {
    line++;
    start = end + 1;
    end = lineEnd(text, start);
  }
  const bytes = text.subarray(start, end);
  // Decoding puts a replacement for what is not UTF-8, and encoding again shows where.
  const replaced = Buffer.from(bytes.toString('utf8'));
  const offset = bytes.findIndex((byte, i) => byte !== replaced[i]);
  throw new MillraceError(
    'invalidInput',
    `${complaint} on line ${line}: byte ${offset + 1} of the line is not UTF-8; send the body in UTF-8`,
    { context: { line } },
  );
}
