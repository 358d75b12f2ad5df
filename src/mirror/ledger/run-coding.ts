/**
 * Runs of offsets in few bytes: what a chunk of the ledger holds, and how chunks that are full lie in memory.
 *
 *     Chunk => Run*                       as many as there are bytes
 *       Run => SourceGap TargetGap Count  varints, low 7 bits first, as in https://protobuf.dev/programming-guides/encoding/#varints
 *         SourceGap => from the end of the run before, 0 for the first
 *         TargetGap => the same of the target, zigzag: a target topic that was emptied begins at 0 again
 *         Count => 0 in a thinned chunk: records up to the next run, somewhere from this place on (offset-runs.ts)
 *
 * Offsets are below 2^51. A run takes 3 to 5 bytes: most begin where the one before ended, but for the marker of a transaction.
 */

/** Flat: source offset, target offset, count of the first run, and so on. */
export type Runs = readonly number[];

const mostVarintBytes = 8;

export function encodeRuns(runs: Runs): Buffer {
  const bytes = Buffer.allocUnsafe(runs.length * mostVarintBytes);
  let at = 0;
  let sourceEnd = 0;
  let targetEnd = 0;
  for (let i = 0; i < runs.length; i += 3) {
    const source = runs[i] as number;
    const target = runs[i + 1] as number;
    const count = runs[i + 2] as number;
    const targetGap = target - targetEnd;
    at = writeVarint(bytes, at, source - sourceEnd);
    at = writeVarint(bytes, at, targetGap < 0 ? -2 * targetGap - 1 : 2 * targetGap);
    at = writeVarint(bytes, at, count);
    sourceEnd = source + count;
    targetEnd = target + count;
  }
  return Buffer.from(bytes.subarray(0, at));
}

export function decodeRuns(bytes: Uint8Array): number[] {
  const runs: number[] = [];
  let at = 0;
  let sourceEnd = 0;
  let targetEnd = 0;
  const next = () => {
    let value = 0;
    let byte = 0x80;
    for (let scale = 1; byte >= 0x80; scale *= 0x80) {
      byte = bytes[at++] as number;
      value += (byte & 0x7f) * scale;
    }
    return value;
  };
  while (at < bytes.length) {
    const source = sourceEnd + next();
    const zigzag = next();
    const target = targetEnd + (zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2);
    const count = next();
    runs.push(source, target, count);
    sourceEnd = source + count;
    targetEnd = target + count;
  }
  return runs;
}

/** Offsets are wider than the 32 bits that shifts work on. */
function writeVarint(bytes: Buffer, at: number, value: number): number {
  let rest = value;
  let end = at;
  while (rest >= 0x80) {
    bytes[end++] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  bytes[end++] = rest;
  return end;
}
