/**
 * Some partitions of a stream, from their positions on, into the committer batch by batch. Positions commit with the rows, so
 * nothing here is needed to be exact after a crash: whoever reads next begins at the stored positions.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { asMillraceError, MillraceError } from '../errors.ts';
import type { Committer } from '../ingest/committer.ts';
import type { Part, Work, WorkOutcome } from '../ingest/work.ts';
import type { LostPosition, Origin, PartitionName, Stream, StreamBatch } from '../sources/stream.ts';
import type { DataSource } from '../spec/data-source.ts';
import { backOffMs } from './alarm.ts';
import { BatchLimit } from './divide.ts';

/** `stream`: it could not be read. `lost`: it does not have these positions. `failed`: what was read could not be taken. */
export type ReadingEnd =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'stream' | 'failed'; readonly error: MillraceError }
  | { readonly kind: 'lost'; readonly error: MillraceError; readonly lost: readonly LostPosition[] };

export interface RoutedBatch {
  readonly batch: StreamBatch;
  readonly dataSource: DataSource;
}

export interface ReadingOptions {
  readonly stream: Stream;
  readonly committer: Pick<Committer, 'submit' | 'begin' | 'forget'>;
  /** The source of the commits' progress. */
  readonly source: string;
  /** The stored positions of the partitions to read. */
  readonly from: ReadonlyMap<PartitionName, bigint>;
  /** Which logs they are of, as far as that is stored. */
  readonly origins: ReadonlyMap<PartitionName, Origin>;
  /** Where what is read goes. Parts of a batch are committed beside each other, each with its own positions. */
  readonly route: (batch: StreamBatch) => readonly RoutedBatch[];
  /** How many of a batch's last unparseable events its outcome shows. */
  readonly keepUnparseable: number;
  /** Whether events are counted of which a field does not become its column's number. */
  readonly fieldErrors?: boolean;
  /** Throws when nothing of a batch with this outcome may be taken. */
  readonly accept?: ((outcome: WorkOutcome, batch: StreamBatch) => void) | undefined;
  onCommit(batch: StreamBatch, outcome: WorkOutcome): void;
  /** What keeps a batch from being taken for now; it is tried again. */
  onDelay(error: MillraceError): void;
}

/** Codes of what passes by itself: a full queue, a full disk. */
const passing: readonly string[] = ['bufferFull', 'unavailable', 'capacityExceeded'];

/** Codes of what may pass when it is asked for less at once. */
const tooMuch: readonly string[] = ['tooLarge', 'capacityExceeded'];

export class Reading {
  readonly from: ReadonlyMap<PartitionName, bigint>;
  /** Never rejects. */
  readonly ended: Promise<ReadingEnd>;
  readonly #options: ReadingOptions;
  readonly #current: Map<PartitionName, bigint>;
  readonly #limit = new BatchLimit();
  readonly #stop = new AbortController();
  #end: ReadingEnd | undefined;
  /** Full batches that come next, by their lines: what of them goes where, and was begun. */
  readonly #ahead = new Map<Uint8Array, readonly RoutedBatch[]>();

  constructor(options: ReadingOptions) {
    this.#options = options;
    this.from = options.from;
    this.#current = new Map(options.from);
    this.ended = this.#run().then((end) => {
      this.#end = end;
      return end;
    });
  }

  /** Up to where its partitions are committed. */
  get current(): ReadonlyMap<PartitionName, bigint> {
    return this.#current;
  }

  /** Undefined while it reads. */
  get end(): ReadingEnd | undefined {
    return this.#end;
  }

  /** Reads no more; settled when what it had in the committer is. */
  stop(): Promise<ReadingEnd> {
    this.#stop.abort();
    return this.ended;
  }

  async #run(): Promise<ReadingEnd> {
    const { signal } = this.#stop;
    const onFull = (batch: StreamBatch) => this.#begin(batch);
    const batches = this.#options.stream.read(this.from, signal, this.#options.origins, onFull);
    try {
      while (!signal.aborted) {
        const batch = await batches.next().catch((error: unknown) => streamEnd(asMillraceError(error)));
        if ('kind' in batch) return signal.aborted ? { kind: 'stopped' } : batch;
        if (batch.done) return signal.aborted ? { kind: 'stopped' } : { kind: 'stream', error: endedEarly() };
        await allDone(this.#routed(batch.value).map((routed) => this.#commit(routed)));
      }
    } catch (error) {
      if (!signal.aborted) return { kind: 'failed', error: asMillraceError(error) };
    } finally {
      await batches.return().catch(() => {});
      for (const routed of this.#ahead.values()) this.#forget(routed);
    }
    return { kind: 'stopped' };
  }

  /** While the one before it is committed. */
  #begin(batch: StreamBatch): void {
    const routed = this.#options.route(batch);
    this.#ahead.set(batch.lines, routed);
    for (const one of routed)
      if (this.#limit.divide(one.batch).length === 1) this.#options.committer.begin(this.#partOf(one));
  }

  #forget(routed: readonly RoutedBatch[]): void {
    for (const one of routed) this.#options.committer.forget(this.#partOf(one));
  }

  #routed(batch: StreamBatch): readonly RoutedBatch[] {
    const routed = this.#ahead.get(batch.lines) ?? this.#options.route(batch);
    this.#ahead.delete(batch.lines);
    return routed;
  }

  /** Tries until the batch is taken, or refused for good; divided where it is too much for the engine at once. */
  async #commit({ batch, dataSource }: RoutedBatch): Promise<void> {
    const smaller = this.#limit.divide(batch);
    if (smaller.length > 1) {
      this.#forget([{ batch, dataSource }]);
      for (const one of smaller) await this.#commit({ batch: one, dataSource });
    } else if (!(await this.#isTaken({ batch, dataSource }))) {
      this.#options.onDelay(divided(batch));
      await this.#commit({ batch, dataSource });
    }
  }

  /** False when it is to be divided first. */
  async #isTaken(routed: RoutedBatch): Promise<boolean> {
    for (let tries = 0; ; tries++) {
      try {
        await this.#submit(routed);
        return true;
      } catch (error) {
        const known = asMillraceError(error);
        if (tooMuch.includes(known.code) && this.#limit.lower(routed.batch)) return false;
        if (!passing.includes(known.code)) throw known;
        this.#options.onDelay(known);
        await sleep(backOffMs(tries), undefined, { signal: this.#stop.signal });
      }
    }
  }

  #partOf({ batch: { lines, records }, dataSource }: RoutedBatch): Part {
    const { keepUnparseable, fieldErrors } = this.#options;
    return { dataSource, format: 'text', lines, events: records, keepUnparseable, fieldErrors };
  }

  async #submit({ batch, dataSource }: RoutedBatch): Promise<void> {
    const { committer, source, onCommit } = this.#options;
    const { records, progress } = batch;
    const part = this.#partOf({ batch, dataSource });
    const accept = (outcome: WorkOutcome) => this.#options.accept?.(outcome, batch);
    const work: Work = { parts: records > 0 ? [part] : [], progress: { source, partitions: progress }, accept };
    const outcome = await committer.submit(work);
    for (const [partition, { to }] of progress) this.#current.set(partition, to);
    this.#limit.noteTaken();
    onCommit(batch, outcome);
  }
}

/** Rejects with what the first of them rejects with, but not before all have ended. */
async function allDone(promises: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(promises)).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}

const endedEarly = () => new MillraceError('unavailable', 'The stream ended although nobody asked it to.');

function streamEnd(error: MillraceError): ReadingEnd & { readonly kind: 'stream' | 'lost' } {
  const lost = error.context.lost as readonly LostPosition[] | undefined;
  return error.code === 'positionLost' && lost ? { kind: 'lost', error, lost } : { kind: 'stream', error };
}

const divided = ({ lines, records }: StreamBatch) =>
  new MillraceError(
    'capacityExceeded',
    `A batch of ${records} events, ${lines.byteLength} bytes, is too much for the engine at once: it is committed in smaller ones.`,
  );
