/**
 * What a fetcher brings, as a stream's batches: all that came while the reader worked on the last one is the next one. So they
 * are small when events are rare, and grow when the reader is behind, without a clock that would delay the rare ones. Who is far behind gets
 * full ones, mostly. One that is full waits to be taken while the next one grows; when that is full, too, nothing more is fetched than the fetcher's few answers.
 */
import { asMillraceError, type MillraceError } from '../errors.ts';
import { type Fetched, type PartitionProblem, type Position, Signal } from '../kafka/index.ts';
import { fullBatchBytes, GrowingBatch } from './kafka-batch.ts';
import type { StreamBatch } from './stream.ts';

/** Who is so many records behind has several full batches before him, mostly. */
const farBehind = 200_000;

/** How long he waits for the batch to become full. */
const patienceMs = 100;

/** What of a Fetcher is needed here. */
export interface FetchedSource extends AsyncIterable<Fetched> {
  positions(): Position[];
  close(): Promise<void>;
}

/**
 * Reads until the signal aborts, or a partition has a problem, which it returns once all that came before is taken.
 * Closes the fetcher.
 * @param onFull told of each batch that waits to be taken as it is.
 */
export async function* readBatches(
  fetcher: FetchedSource,
  signal: AbortSignal,
  onFull: (batch: StreamBatch) => void = () => {},
): AsyncGenerator<StreamBatch, PartitionProblem | undefined, void> {
  const gatherer = new Gatherer({
    onFull: (batch) => onFull(batch.finish(fetcher.positions())),
    behind: () => fetcher.positions().reduce((sum, position) => sum + behind(position), 0),
  });
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

/** How many records are there that were not fetched. */
const behind = ({ offset, highWatermark = offset }: Position) => Math.max(0, highWatermark - offset);

interface GathererOptions {
  onFull(batch: GrowingBatch): void;
  behind(): number;
}

class Gatherer {
  readonly #options: GathererOptions;
  #batch = new GrowingBatch(Buffer.alloc(0));
  /** Full, and told of; what comes meanwhile is the next one. */
  #full: GrowingBatch | undefined;
  readonly #spares: Buffer[] = [];
  #end: PartitionProblem | MillraceError | undefined;
  #isOver = false;
  readonly #came = new Signal();
  readonly #taken = new Signal();

  constructor(options: GathererOptions) {
    this.#options = options;
  }

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
        if (this.#batch.lineBytes >= fullBatchBytes) await this.#whenFull();
        if (this.#isOver) break;
      }
    } catch (error) {
      // Kept for the reader, who may be at work elsewhere.
      this.#end = asMillraceError(error);
    }
    this.stop();
  }

  async #whenFull(): Promise<void> {
    // Who waits for a batch takes it first: there is nothing to gain by telling of it.
    await new Promise((resolve) => setImmediate(resolve));
    while (!this.#isOver && this.#full !== undefined) await this.#taken.wait();
    const batch = this.#batch;
    if (this.#isOver || batch.lineBytes < fullBatchBytes) return;
    this.#full = batch;
    this.#renew();
    this.#options.onFull(batch);
  }

  #renew(): void {
    this.#batch = new GrowingBatch(this.#spares.pop() ?? Buffer.alloc(0));
  }

  /** What has come; waits for something to come. Undefined when there is nothing more. */
  async take(): Promise<GrowingBatch | undefined> {
    while (this.#full === undefined && this.#batch.isEmpty && !this.#isOver) await this.#came.wait();
    await this.#fill();
    const batch = this.#full ?? this.#batch;
    if (batch.isEmpty) return undefined;
    if (batch === this.#full) this.#full = undefined;
    else this.#renew();
    this.#taken.notify();
    return batch;
  }

  /** A full batch costs hardly more than a small one, and who is far behind sees it soon. */
  async #fill(): Promise<void> {
    const isFull = () => this.#full !== undefined || this.#batch.lineBytes >= fullBatchBytes;
    const isWorthWaiting = () => !this.#isOver && !isFull() && this.#options.behind() >= farBehind;
    if (!isWorthWaiting()) return;
    const deadline = performance.now() + patienceMs;
    const timer = setTimeout(() => this.#came.notify(), patienceMs);
    while (performance.now() < deadline && isWorthWaiting()) await this.#came.wait();
    clearTimeout(timer);
  }

  /** The reader has done with it. */
  reuse(batch: GrowingBatch): void {
    const buffer = batch.recycle();
    if (buffer.byteLength > 0) this.#spares.push(buffer);
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
