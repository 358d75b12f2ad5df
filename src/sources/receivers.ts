/** The receivers of a realtime node: events that are posted to a service name. */
import type { PushedEvents, PushOutcome, Receivers } from '../backend.ts';
import { invalidInput, MillraceError, notFound } from '../errors.ts';
import type { DataSource } from '../spec/data-source.ts';
import { clippedDataSource } from './firehoses/clip.ts';
import type { RealtimeSpecs, ReceiverSource } from './firehoses/index.ts';

interface Receiver {
  readonly source: ReceiverSource;
  readonly dataSource: DataSource;
  /** Events that are not committed yet. */
  waiting: number;
  /** Nothing is taken from this time on. */
  untilMs: number;
}

export interface ReceiverTarget {
  /** Takes a receiver's events into its dataSource; settled when they are durable. */
  submit(dataSource: DataSource, events: PushedEvents): Promise<PushOutcome>;
  readonly now: () => number;
}

export class EventReceivers implements Receivers {
  readonly #receivers = new Map<string, Receiver>();
  readonly #target: ReceiverTarget;

  /** @throws MillraceError `invalidInput` when two of them have one name. */
  constructor(target: ReceiverTarget, specs: RealtimeSpecs) {
    this.#target = target;
    for (const { dataSource, firehose } of specs)
      for (const source of firehose) if (source.kind === 'receiver') this.#add(source, dataSource);
  }

  async push(serviceName: string, { lines, events }: PushedEvents): Promise<PushOutcome> {
    const receiver = this.#find(serviceName);
    if (events === 0) return { received: 0, sent: 0, dropped: {}, droppedEvents: [] };
    const { source, dataSource, waiting } = receiver;
    // What is larger than the whole buffer may still pass when nothing waits.
    if (waiting > 0 && waiting + events > source.bufferSize) throw bufferFull(receiver);
    receiver.waiting += events;
    try {
      return await this.#target.submit(dataSource, { lines, events });
    } finally {
      receiver.waiting -= events;
    }
  }

  shutOff(serviceName: string, atMs: number): void {
    const receiver = this.#find(serviceName);
    receiver.untilMs = Math.min(receiver.untilMs, atMs);
  }

  #add(source: ReceiverSource, dataSource: DataSource): void {
    const { serviceName, untilMs = Number.POSITIVE_INFINITY } = source;
    if (this.#receivers.has(serviceName))
      throw invalidInput(`two receivers have the serviceName '${serviceName}'; give one another`);
    const clipped = clippedDataSource(dataSource, source.clips);
    this.#receivers.set(serviceName, { source, dataSource: clipped, waiting: 0, untilMs });
  }

  #find(serviceName: string): Receiver {
    const receiver = this.#receivers.get(serviceName);
    if (!receiver) {
      const names = [...this.#receivers.keys()].map((name) => `'${name}'`).join(', ');
      throw notFound(`there is no receiver '${serviceName}' here${names && `; there are ${names}`}`);
    }
    if (this.#target.now() >= receiver.untilMs)
      throw notFound(`receiver '${serviceName}' is shut off since ${new Date(receiver.untilMs).toISOString()}`);
    return receiver;
  }
}

const bufferFull = ({ source: { serviceName, bufferSize }, waiting }: Receiver) =>
  new MillraceError(
    'bufferFull',
    `receiver '${serviceName}' has ${waiting} events waiting of at most ${bufferSize} (bufferSize); send it again later`,
    { retryAfterSeconds: 1 },
  );
