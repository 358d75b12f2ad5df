/** A batch that grows while nobody takes it. */
import type { PartitionValues, Position } from '../kafka/index.ts';
import { copyToShared } from '../shared-bytes.ts';
import { originText, partitionName } from './kafka-partition.ts';
import { readableLines } from './readable-lines.ts';
import type { BatchStep, PartitionName, PartitionProgress, StreamBatch } from './stream.ts';

/** From this size on a batch grows no more. Larger ones gain little, and three take their size: one grows, one waits, one is read. */
export const fullBatchBytes = 20 * 2 ** 20;

/** A batch beyond this is one of many, mostly: its buffer is made as large as any of them will need. */
const largeBatchBytes = 2 ** 20;

/** By how much a full batch may be larger than it has to be: it ends with a whole answer. */
const slackBytes = 2 ** 20;

export class GrowingBatch {
  #buffer: Buffer;
  readonly #progress = new Map<PartitionName, PartitionProgress>();
  readonly #steps: BatchStep[] = [];
  #records = 0;
  #lineBytes = 0;
  #valueBytes = 0;
  /** What {@link finish} gave out, until more is added. */
  #lines: Buffer | undefined;

  /** @param buffer what to fill: that of a batch nobody looks at any more, or an empty one. It is replaced when it is too small. */
  constructor(buffer: Buffer) {
    this.#buffer = buffer;
  }

  /** Whether it covers nothing; one of aborted records alone has no lines, but covers them. */
  get isEmpty(): boolean {
    return this.#progress.size === 0;
  }

  /** With a line feed for each record. */
  get lineBytes(): number {
    return this.#lineBytes;
  }

  /** Of each partition in order, without a gap. */
  add(fetched: PartitionValues): void {
    const { values, records, valueBytes, mayBeBlank, firstOffset, nextOffset } = fetched;
    const partition = partitionName(fetched);
    const step = { from: BigInt(firstOffset), to: BigInt(nextOffset), origin: originText(fetched) };
    this.#progress.set(partition, { ...step, from: this.#progress.get(partition)?.from ?? step.from });
    const { lines, blank } = readableLines(values, mayBeBlank);
    this.#lines = undefined;
    this.#append(lines);
    this.#records += records - blank;
    this.#valueBytes += valueBytes;
    const [lineBytes, kept] = [lines.byteLength, records - blank];
    this.#steps.push({ ...step, partition, lineBytes, records: kept, bytes: valueBytes });
  }

  /** Asked again without more having been added, its lines are the same object. */
  finish(positions: readonly Position[]): StreamBatch {
    this.#lines ??= this.#buffer.subarray(0, this.#lineBytes);
    return {
      lines: this.#lines,
      records: this.#records,
      bytes: this.#valueBytes,
      progress: this.#progress,
      steps: this.#steps,
      latest: new Map(positions.flatMap((position) => latestOf(position))),
    };
  }

  /** Its buffer, for a later batch; an empty one where it would be much larger than it has to be. */
  recycle(): Buffer {
    return this.#lineBytes * 16 < this.#buffer.byteLength ? Buffer.alloc(0) : this.#buffer;
  }

  /** What was fetched lies where the next answer will be put. */
  #append(values: Uint8Array): void {
    const end = this.#lineBytes + values.byteLength;
    if (end > this.#buffer.byteLength) {
      // For a thread that makes columns of it.
      const larger = Buffer.from(new SharedArrayBuffer(this.#roomFor(end)));
      copyToShared(this.#buffer.subarray(0, this.#lineBytes), larger, 0);
      this.#buffer = larger;
    }
    copyToShared(values, this.#buffer, this.#lineBytes);
    this.#lineBytes = end;
  }

  /** Untouched pages cost nothing; a larger buffer later costs a copy, and the smaller one stays around until a garbage collection. */
  #roomFor(end: number): number {
    if (this.#lineBytes === 0) return end;
    return end < largeBatchBytes ? 2 * end : Math.max(end, fullBatchBytes + slackBytes);
  }
}

/** Without read_committed a broker does not tell the last stable offset. */
function latestOf(position: Position): [PartitionName, bigint][] {
  const { highWatermark, lastStableOffset = -1 } = position;
  const latest = lastStableOffset >= 0 ? lastStableOffset : highWatermark;
  return latest === undefined ? [] : [[partitionName(position), BigInt(latest)]];
}
