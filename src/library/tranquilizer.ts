/**
 * Events one by one, as Tranquility's core API takes them: batched here, kept durably there, each send answered for itself.
 * https://github.com/druid-io/tranquility/blob/master/docs/core.md
 */
import type { DroppedEvent, DropReason, PushOutcome } from '../backend.ts';
import { MillraceError } from '../errors.ts';
import { Batcher, type BatchLimits, type PushBatch, type Recipient } from './batcher.ts';
import { tranquilityEntry } from './definition.ts';
import { MessageDroppedError } from './errors.ts';
import { eventText } from './event-text.ts';
import { postLines } from './http-target.ts';
import type { Millrace } from './millrace.ts';

export interface TranquilizerConfig {
  /** As in an entry of a Tranquility file's `dataSources`: `dataSchema` and `tuningConfig`. The windowPeriod is PT10M by default. */
  readonly spec: object;
  /** As in a Tranquility file: `tranquility.maxBatchSize` and its neighbours; others are ignored here. */
  readonly properties?: Readonly<Record<string, string | number | boolean>>;
  /**
   * An open millrace, on which the spec is defined; or the URL of a running one, which must know the dataSource already,
   * or create it from its events.
   */
  readonly to: Millrace | { readonly url: string };
}

export interface Tranquilizer {
  /**
   * Settles when the event is durable. Rejects with MessageDroppedError when the event was not kept, with BufferFullError
   * when all is full and `tranquility.blockOnFull` is false, and with a MillraceError when its batch could not be delivered.
   * Sends that are not awaited pile up in memory while all is full.
   */
  send(event: object): Promise<void>;
  /**
   * Many at once, with one promise for all: settles when each is durable or dropped, and says which were dropped (`event`
   * counts from 0). Rejects when some of them could not be delivered.
   */
  sendBatch(events: readonly object[]): Promise<PushOutcome>;
  /** Sends what is gathered now and waits until all earlier sends are settled. Never rejects. */
  flush(): Promise<void>;
  /** Flushes; later sends are refused. Leaves the millrace open. */
  close(): Promise<void>;
  /** received = sent + failed + under way. Dropped events count as failed. */
  readonly counts: TranquilizerCounts;
}

export interface TranquilizerCounts {
  readonly receivedCount: number;
  readonly sentCount: number;
  readonly failedCount: number;
}

/** A push tells of no more dropped events by their place than this, so larger batches are sent as several. */
const mostEvents = 2000;

/** @throws MillraceError `invalidInput` when the spec or a property is wrong, with its place. */
export async function createTranquilizer({
  spec,
  properties: given = {},
  to,
}: TranquilizerConfig): Promise<Tranquilizer> {
  const entry = { spec, properties: given };
  const { dataSource, properties } = tranquilityEntry(entry);
  if (!('url' in to)) await to.define(entry);
  const limits: BatchLimits = {
    maxBatchSize: Math.min(properties['tranquility.maxBatchSize'], mostEvents),
    maxPendingBatches: properties['tranquility.maxPendingBatches'],
    lingerMillis: properties['tranquility.lingerMillis'],
    blockOnFull: properties['tranquility.blockOnFull'],
  };
  return new BatchingTranquilizer(dataSource.name, limits, pushTo(to, dataSource.name));
}

function pushTo(to: TranquilizerConfig['to'], dataSource: string): PushBatch {
  if ('url' in to) return (events) => postLines(to.url, dataSource, linesOf(events));
  return (events) => to.push(dataSource, linesOf(events));
}

const linesOf = (events: readonly string[]) => `${events.join('\n')}\n`;

class BatchingTranquilizer implements Tranquilizer {
  readonly #batcher: Batcher;
  readonly #dataSource: string;
  readonly #counts = { receivedCount: 0, sentCount: 0, failedCount: 0 };
  #closed = false;

  constructor(dataSource: string, limits: BatchLimits, push: PushBatch) {
    this.#dataSource = dataSource;
    this.#batcher = new Batcher(dataSource, limits, push);
  }

  get counts(): TranquilizerCounts {
    return { ...this.#counts };
  }

  async send(event: object): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#add([event], {
        sent: () => resolve(),
        dropped: (_index, reason) => reject(new MessageDroppedError(this.#dataSource, reason)),
        failed: (_index, error) => reject(error),
      });
    });
  }

  async sendBatch(events: readonly object[]): Promise<PushOutcome> {
    const received = events.length;
    const droppedEvents: DroppedEvent[] = [];
    await new Promise<void>((resolve, reject) => {
      let left = received;
      let failure: { readonly error: unknown } | undefined;
      const settleOne = () => {
        if (--left > 0) return;
        if (failure) reject(failure.error);
        else resolve();
      };
      this.#add(events, {
        sent: settleOne,
        dropped: (event, reason) => {
          droppedEvents.push({ event, reason });
          settleOne();
        },
        failed: (_index, error) => {
          failure ??= { error };
          settleOne();
        },
      });
      if (received === 0) resolve();
    });
    droppedEvents.sort((a, b) => a.event - b.event);
    const dropped: Partial<Record<DropReason, number>> = {};
    for (const { reason } of droppedEvents) dropped[reason] = (dropped[reason] ?? 0) + 1;
    return { received, sent: received - droppedEvents.length, dropped, droppedEvents };
  }

  flush(): Promise<void> {
    return this.#batcher.flush();
  }

  close(): Promise<void> {
    this.#closed = true;
    return this.flush();
  }

  /** Throws when the events cannot be taken; then they are counted as failed. */
  #add(events: readonly object[], recipient: Recipient): void {
    if (this.#closed) throw new MillraceError('unavailable', 'the tranquilizer is closed; create another one');
    const counts = this.#counts;
    const texts = events.map(eventText);
    counts.receivedCount += texts.length;
    try {
      this.#batcher.add(texts, {
        sent: (index) => {
          counts.sentCount++;
          recipient.sent(index);
        },
        dropped: (index, reason) => {
          counts.failedCount++;
          recipient.dropped(index, reason);
        },
        failed: (index, error) => {
          counts.failedCount++;
          recipient.failed(index, error);
        },
      });
    } catch (error) {
      counts.failedCount += texts.length;
      throw error;
    }
  }
}
