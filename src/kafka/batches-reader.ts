/**
 * Fetched batches as they came, for whoever passes them on. Their payload is not looked at: the CRC-32C goes with them, and
 * the broker that takes them checks it. Of what is left out, and so seen by nobody after, it is checked here.
 */
import { type AbortedTransaction, AbortedTransactions, isAbortMarker } from './aborted-transactions.ts';
import type { BatchFault } from './decode.ts';
import { type FetchedBatches, placeOf, type ReadAnswer } from './fetched.ts';
import { BatchView, batchFlags } from './record-batch.ts';

export function batchesReader(isolation: 'read_committed' | 'read_uncommitted'): ReadAnswer<FetchedBatches> {
  return (part) => {
    const { offset, body } = part;
    const { batches: buffer, aborted: all } = part.answer;
    const { fault, nextOffset, leaderEpoch, ...found } = findBatches({
      batches: buffer,
      offset,
      aborted: isolation === 'read_committed' ? all : undefined,
    });
    if (fault !== undefined && nextOffset === offset) return { item: undefined, fault, nextOffset, leaderEpoch };
    body.hold();
    const release = () => body.release();
    const item = { kind: 'batches' as const, ...placeOf(part), nextOffset, leaderEpoch, ...found, buffer, release };
    return { item, fault, nextOffset, leaderEpoch };
  };
}

interface BatchesRequest {
  /** Whole batches, and perhaps the beginning of one more. */
  readonly batches: Buffer;
  /** The offset that is wanted; the first batch may begin before it. */
  readonly offset: number;
  /** Of the response, when only committed records are wanted; else undefined, and all are taken. */
  readonly aborted: readonly AbortedTransaction[] | undefined;
}

type FoundBatches = Pick<
  FetchedBatches,
  'nextOffset' | 'leaderEpoch' | 'starts' | 'records' | 'aborted' | 'maxTimestamp'
>;

/** Up to the end, or to the first batch that cannot be passed on. */
export function findBatches({
  batches,
  offset,
  aborted,
}: BatchesRequest): FoundBatches & { readonly fault: BatchFault | undefined } {
  const view = new BatchView(batches);
  const found = { nextOffset: offset, leaderEpoch: -1, records: 0, aborted: 0, maxTimestamp: -1 };
  const transactions = aborted && new AbortedTransactions(aborted);
  const starts: number[] = [];
  let fault: BatchFault | undefined;
  let isAnyWhole = false;
  while (view.next()) {
    isAnyWhole = true;
    fault = faultOf(view, found.nextOffset);
    if (fault !== undefined) break;
    if (view.isOld) {
      // Of those that it may hold, it has the last one's offset.
      if (view.baseOffset >= offset) {
        starts.push(view.start);
        found.records++;
      }
      found.nextOffset = Math.max(found.nextOffset, view.baseOffset + 1);
      continue;
    }
    const { attributes, lastOffset, producerId, recordCount } = view;
    const isControl = (attributes & batchFlags.control) !== 0;
    const isAborted =
      !isControl && (attributes & batchFlags.transactional) !== 0 && transactions?.covers(producerId, lastOffset);
    // Compaction leaves empty ones.
    if (!isControl && !isAborted && lastOffset >= offset && recordCount > 0) {
      starts.push(view.start);
      found.records += recordCount;
      found.maxTimestamp = Math.max(found.maxTimestamp, view.maxTimestamp);
    } else {
      if (!view.isIntact()) {
        fault = corrupt('the CRC-32C does not fit', Math.max(lastOffset, found.nextOffset));
        break;
      }
      if (isControl && isAbortMarker(view)) transactions?.end(producerId, lastOffset);
      if (isAborted) found.aborted += recordCount;
    }
    found.nextOffset = Math.max(found.nextOffset, lastOffset + 1);
    found.leaderEpoch = view.leaderEpoch;
  }
  // A fetch brings its first batch whole, whatever its size.
  if (!isAnyWhole) fault = corrupt('it is cut off', offset);
  return { ...found, starts, fault };
}

/** @param offset of the batch, as far as it is known. */
function faultOf(view: BatchView, offset: number): BatchFault | undefined {
  if (view.isOld) return undefined;
  if (view.magic !== 2) {
    const what = `message format ${view.magic}, which is not known here`;
    return { reason: 'unsupportedFormat', what, nextOffset: offset + 1 };
  }
  if (view.end < view.recordsStart) return corrupt('it is shorter than its header', offset);
  if (view.lastOffset < view.baseOffset || view.recordCount < 0) return corrupt('its header is damaged', offset);
  return undefined;
}

const corrupt = (what: string, lastOffset: number): BatchFault => ({
  reason: 'corruptBatch',
  what,
  nextOffset: lastOffset + 1,
});
