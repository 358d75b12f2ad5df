/** Why a partition cannot be read on, as a stream tells it. */
import { MillraceError } from '../errors.ts';
import type { PartitionProblem } from '../kafka/index.ts';
import { partitionName } from './kafka-partition.ts';
import type { LostPosition } from './stream.ts';

/** Where a partition's log begins and ends. */
export interface Ends {
  readonly earliest: bigint;
  readonly latest: bigint;
}

/** @param ends the partition's, as they are now. Asked for only where they say something. */
export async function problemError(problem: PartitionProblem, ends: () => Promise<Ends>): Promise<MillraceError> {
  switch (problem.reason) {
    case 'offsetOutOfRange': {
      const { earliest, latest } = await ends();
      // A leader that was just elected may not know of its last records for a moment.
      const isThere = problem.offset >= earliest && problem.offset <= latest;
      if (isThere) return problem.error;
      return positionLost(problem, { earliest, latest }, problem.offset < earliest ? 'removed' : 'cutOff');
    }
    case 'logTruncated':
      return positionLost(problem, await ends(), 'cutOff');
    case 'topicRecreated':
      return positionLost(problem, await ends(), 'madeAnew');
    case 'corruptBatch':
    case 'unsupportedFormat': {
      const advice = `nothing of it is skipped by itself; to read on after it, reset this partition's offset to ${problem.nextOffset}`;
      return new MillraceError('unavailable', `${problem.error.message}; ${advice}`, { cause: problem.error });
    }
    case 'topicMissing':
    case 'refused':
      return problem.error;
  }
}

function positionLost(problem: PartitionProblem, ends: Ends, cause: LostPosition['cause']): MillraceError {
  const lost: LostPosition = { partition: partitionName(problem), wanted: BigInt(problem.offset), ...ends, cause };
  return new MillraceError('positionLost', problem.error.message, { cause: problem.error, context: { lost: [lost] } });
}
