/** What a broker's answer for a partition means for reading it. */
import type { MillraceError } from '../errors.ts';
import { type PartitionState, partitionKey } from './assignment.ts';
import type { FetchedPartition } from './fetch.ts';
import { type PartitionProblem, problem } from './fetched.ts';
import { brokerError, errorCodes, isRetriable } from './protocol-errors.ts';
import { endOfBatches } from './record-batch.ts';

export type Verdict =
  /** Nothing new, or batches to read. */
  | { readonly is: 'nothing' | 'batches' }
  /** The log does not have the offset that was asked for. */
  | { readonly is: 'outOfRange' }
  /** To be asked for again, maybe of another broker. */
  | { readonly is: 'lost'; readonly error: MillraceError }
  /** Not to be read any more until somebody says from where. */
  | { readonly is: 'stopped'; readonly problem: PartitionProblem };

/** Takes note in the state of how far the answer goes. */
export function judgeAnswer(state: PartitionState, answer: FetchedPartition): Verdict {
  if (answer.errorCode === errorCodes.offsetOutOfRange) return { is: 'outOfRange' };
  if (answer.errorCode !== errorCodes.none) {
    const error = brokerError(partitionKey(state.topic, state.partition), answer.errorCode);
    if (isRetriable(answer.errorCode)) return { is: 'lost', error };
    return { is: 'stopped', problem: problem(state, 'refused', error.message) };
  }
  if (answer.divergingEpoch !== undefined) {
    const { endOffset } = answer.divergingEpoch;
    const what = `the log lost its end, and grew anew from offset ${endOffset} on`;
    return { is: 'stopped', problem: problem(state, 'logTruncated', what, { earliest: endOffset }) };
  }
  state.failures = 0;
  state.trouble = undefined;
  state.highWatermark = answer.highWatermark;
  state.lastStableOffset = answer.lastStableOffset;
  const end = endOfBatches(answer.batches);
  if (end !== undefined) {
    state.offset = Math.max(state.offset, end.nextOffset);
    state.leaderEpoch = end.leaderEpoch;
  }
  return { is: answer.batches.length > 0 ? 'batches' : 'nothing' };
}
