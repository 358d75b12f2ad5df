/** A batch that grows while nobody takes it. */
import type { PartitionValues, Position } from '../kafka/index.ts';
import { partitionName } from './kafka-partition.ts';
import type { PartitionName, StreamBatch } from './stream.ts';

export class GrowingBatch {
  #lines = Buffer.alloc(0);
  readonly #progress = new Map<PartitionName, { readonly from: bigint; readonly to: bigint }>();
  #records = 0;
  #lineBytes = 0;

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
    const { values, records, firstOffset, nextOffset } = fetched;
    const name = partitionName(fetched);
    const from = this.#progress.get(name)?.from ?? BigInt(firstOffset);
    this.#progress.set(name, { from, to: BigInt(nextOffset) });
    this.#append(values);
    this.#records += records;
  }

  finish(positions: readonly Position[]): StreamBatch {
    return {
      lines: this.#lines.subarray(0, this.#lineBytes),
      records: this.#records,
      bytes: this.#lineBytes - this.#records,
      progress: this.#progress,
      latest: new Map(positions.flatMap((position) => latestOf(position))),
    };
  }

  /** What was fetched lies where the next answer will be put. */
  #append(values: Uint8Array): void {
    const end = this.#lineBytes + values.byteLength;
    if (end > this.#lines.byteLength) {
      const larger = Buffer.allocUnsafeSlow(this.#lineBytes === 0 ? end : 2 * end);
      larger.set(this.#lines.subarray(0, this.#lineBytes));
      this.#lines = larger;
    }
    this.#lines.set(values, this.#lineBytes);
    this.#lineBytes = end;
  }
}

/** Without read_committed a broker does not tell the last stable offset. */
function latestOf(position: Position): [PartitionName, bigint][] {
  const { highWatermark, lastStableOffset = -1 } = position;
  const latest = lastStableOffset >= 0 ? lastStableOffset : highWatermark;
  return latest === undefined ? [] : [[partitionName(position), BigInt(latest)]];
}
