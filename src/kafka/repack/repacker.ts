/**
 * One cluster's batches for another: as they are, without a look at their records, wherever the other one takes them so. Those that it
 * would refuse are made anew of their records, and so are small ones that follow each other: a broker takes as long for a batch of 1 KB as
 * for one of 50.
 *
 * A broker takes a producer's batch if its offsets have no gaps and its timestamps are the producer's: LogValidator of
 * https://github.com/apache/kafka/tree/trunk/storage/src/main/java/org/apache/kafka/storage/internals/log
 */
import { asMillraceError } from '../../errors.ts';
import { BufferPool, Scratch } from '../buffer-pool.ts';
import { type Codec, codecs } from '../compression.ts';
import { type FetchedBatches, type PartitionProblem, problem } from '../fetched.ts';
import { BatchView, batchFlags } from '../record-batch.ts';
import { forgetZstd } from '../zstd.ts';
import { BatchWriter, type Parcel } from './batch-writer.ts';
import { damagedBatch, wrongChecksum } from './damaged-batch.ts';
import { isIntactMessage, oldCodecOf, recordsOfMessage } from './old-messages.ts';
import { recordsOf, type SourceRecords } from './source-records.ts';

/** One partition's batches, as a fetch brought them. */
export type BatchesToRepack = Pick<
  FetchedBatches,
  'topic' | 'partition' | 'firstOffset' | 'nextOffset' | 'buffer' | 'starts' | 'release'
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
  /** All that the source has from the wanted offset up to this one is in the parcels. */
  readonly nextOffset: number;
  /** Why it goes no further: `corruptBatch`, or `refused` for a record that is too large for the target. */
  readonly problem: PartitionProblem | undefined;
  /** Batches of the source that did not go as they were. */
  readonly reencoded: Readonly<Partial<Record<RepackReason, number>>>;
  /** Gives the memory of the parcels back, and that of what was fetched. */
  release(): void;
}

/** Of records, before they are compressed: what a new batch holds at most. */
const newBatchBytes = 256 * 2 ** 10;

/** What a producer with Kafka's default `batch.size` has filled is still small. */
const smallBatchBytes = 20 * 2 ** 10;

/** Copying so many records costs about as much as writing one batch more. */
const fewRecords: Readonly<Record<Codec, number>> = { none: 1000, gzip: 30, snappy: 250, lz4: 250, zstd: 150 };

/** Memory is used again between calls: one of them serves many partitions. */
export class Repacker {
  readonly #pool = new BufferPool();
  readonly #scratch = new Scratch();

  /**
   * @param maxBatchBytes the target topic's `max.message.bytes`.
   * @param isSuspect whether the checksums of batches that go as they are are looked at, too; else their next broker does that.
   */
  repack(batches: BatchesToRepack, maxBatchBytes: number, isSuspect = false): Repacked {
    const packing = new Packing(batches, { maxBatchBytes, isSuspect }, this.#pool, this.#scratch);
    packing.pack();
    return packing;
  }
}

class Packing implements Repacked {
  readonly parcels: Parcel[] = [];
  problem: PartitionProblem | undefined;
  readonly reencoded: Partial<Record<RepackReason, number>> = {};
  readonly #batches: BatchesToRepack;
  readonly #maxBatchBytes: number;
  readonly #isSuspect: boolean;
  readonly #pool: BufferPool;
  readonly #scratch: Scratch;
  readonly #dataView: DataView;
  readonly #writer: BatchWriter;
  /** The memory of parcels that do not lie in what was fetched. */
  readonly #made: Buffer[] = [];

  constructor(
    batches: BatchesToRepack,
    { maxBatchBytes, isSuspect }: { readonly maxBatchBytes: number; readonly isSuspect: boolean },
    pool: BufferPool,
    scratch: Scratch,
  ) {
    const { buffer } = batches;
    this.#batches = batches;
    this.#maxBatchBytes = maxBatchBytes;
    this.#isSuspect = isSuspect;
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
      this.problem = reason === undefined ? this.#passOn(view) : this.#rewrite(view, reason);
      if (this.problem !== undefined) break;
    }
    this.problem ??= this.#finish();
    this.#writer.close();
  }

  get nextOffset(): number {
    const { firstOffset, nextOffset } = this.#batches;
    if (this.problem === undefined) return nextOffset;
    const runs = this.parcels.at(-1)?.runs;
    return runs === undefined ? firstOffset : (runs.at(-2) as number) + (runs.at(-1) as number);
  }

  release(): void {
    for (const bytes of this.#made.splice(0)) this.#pool.give(bytes);
    this.#batches.release();
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
    return next !== undefined && codecOf(next) === codec && (this.#obstacle(next) !== undefined || isSmall(next));
  }

  #passOn(view: BatchView): PartitionProblem | undefined {
    const { start, end, baseOffset, recordCount: records } = view;
    const fault = this.#finish();
    if (fault !== undefined) return fault;
    if (this.#isSuspect && !view.isIntact()) return this.#damaged(view, wrongChecksum);
    this.parcels.push({ bytes: this.#batches.buffer.subarray(start, end), records, runs: [baseOffset, records] });
    return undefined;
  }

  #rewrite(view: BatchView, reason: RepackReason): PartitionProblem | undefined {
    const codec = codecOf(view);
    const fault = this.#writer.codec === codec ? undefined : this.#finish();
    if (fault !== undefined) return fault;
    const isIntact = view.isOld ? isIntactMessage(view) : view.isIntact();
    // A new checksum would hide it.
    if (!isIntact) return this.#finish() ?? this.#damaged(view, wrongChecksum);
    this.reencoded[reason] = (this.reencoded[reason] ?? 0) + 1;
    try {
      return this.#copy(view, this.#recordsOf(view), codec);
    } catch (error) {
      // The next batch would be taken for the rest of this one.
      forgetZstd();
      return this.#damaged(view, asMillraceError(error).message);
    }
  }

  #recordsOf(view: BatchView): SourceRecords {
    const { firstOffset } = this.#batches;
    if (view.isOld) return recordsOfMessage(view, firstOffset);
    return recordsOf(view, this.#dataView, firstOffset, this.#scratch);
  }

  #copy(view: BatchView, records: SourceRecords, codec: Codec): PartitionProblem | undefined {
    for (;;) {
      if (this.#writer.codec === undefined) this.#writer.begin(codec, this.#newBatchBytes(view, codec));
      if (this.#writer.take(records)) return undefined;
      const fault = this.#finish();
      if (fault !== undefined) return fault;
    }
  }

  #newBatchBytes(view: BatchView, codec: Codec): number {
    const most = Math.min(newBatchBytes, this.#maxBatchBytes);
    // Of what is not compressed it is known how much there can be: records grow by a few bytes.
    return codec === 'none' ? Math.min(most, Math.ceil(1.25 * (view.buffer.length - view.start)) + 1024) : most;
  }

  /** Closes the batch that is open, if there is one. */
  #finish(): PartitionProblem | undefined {
    if (this.#writer.codec === undefined) return undefined;
    const parcel = this.#writer.finish();
    this.#made.push(parcel.bytes);
    if (parcel.bytes.length > this.#maxBatchBytes) return this.#tooLarge(parcel);
    this.parcels.push(parcel);
    return undefined;
  }

  /** What the open batch holds by then is void. */
  #damaged({ baseOffset, start, end }: BatchView, why: string): PartitionProblem {
    return damagedBatch({ ...this.#batches, offset: baseOffset }, end - start, why);
  }

  #tooLarge({ bytes, runs: [offset = -1] }: Parcel): PartitionProblem {
    const sizes = `the record has ${bytes.length} bytes with its batch, and the target's topic takes ${this.#maxBatchBytes}`;
    return problem({ ...this.#batches, offset }, 'refused', `${sizes}: raise its max.message.bytes`);
  }
}

const codecOf = (view: BatchView): Codec =>
  view.isOld ? oldCodecOf(view) : (codecs[view.attributes & batchFlags.codec] ?? 'none');
const isSmall = (view: BatchView) =>
  view.end - view.start < smallBatchBytes && view.recordCount < fewRecords[codecOf(view)];
