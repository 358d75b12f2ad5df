/** Segments → the parts in which they are read: whole segments, one after the other in time, some together where they are small. */
import type { Interval } from '../catalog/time.ts';

export interface Segment extends Interval {
  readonly rows: number;
}

/** From here on a part takes no further segments. */
const enoughRows = 500_000;

/** @param within the times of the first row and after the last one: segments are cut there. */
export function partsOf(segments: readonly Segment[], within: Interval): readonly Segment[] {
  const parts: Segment[] = [];
  let last: Segment | undefined;
  for (const { start, end, rows } of [...segments].sort((a, b) => a.start - b.start)) {
    const cut = { start: Math.max(start, within.start), end: Math.min(end, within.end), rows };
    if (cut.start >= cut.end) continue;
    // Segments of the same time are read by one query.
    if (last && (cut.start < last.end || last.rows + rows <= enoughRows)) {
      parts.pop();
      last = { start: last.start, end: Math.max(last.end, cut.end), rows: last.rows + rows };
    } else last = cut;
    parts.push(last);
  }
  return parts;
}
