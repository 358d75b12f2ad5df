/** The records of one batch as they wait to be copied into others. */
import type { Scratch } from '../buffer-pool.ts';
import { decompress } from '../compression.ts';
import { type BatchView, batchFlags } from '../record-batch.ts';

export interface SourceRecords {
  /** Where the records lie, decompressed. */
  readonly buffer: Buffer;
  /** Of all of `buffer`. */
  readonly view: DataView;
  /** Of the next record. */
  at: number;
  readonly end: number;
  /** Records from `at` on. */
  left: number;
  readonly baseOffset: number;
  /** Records below this offset delta are passed over. */
  readonly firstDelta: number;
  /** Milliseconds since 1970. */
  readonly baseTimestamp: number;
  /** What each record's timestamp is, where it is the time of the append; else undefined. */
  readonly appendTime: number | undefined;
}

/**
 * @param view stands on the batch.
 * @param dataView of the view's whole buffer.
 * @param firstOffset records below it are passed over.
 * @param scratch holds what is decompressed: one batch's records at a time.
 * @throws whatever the codec says of broken bytes.
 */
export function recordsOf(view: BatchView, dataView: DataView, firstOffset: number, scratch: Scratch): SourceRecords {
  const { attributes, baseOffset, baseTimestamp, recordsStart, end } = view;
  const common = {
    left: view.recordCount,
    baseOffset,
    firstDelta: firstOffset - baseOffset,
    baseTimestamp,
    appendTime: attributes & batchFlags.logAppendTime ? view.maxTimestamp : undefined,
  };
  const codec = attributes & batchFlags.codec;
  if (codec === 0) return { buffer: view.buffer, view: dataView, at: recordsStart, end, ...common };
  const contentEnd = decompress(codec, view.buffer.subarray(recordsStart, end), scratch, 0);
  return { buffer: scratch.buffer, view: scratch.view, at: 0, end: contentEnd, ...common };
}
