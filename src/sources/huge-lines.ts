/** Lines that are longer than one event may be. */
import { lineFeed } from '../ascii.ts';

/**
 * The engine reads each event in one piece and needs several times its size, of the 192 MiB that it has for everything. (Events of
 * 20 MB alone were too much beside other work.)
 */
export const maxEventBytes = 4 * 1024 * 1024;

/**
 * Where they begin, and end before their line feed. Looks at few places: from each line's start at the last line break within reach.
 * @param lines each ends with a line feed.
 */
export function* hugeLines(
  lines: Buffer,
): Generator<{ readonly start: number; readonly end: number }, void, undefined> {
  for (let start = 0; lines.length - start > maxEventBytes; ) {
    let end = lines.lastIndexOf(lineFeed, start + maxEventBytes);
    if (end < start) {
      end = lines.indexOf(lineFeed, start + maxEventBytes);
      yield { start, end };
    }
    start = end + 1;
  }
}
