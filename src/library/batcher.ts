/**
 * Events one by one → batches under way, bounded: at most `maxPendingBatches` at a time, each of at most `maxBatchSize`
 * events, and one more that is being gathered.
 */
import type { DropReason, PushOutcome } from '../backend.ts';
import { MillraceError } from '../errors.ts';
import { BufferFullError } from './errors.ts';

export interface BatchLimits {
  /** Events. */
  readonly maxBatchSize: number;
  readonly maxPendingBatches: number;
  /** How long a batch that is not full waits for more events; −1: until it is full or flushed. */
  readonly lingerMillis: number;
  /** Whether events wait for room when all is full; else they are refused with BufferFullError. */
  readonly blockOnFull: boolean;
}

/** Takes a batch of JSON texts, one event each. Settles when they are durable. */
export type PushBatch = (events: readonly string[]) => Promise<PushOutcome>;

/** Told once for each event, by its index among those that were added together. */
export interface Recipient {
  sent(index: number): void;
  dropped(index: number, reason: DropReason): void;
  failed(index: number, error: unknown): void;
}

interface Entry {
  readonly event: string;
  readonly index: number;
  readonly recipient: Recipient;
}

export class Batcher {
  readonly #dataSource: string;
  readonly #limits: BatchLimits;
  readonly #push: PushBatch;
  /** Not under way yet, the oldest first: those in the batch that is gathered, then those that wait for room. */
  readonly #gathered: Entry[] = [];
  readonly #pending = new Set<Promise<void>>();
  /** Events that were ever added, that are or were under way, and that need not wait for a full batch: each the first so many. */
  #added = 0;
  #dispatched = 0;
  #due = 0;
  #linger: NodeJS.Timeout | NodeJS.Immediate | undefined;

  constructor(dataSource: string, limits: BatchLimits, push: PushBatch) {
    this.#dataSource = dataSource;
    this.#limits = limits;
    this.#push = push;
  }

  /** Takes all of these, or throws BufferFullError and takes none. */
  add(events: readonly string[], recipient: Recipient): void {
    const { maxBatchSize, maxPendingBatches, blockOnFull } = this.#limits;
    const room = (maxPendingBatches - this.#pending.size + 1) * maxBatchSize - this.#gathered.length;
    if (!blockOnFull && room < events.length) throw new BufferFullError(this.#dataSource);
    events.forEach((event, index) => {
      this.#gathered.push({ event, index, recipient });
    });
    this.#added += events.length;
    this.#dispatch();
  }

  /** Settles when everything that was added before is settled. Never rejects. */
  async flush(): Promise<void> {
    const target = this.#added;
    this.#due = target;
    this.#dispatch();
    while (this.#dispatched < target) await Promise.race(this.#pending);
    await Promise.all(this.#pending);
  }

  #dispatch(): void {
    const { maxBatchSize, maxPendingBatches } = this.#limits;
    while (
      this.#pending.size < maxPendingBatches &&
      (this.#gathered.length >= maxBatchSize || this.#dispatched < this.#due)
    ) {
      const batch = this.#gathered.splice(0, maxBatchSize);
      this.#dispatched += batch.length;
      const done = this.#settle(batch).finally(() => {
        this.#pending.delete(done);
        this.#dispatch();
      });
      this.#pending.add(done);
    }
    this.#startLinger();
  }

  /** Events that are sent in one turn of the event loop share a batch even without lingering. */
  #startLinger(): void {
    const { lingerMillis } = this.#limits;
    const allDue = Math.max(this.#due, this.#dispatched) >= this.#added;
    if (this.#linger !== undefined || lingerMillis < 0 || allDue) return;
    const expire = () => {
      this.#linger = undefined;
      this.#due = this.#added;
      this.#dispatch();
    };
    this.#linger = lingerMillis === 0 ? setImmediate(expire) : setTimeout(expire, lingerMillis);
  }

  async #settle(batch: readonly Entry[]): Promise<void> {
    try {
      const { received, sent, droppedEvents } = await this.#push(batch.map(({ event }) => event));
      if (received !== batch.length || sent + droppedEvents.length !== received)
        throw unclear(batch.length, received, sent);
      const reasons = new Map<number, DropReason>(droppedEvents.map(({ event, reason }) => [event, reason]));
      batch.forEach(({ index, recipient }, position) => {
        const reason = reasons.get(position);
        if (reason === undefined) recipient.sent(index);
        else recipient.dropped(index, reason);
      });
    } catch (error) {
      for (const { index, recipient } of batch) recipient.failed(index, error);
    }
  }
}

const unclear = (events: number, received: number, sent: number) =>
  new MillraceError(
    'runtimeFailure',
    `of ${events} events the server received ${received} and kept ${sent}, without saying which; is it a millrace of this version?`,
  );
