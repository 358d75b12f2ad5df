/**
 * One cluster's batches for another: as they are, without a look at their records, wherever the other one takes them so. Those that it
 * would refuse are made anew of their records, and so are small ones that follow each other: a broker takes as long for a batch of 1 KB as
 * for one of 50.
 *
 * A broker takes a producer's batch if its offsets have no gaps and its timestamps are the producer's: LogValidator of
 * https://github.com/apache/kafka/tree/trunk/storage/src/main/java/org/apache/kafka/storage/internals/log
 */
import { asMillraceError, MillraceError } from '../../errors.ts';
import { BufferPool, Scratch } from '../buffer-pool.ts';
import { type Codec, codecs } from '../compression.ts';
import type { FetchedBatches } from '../fetched.ts';
import { BatchView, batchFlags } from '../record-batch.ts';
import { forgetZstd } from '../zstd.ts';
import { BatchWriter, type Parcel } from './batch-writer.ts';
import { isIntactMessage, oldCodecOf, recordsOfMessage } from './old-messages.ts';
import { recordsOf, type SourceRecords } from './source-records.ts';

/** One partition's batches, as a fetch brought them. */
export type BatchesToRepack = Pick<
  FetchedBatches,
  'topic' | 'partition' | 'firstOffset' | 'buffer' | 'starts' | 'release'
>;

/**
 * Why a batch did not go as it was:
 * - `oldFormat`: it is a message from before Kafka 0.11.
 * - `straddling`: it begins before the offset that is wanted.
 * - `logAppendTime`: its timestamps are those of its append, which a producer may not send: they become those of its records.
 * - `deleteHorizon`: compaction noted in it when its tombstones may go.
 * - `compacted`: it lacks records that it had.
 * - `tooLarge`: the target takes no batch of that size.
 * - `small`: it was merged with others.
 */
export type RepackReason =
  | 'oldFormat'
  | 'straddling'
  | 'logAppendTime'
  | 'deleteHorizon'
  | 'compacted'
  | 'tooLarge'
  | 'small';

export interface Repacked {
  /** In order. */
  readonly parcels: readonly Parcel[];
  /** Batches of the source that did not go as they were. */
  readonly reencoded: Readonly<Partial<Record<RepackReason, number>>>;
  /** Gives the memory of the parcels back, and that of what was fetched. */
  release(): void;
}

/** Of records, before they are compressed: what a new batch holds at most. */
const newBatchBytes = 256 * 2 ** 10;

/** A batch below it is merged with others: it costs its target's broker more than its records cost here. */
const smallBatchBytes: Readonly<Record<Codec, number>> = {
  none: 16 * 2 ** 10,
  gzip: 2 * 2 ** 10,
  snappy: 8 * 2 ** 10,
  lz4: 8 * 2 ** 10,
  zstd: 8 * 2 ** 10,
};

/** Memory is used again between calls: one of them serves many partitions. */
export class Repacker {
  readonly #pool = new BufferPool();
  readonly #scratch = new Scratch();

  /**
   * @param maxBatchBytes the target topic's `max.message.bytes`.
   * @throws MillraceError `tooLarge` for a single record that is larger; `unavailable` for damaged bytes in a batch whose records have to be
   * read. What was fetched is released then.
   */
  repack(batches: BatchesToRepack, maxBatchBytes: number): Repacked {
    const packing = new Packing(batches, maxBatchBytes, this.#pool, this.#scratch);
    try {
      packing.pack();
    } catch (error) {
      packing.release();
      throw error;
    } finally {
      packing.close();
    }
    return packing;
  }
}

class Packing implements Repacked {
  readonly parcels: Parcel[] = [];
  readonly reencoded: Partial<Record<RepackReason, number>> = {};
  readonly #batches: BatchesToRepack;
  readonly #maxBatchBytes: number;
  readonly #pool: BufferPool;
  readonly #scratch: Scratch;
  readonly #dataView: DataView;
  readonly #writer: BatchWriter;
  /** The memory of parcels that do not lie in what was fetched. */
  readonly #made: Buffer[] = [];

  constructor(batches: BatchesToRepack, maxBatchBytes: number, pool: BufferPool, scratch: Scratch) {
    const { buffer } = batches;
    this.#batches = batches;
    this.#maxBatchBytes = maxBatchBytes;
    this.#pool = pool;
    this.#scratch = scratch;
    this.#dataView = new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
    this.#writer = new BatchWriter(pool);
  }

  pack(): void {
    const { buffer, starts } = this.#batches;
    const view = new BatchView(buffer);
    const ahead = new BatchView(buffer);
    for (const [index, start] of starts.entries()) {
      view.moveTo(start);
      const hasNext = index + 1 < starts.length && ahead.moveTo(starts[index + 1] as number);
      const reason = this.#obstacle(view) ?? (this.#isToMerge(view, hasNext ? ahead : undefined) ? 'small' : undefined);
      if (reason === undefined) this.#passOn(view);
      else this.#rewrite(view, reason);
    }
    this.#finish();
  }

  release(): void {
    for (const bytes of this.#made.splice(0)) this.#pool.give(bytes);
    this.#batches.release();
  }

  /** What only the packing needs. */
  close(): void {
    this.#writer.close();
  }

  /** Why a broker would refuse it. */
  #obstacle(view: BatchView): RepackReason | undefined {
    if (view.isOld) return 'oldFormat';
    if (view.baseOffset < this.#batches.firstOffset) return 'straddling';
    if (view.attributes & batchFlags.logAppendTime) return 'logAppendTime';
    if (view.attributes & batchFlags.deleteHorizon) return 'deleteHorizon';
    if (view.lastOffset - view.baseOffset + 1 !== view.recordCount) return 'compacted';
    return view.end - view.start > this.#maxBatchBytes ? 'tooLarge' : undefined;
  }

  /** Whether it is small, and one beside it is written anew, too. */
  #isToMerge(view: BatchView, next: BatchView | undefined): boolean {
    const codec = codecOf(view);
    if (!isSmall(view)) return false;
    if (this.#writer.codec === codec) return true;
    return next !== undefined && codecOf(next) === codec && (isSmall(next) || this.#obstacle(next) !== undefined);
  }

  #passOn({ start, end, baseOffset, recordCount: records }: BatchView): void {
    this.#finish();
    const bytes = this.#batches.buffer.subarray(start, end);
    this.parcels.push({ bytes, records, runs: [baseOffset, records] });
  }

  #rewrite(view: BatchView, reason: RepackReason): void {
    const codec = codecOf(view);
    if (this.#writer.codec !== codec) this.#finish();
    const records = this.#recordsOf(view);
    for (;;) {
      if (this.#writer.codec === undefined) this.#writer.begin(codec, this.#newBatchBytes(view, codec));
      if (this.#take(view, records)) break;
      this.#finish();
    }
    this.reencoded[reason] = (this.reencoded[reason] ?? 0) + 1;
  }

  #newBatchBytes(view: BatchView, codec: Codec): number {
    const most = Math.min(newBatchBytes, this.#maxBatchBytes);
    // Of what is not compressed it is known how much there can be: records grow by a few bytes.
    return codec === 'none' ? Math.min(most, Math.ceil(1.25 * (view.buffer.length - view.start)) + 1024) : most;
  }

  #recordsOf(view: BatchView): SourceRecords {
    // A new checksum would hide it.
    const isIntact = view.isOld ? isIntactMessage(view) : view.isIntact();
    if (!isIntact) throw this.#damaged(view, 'its checksum does not fit');
    try {
      const { firstOffset } = this.#batches;
      if (view.isOld) return recordsOfMessage(view, firstOffset);
      return recordsOf(view, this.#dataView, firstOffset, this.#scratch);
    } catch (error) {
      throw this.#damaged(view, `its records cannot be decompressed: ${asMillraceError(error).message}`, error);
    }
  }

  #take(view: BatchView, records: SourceRecords): boolean {
    try {
      return this.#writer.take(records);
    } catch (error) {
      // The next batch would be taken for the rest of this one.
      forgetZstd();
      throw this.#damaged(view, asMillraceError(error).message, error);
    }
  }

  /** Closes the batch that is open, if there is one. */
  #finish(): void {
    if (this.#writer.codec === undefined) return;
    const parcel = this.#writer.finish();
    this.#made.push(parcel.bytes);
    if (parcel.bytes.length > this.#maxBatchBytes) throw this.#tooLarge(parcel);
    this.parcels.push(parcel);
  }

  #damaged({ baseOffset, end, start }: BatchView, why: string, cause?: unknown): MillraceError {
    const { topic, partition } = this.#batches;
    const what = `${topic}-${partition}: the batch of ${end - start} bytes at offset ${baseOffset} cannot be read: ${why}`;
    const advice = 'If it stays so, the source has lost it: see with kafka-dump-log, and delete the records up to it';
    const context = { reason: 'corruptBatch', topic, partition, offset: baseOffset };
    return new MillraceError('unavailable', `${what}. ${advice}`, { cause, context });
  }

  #tooLarge({ bytes, runs }: Parcel): MillraceError {
    const { topic, partition } = this.#batches;
    const [offset] = runs;
    const sizes = `has ${bytes.length} bytes with its batch, and the target's topic takes ${this.#maxBatchBytes}`;
    const what = `${topic}-${partition}: the record at offset ${offset} ${sizes}; raise its max.message.bytes`;
    const context = { topic, partition, offset, sizeBytes: bytes.length, maxBatchBytes: this.#maxBatchBytes };
    return new MillraceError('tooLarge', what, { context });
  }
}

const codecOf = (view: BatchView): Codec =>
  view.isOld ? oldCodecOf(view) : (codecs[view.attributes & batchFlags.codec] ?? 'none');
const isSmall = (view: BatchView) => view.end - view.start < smallBatchBytes[codecOf(view)];
