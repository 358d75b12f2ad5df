/**
 * What a fetcher brings, as a stream's batches: all that came while the reader worked on the last one is the next one. So they
 * are small when events are rare, and grow when the reader is behind, without a clock that would delay the rare ones. One that is full
 * waits to be taken, and nothing more is fetched than the fetcher's few answers.
 */
import { asMillraceError, type MillraceError } from '../errors.ts';
import { type Fetched, type PartitionProblem, type Position, Signal } from '../kafka/index.ts';
import { fullBatchBytes, GrowingBatch } from './kafka-batch.ts';
import type { StreamBatch } from './stream.ts';

/** What of a Fetcher is needed here. */
export interface FetchedSource extends AsyncIterable<Fetched> {
  positions(): Position[];
  close(): Promise<void>;
}

/**
 * Reads until the signal aborts, or a partition has a problem, which it returns once all that came before is taken.
 * Closes the fetcher.
 */
export async function* readBatches(
  fetcher: FetchedSource,
  signal: AbortSignal,
): AsyncGenerator<StreamBatch, PartitionProblem | undefined, void> {
  const gatherer = new Gatherer();
  const stop = () => {
    gatherer.stop();
    void fetcher.close();
  };
  signal.addEventListener('abort', stop);
  const gathering = gatherer.gather(fetcher);
  try {
    while (!signal.aborted) {
      const batch = await gatherer.take();
      if (signal.aborted) break;
      if (batch === undefined) return gatherer.problem();
      yield batch.finish(fetcher.positions());
      gatherer.reuse(batch);
    }
    return undefined;
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
    await gathering;
  }
}

class Gatherer {
  #batch = new GrowingBatch(Buffer.alloc(0));
  #spare: Buffer = Buffer.alloc(0);
  #end: PartitionProblem | MillraceError | undefined;
  #isOver = false;
  readonly #came = new Signal();
  readonly #taken = new Signal();

  /** Takes in until it is stopped, or a partition has a problem. */
  async gather(source: AsyncIterable<Fetched>): Promise<void> {
    try {
      for await (const fetched of source) {
        if (fetched.kind === 'problem') {
          this.#end = fetched;
          break;
        }
        this.#batch.add(fetched);
        this.#came.notify();
        while (!this.#isOver && this.#batch.lineBytes >= fullBatchBytes) await this.#taken.wait();
        if (this.#isOver) break;
      }
    } catch (error) {
      // Kept for the reader, who may be at work elsewhere.
      this.#end = asMillraceError(error);
    }
    this.stop();
  }

  /** What has come; waits for something to come. Undefined when there is nothing more. */
  async take(): Promise<GrowingBatch | undefined> {
    while (this.#batch.isEmpty && !this.#isOver) await this.#came.wait();
    if (this.#batch.isEmpty) return undefined;
    const batch = this.#batch;
    this.#batch = new GrowingBatch(this.#spare);
    this.#spare = Buffer.alloc(0);
    this.#taken.notify();
    return batch;
  }

  /** The reader has done with it. */
  reuse(batch: GrowingBatch): void {
    this.#spare = batch.recycle();
  }

  /** Why it ended by itself. */
  problem(): PartitionProblem | undefined {
    if (this.#end !== undefined && !('kind' in this.#end)) throw this.#end;
    return this.#end;
  }

  stop(): void {
    this.#isOver = true;
    this.#came.notify();
    this.#taken.notify();
  }
}
