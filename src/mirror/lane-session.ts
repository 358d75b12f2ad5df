/**
 * One try at a lane: reads its ledger, and passes batches from the source to the target from there on. What goes wrong ends it; the
 * next one begins with what the ledger says then.
 */
import { type FetchedBatches, type Fetcher, Repacker, Signal } from '../kafka/index.ts';
import { regularly } from '../waiting.ts';
import type { LaneContext } from './lane-context.ts';
import { LanePartitions } from './lane-partitions.ts';
import { Ledger } from './ledger/ledger.ts';
import type { RefusedPartitions } from './refused-partitions.ts';
import { SourceGroup } from './source-group.ts';
import { together } from './together.ts';
import { createWriter } from './writers/index.ts';
import type { LaneWriter } from './writers/lane-writer.ts';

export class LaneSession {
  readonly #context: LaneContext;
  readonly #refused: RefusedPartitions;
  readonly #writer: LaneWriter;
  readonly #repacker = new Repacker();
  /** While a transaction is committed, nothing new goes into it. */
  #isGateClosed = false;
  readonly #gateOpened = new Signal();
  #hasCommitted = false;
  readonly #sourceGroup: SourceGroup | undefined;

  constructor(context: LaneContext, refused: RefusedPartitions) {
    const { flow, source, log } = context;
    this.#context = context;
    this.#refused = refused;
    this.#sourceGroup = flow.sourceGroup === undefined ? undefined : new SourceGroup(source, flow.sourceGroup, log);
    this.#writer = createWriter(context);
  }

  /** Whether it came so far: then what made it fail is nothing that it fails by at once. */
  get hasCommitted(): boolean {
    return this.#hasCommitted;
  }

  /** Until the signal aborts; what was passed on by then is committed. @throws whatever ended it before. */
  async run(signal: AbortSignal): Promise<void> {
    const { source, target, ledger: ledgerTopic, lane, maxHeldBytes, status } = this.#context;
    try {
      await this.#writer.open();
      const ledger = await Ledger.load(target, ledgerTopic.topic, lane);
      status.problem = undefined;
      await using fetcher = source.fetchBatches([], { maxHeldBytes });
      const partitions = new LanePartitions(this.#context, ledger, fetcher, this.#refused);
      const parts = together(signal, [
        (ending) => partitions.follow(ending),
        (ending) => this.#pump(fetcher, partitions, ending),
        (ending) => this.#commitRegularly(ledger, partitions, ending),
        (ending) => partitions.watchLag(ending),
        (ending) => partitions.forget(ending),
      ]);
      await parts.catch((error) => this.#leave(ledger, partitions, error));
      await partitions.settled();
      await this.#commit(ledger, partitions);
      await this.#sourceGroup?.tell(partitions.positions());
    } finally {
      status.partitions = 0;
      status.stopped.clear();
      await this.#writer.close();
    }
  }

  async #pump(fetcher: Fetcher<FetchedBatches>, partitions: LanePartitions, ending: AbortSignal): Promise<void> {
    const close = () => void fetcher.close();
    if (ending.aborted) close();
    else ending.addEventListener('abort', close, { once: true });
    const failed = Promise.withResolvers<never>();
    const pass = async () => {
      for await (const fetched of fetcher) {
        while (this.#isGateClosed) await this.#gateOpened.wait();
        // What is sent now would not come into the ledger.
        if (ending.aborted) break;
        if (fetched.kind === 'problem') await partitions.meet(fetched);
        else this.#pass(fetched, partitions).catch(failed.reject);
      }
    };
    await Promise.race([pass(), failed.promise]);
  }

  async #pass(fetched: FetchedBatches, partitions: LanePartitions): Promise<void> {
    const partition = partitions.find(fetched.topic, fetched.partition);
    // It was taken away, or stopped, while this was on its way.
    if (partition === undefined || partition.isStopped) fetched.release();
    else {
      const problem = await partition.pass(fetched, this.#repacker, this.#writer);
      if (!this.#writer.isAtomic) partition.visible();
      if (problem !== undefined) await partitions.meet(problem);
    }
  }

  /** What was acknowledged need not be written again; in a transaction, nothing was yet. */
  async #leave(ledger: Ledger, partitions: LanePartitions, error: unknown): Promise<never> {
    if (!this.#writer.isAtomic) {
      await partitions.quiet();
      await this.#commit(ledger, partitions).catch((err) => this.#context.log.debug({ err }, 'the ledger is behind'));
    }
    throw error;
  }

  #commitRegularly(ledger: Ledger, partitions: LanePartitions, signal: AbortSignal): Promise<void> {
    return regularly(this.#context.flow.commitIntervalMs, signal, async () => {
      await this.#commit(ledger, partitions);
      // Only what is committed is told.
      if (!signal.aborted && this.#hasCommitted && this.#sourceGroup?.isDue)
        void this.#sourceGroup.tell(partitions.positions());
    });
  }

  async #commit(ledger: Ledger, partitions: LanePartitions): Promise<void> {
    this.#isGateClosed = this.#writer.isAtomic;
    try {
      if (this.#isGateClosed) await partitions.settled();
      const changes = ledger.takeChanges();
      if (changes.length === 0) return;
      const begunAt = performance.now();
      await this.#writer.commit(changes);
      this.#hasCommitted = true;
      if (this.#writer.isAtomic) partitions.visible();
      this.#context.metrics.committed((performance.now() - begunAt) / 1000);
    } finally {
      this.#isGateClosed = false;
      this.#gateOpened.notify();
    }
  }
}
