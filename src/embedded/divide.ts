/** Batches that are too much for the engine at once, as several smaller ones, each with the positions that it reaches. */
import type { BatchStep, PartitionName, PartitionProgress, StreamBatch } from '../sources/stream.ts';

/** Taken batches after which larger ones are tried again. */
const patience = 20;

/** How large batches may be, as far as that is known: it is remembered, as the next one is mostly like the last. */
export class BatchLimit {
  #maxBytes = Number.POSITIVE_INFINITY;
  #taken = 0;

  divide(batch: StreamBatch): readonly StreamBatch[] {
    return batch.lines.byteLength <= this.#maxBytes ? [batch] : divided(batch, this.#maxBytes);
  }

  /** After this one was too much: from now on half of it. False when it cannot be divided. */
  lower({ lines, steps = [] }: StreamBatch): boolean {
    if (steps.length < 2) return false;
    this.#maxBytes = lines.byteLength / 2;
    this.#taken = 0;
    return true;
  }

  noteTaken(): void {
    if (this.#maxBytes === Number.POSITIVE_INFINITY || ++this.#taken % patience !== 0) return;
    this.#maxBytes *= 2;
  }
}

/** Of as many steps as there is room for in so many bytes, and of one at least. */
function divided(batch: StreamBatch, maxBytes: number): readonly StreamBatch[] {
  const batches: StreamBatch[] = [];
  let steps: BatchStep[] = [];
  let start = 0;
  let end = 0;
  const endBatch = () => {
    if (steps.length > 0) batches.push(batchOf(batch, steps, batch.lines.subarray(start, end)));
    steps = [];
    start = end;
  };
  for (const step of batch.steps ?? []) {
    if (end + step.lineBytes - start > maxBytes) endBatch();
    steps.push(step);
    end += step.lineBytes;
  }
  endBatch();
  return batches;
}

function batchOf({ latest }: StreamBatch, steps: readonly BatchStep[], lines: Uint8Array): StreamBatch {
  const progress = new Map<PartitionName, PartitionProgress>();
  for (const { partition, from, to, origin } of steps)
    progress.set(partition, { from: progress.get(partition)?.from ?? from, to, origin });
  const sum = (count: (step: BatchStep) => number) => steps.reduce((total, step) => total + count(step), 0);
  const [records, bytes] = [sum((step) => step.records), sum((step) => step.bytes)];
  return { lines, records, bytes, progress, steps, latest };
}
