/** One partition's record batches, as a fetch brings them, to lines. */
import { type AbortedTransaction, AbortedTransactions, isAbortMarker } from './aborted-transactions.ts';
import type { Scratch } from './buffer-pool.ts';
import { decompress } from './compression.ts';
import type { BatchTimes, RecordDescriber } from './describe.ts';
import { BatchView, batchFlags } from './record-batch.ts';
import { compactValues, type Records } from './values.ts';
import { forgetZstd } from './zstd.ts';

export interface DecodeRequest {
  /** Whole batches, and perhaps the beginning of one more. It is written over. */
  readonly batches: Buffer;
  /** The offset that is wanted; the first batch may begin before it. */
  readonly offset: number;
  /** Of the response, when only committed records are wanted; else undefined, and all are taken. */
  readonly aborted: readonly AbortedTransaction[] | undefined;
  /** For what is decompressed. */
  readonly scratch: Scratch;
  /** Makes the lines, where they are to hold more than the values; it has begun anew. */
  readonly describer?: RecordDescriber | undefined;
}

export interface Decoded {
  /** The values, each followed by a line feed. Lie in `batches` or in `scratch`; or the lines of `describer`. */
  readonly values: Uint8Array;
  /** Lines. */
  readonly records: number;
  /** Records whose value is null, left out. */
  readonly tombstones: number;
  /** Bytes of the values, as they came. */
  readonly valueBytes: number;
  /** Whether any value is empty or begins with white space, so that its line may be blank. */
  readonly mayBeBlank: boolean;
  /** Records of aborted transactions, left out. */
  readonly aborted: number;
  /** The offset after the last batch that was read. */
  readonly nextOffset: number;
  /** The leader epoch of the last batch that was read; -1 when none was. */
  readonly leaderEpoch: number;
  /** Milliseconds since 1970: the newest record's, as far as batches say; -1 when none was read. */
  readonly maxTimestamp: number;
  /** Why the batch at `nextOffset` cannot be read. */
  readonly fault?: BatchFault;
}

export interface BatchFault {
  readonly reason: 'corruptBatch' | 'unsupportedFormat';
  /** The offset after the batch, so that it can be passed over; as far as that can be told. */
  readonly nextOffset: number;
  readonly what: string;
}

/** Reads up to the end, or to the first batch that cannot be read. */
export function decodeValues(request: DecodeRequest): Decoded {
  const decoder = new Decoder(request);
  const view = new BatchView(request.batches);
  let fault: BatchFault | undefined;
  let count = 0;
  for (; fault === undefined && view.next(); count++) fault = decoder.read(view);
  // A fetch brings its first batch whole, whatever its size.
  if (count === 0 && request.batches.length > 0) fault = decoder.fault('corruptBatch', 'it is cut off');
  return { ...decoder.result(), ...(fault && { fault }) };
}

class Decoder {
  readonly #batches: Buffer;
  readonly #offset: number;
  readonly #scratch: Scratch;
  readonly #describer: RecordDescriber | undefined;
  readonly #abortedTransactions: AbortedTransactions | undefined;
  readonly #counts = { records: 0, tombstones: 0, valueBytes: 0, mayBeBlank: false };
  #aborted = 0;
  #nextOffset: number;
  #leaderEpoch = -1;
  #maxTimestamp = -1;
  /** Where the lines are: from the first compressed batch on in `scratch`, before that at the start of `batches`. */
  #lines: Buffer;
  #linesEnd = 0;

  constructor({ batches, offset, aborted, scratch, describer }: DecodeRequest) {
    this.#describer = describer;
    this.#scratch = scratch;
    this.#batches = batches;
    this.#lines = batches;
    this.#offset = offset;
    this.#nextOffset = offset;
    this.#abortedTransactions = aborted && new AbortedTransactions(aborted);
  }

  read(view: BatchView): BatchFault | undefined {
    if (view.magic !== 2) {
      return this.fault('unsupportedFormat', `message format ${view.magic}, from before Kafka 0.11`);
    }
    if (view.end < view.recordsStart) return this.fault('corruptBatch', 'it is shorter than its header');
    // Before its lines are written over it.
    const { lastOffset, leaderEpoch, maxTimestamp } = view;
    if (!view.isIntact()) return this.fault('corruptBatch', 'the CRC-32C does not fit', lastOffset);
    if (view.attributes & batchFlags.control) {
      if (isAbortMarker(view)) this.#abortedTransactions?.end(view.producerId, lastOffset);
    } else if (this.#isAborted(view)) {
      this.#aborted += view.recordCount;
    } else if (lastOffset >= this.#offset) {
      const what = this.#readRecords(view);
      if (what !== undefined) return this.fault('corruptBatch', what, lastOffset);
    }
    this.#nextOffset = Math.max(this.#nextOffset, lastOffset + 1);
    this.#leaderEpoch = leaderEpoch;
    this.#maxTimestamp = Math.max(this.#maxTimestamp, maxTimestamp);
    return undefined;
  }

  result(): Omit<Decoded, 'fault'> {
    return {
      values: this.#describer?.lines ?? this.#lines.subarray(0, this.#linesEnd),
      ...this.#counts,
      aborted: this.#aborted,
      nextOffset: this.#nextOffset,
      leaderEpoch: this.#leaderEpoch,
      maxTimestamp: this.#maxTimestamp,
    };
  }

  #isAborted(view: BatchView): boolean {
    if (this.#abortedTransactions === undefined || !(view.attributes & batchFlags.transactional)) return false;
    return this.#abortedTransactions.covers(view.producerId, view.lastOffset);
  }

  /** What is wrong with them, or undefined. */
  #readRecords(view: BatchView): string | undefined {
    const { attributes, baseTimestamp, maxTimestamp } = view;
    const times = { base: baseTimestamp, appended: attributes & batchFlags.logAppendTime ? maxTimestamp : undefined };
    let place: Pick<Records, 'buffer' | 'start' | 'end'>;
    try {
      place = this.#decompress(view);
    } catch (error) {
      return `its records cannot be decompressed: ${error instanceof Error ? error.message : String(error)}`;
    }
    const records = { ...place, count: view.recordCount, firstDelta: this.#offset - view.baseOffset };
    if (this.#takeLines(records, times)) return undefined;
    forgetZstd();
    return 'its records do not fit their lengths';
  }

  #takeLines(records: Records, times: BatchTimes): boolean {
    if (this.#describer !== undefined) return this.#describer.write(records, times, this.#counts);
    const linesEnd = compactValues(records, this.#linesEnd, this.#counts);
    if (linesEnd < 0) return false;
    this.#linesEnd = linesEnd;
    return true;
  }

  /** Where the batch's records can be read: behind the lines of those before. */
  #decompress({ attributes, recordsStart, end }: BatchView): Pick<Records, 'buffer' | 'start' | 'end'> {
    const codec = attributes & batchFlags.codec;
    const isInPlace = this.#lines === this.#batches;
    if (codec === 0 && isInPlace) return { buffer: this.#batches, start: recordsStart, end };
    const scratch = this.#scratch;
    const start = this.#linesEnd;
    if (isInPlace) {
      scratch.ensure(start, 0);
      scratch.buffer.set(this.#batches.subarray(0, start));
    }
    const recordsEnd = decompress(codec, this.#batches.subarray(recordsStart, end), scratch, start);
    this.#lines = scratch.buffer;
    return { buffer: scratch.buffer, start, end: recordsEnd };
  }

  /** For the batch at the offset that was reached; its last offset is not always to be known. */
  fault(reason: BatchFault['reason'], what: string, lastOffset = 0): BatchFault {
    return { reason, what, nextOffset: Math.max(lastOffset, this.#nextOffset) + 1 };
  }
}
