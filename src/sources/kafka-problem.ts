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
      return isThere ? problem.error : positionLost(problem, { earliest, latest });
    }
    case 'logTruncated':
      return positionLost(problem, await ends());
    case 'topicRecreated':
      // Who has read nothing has lost nothing.
      return problem.offset === 0 ? problem.error : positionLost(problem, await ends());
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

function positionLost(problem: PartitionProblem, ends: Ends): MillraceError {
  const lost: LostPosition = { partition: partitionName(problem), wanted: BigInt(problem.offset), ...ends };
  return new MillraceError('positionLost', problem.error.message, { cause: problem.error, context: { lost: [lost] } });
}
