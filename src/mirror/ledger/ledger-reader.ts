/**
 * The whole ledger of a flow as others write it: followed from its beginning, in all lanes. Only what is committed is seen, so that
 * an offset never leads to a record that is not there.
 */
import { asMillraceError, MillraceError } from '../../errors.ts';
import { type Cluster, type Fetcher, Signal } from '../../kafka/index.ts';
import { Ledger } from './ledger.ts';
import { ledgerColumns, ledgerRecordsOf } from './ledger-records.ts';
import type { LedgerTopic } from './ledger-topic.ts';

export class LedgerReader implements AsyncDisposable {
  readonly ledger = new Ledger();
  readonly #target: Cluster;
  readonly #lanes: readonly { readonly topic: string; readonly partition: number }[];
  readonly #fetcher: Fetcher;
  /** Of each lane's part, all below this offset was taken in. */
  readonly #positions: number[];
  readonly #moved = new Signal();
  #end: MillraceError | undefined;

  private constructor(target: Cluster, topic: string, starts: number[]) {
    this.#target = target;
    this.#lanes = starts.map((_, partition) => ({ topic, partition }));
    this.#positions = starts;
    const assignments = starts.map((offset, partition) => ({ topic, partition, offset }));
    this.#fetcher = target.fetch(assignments, { columns: ledgerColumns });
    this.#follow()
      .then(() => notFollowed(topic), asMillraceError)
      .then((end) => {
        this.#end = end;
        this.#moved.notify();
      });
  }

  /** @throws MillraceError `unavailable` when the target does not answer. */
  static async open(target: Cluster, { topic, lanes }: LedgerTopic): Promise<LedgerReader> {
    const partitions = Array.from({ length: lanes }, (_, partition) => ({ topic, partition }));
    const starts = await target.listOffsets(partitions, 'earliest');
    return new LedgerReader(
      target,
      topic,
      starts.map(({ offset }) => offset ?? 0),
    );
  }

  /**
   * Until all that is committed by now is taken in.
   * @throws MillraceError `unavailable`; `cancelled` once it is closed. After it has thrown, the reader is of no more use.
   */
  async catchUp(): Promise<void> {
    const ends = await this.#target.listOffsets(this.#lanes, 'latest');
    while (ends.some(({ offset }, lane) => (offset ?? 0) > (this.#positions[lane] as number))) {
      if (this.#end) throw this.#end;
      await this.#moved.wait();
    }
  }

  [Symbol.asyncDispose] = (): Promise<void> => this.#fetcher.close();

  async #follow(): Promise<void> {
    for await (const fetched of this.#fetcher) {
      for (const record of ledgerRecordsOf(fetched)) this.ledger.take(record);
      if (fetched.kind === 'values') this.#positions[fetched.partition] = fetched.nextOffset;
      this.#moved.notify();
    }
  }
}

/** A reader that is opened when it is needed, and anew where one has failed. */
export class CurrentLedger implements AsyncDisposable {
  readonly #target: Cluster;
  readonly #topic: LedgerTopic;
  #reader: Promise<LedgerReader> | undefined;
  #isClosed = false;

  constructor(target: Cluster, topic: LedgerTopic) {
    this.#target = target;
    this.#topic = topic;
  }

  /** With all that is committed by now. @throws MillraceError `unavailable`: the next time begins at the ledger's start; `cancelled` once closed. */
  async read(): Promise<Ledger> {
    if (this.#isClosed) throw notFollowed(this.#topic.topic);
    this.#reader ??= LedgerReader.open(this.#target, this.#topic);
    const reading = this.#reader;
    try {
      const reader = await reading;
      await reader.catchUp();
      return reader.ledger;
    } catch (error) {
      if (this.#reader === reading) await this.#drop();
      throw error;
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    return this.#drop();
  }

  async #drop(): Promise<void> {
    const reader = this.#reader;
    this.#reader = undefined;
    const opened = await reader?.catch(() => undefined);
    await opened?.[Symbol.asyncDispose]();
  }
}

const notFollowed = (topic: string) => new MillraceError('cancelled', `the ledger '${topic}' is not followed any more`);
