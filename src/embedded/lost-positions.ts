/**
 * Positions that a stream does not have: one rule for all that reads. What is lost is told, as far as it is known. Reading goes on by
 * itself where nothing that is there is passed over by it, or where the definition says where to; else somebody has to say so.
 */
import type { LostPosition } from '../sources/stream.ts';

/** What a definition says about where to go on. */
export type AfterLoss =
  | {
      readonly end: 'earliest' | 'latest';
      /** The setting that says so. */
      readonly setting: string;
      /** Whether it says so for a log that has only lost its beginning, too. Else what is left of that is read. */
      readonly skipsTheRest: boolean;
    }
  | {
      readonly end: undefined;
      /** What is to be done, after a colon. */
      readonly advice: string;
    };

export interface JudgedLoss {
  readonly partition: LostPosition['partition'];
  /** What is lost, and what becomes of it. */
  readonly message: string;
  /** Where reading goes on; undefined: not before somebody says where. */
  readonly to: bigint | undefined;
}

export function judgeLoss(lost: LostPosition, after: AfterLoss): JudgedLoss {
  const { partition, wanted, earliest, cause } = lost;
  if (cause === 'madeAnew' && wanted === 0n) {
    const message = `Partition ${partition} was made anew before anything of it was read: what the one before held, if anything, is lost. It is read from its beginning.`;
    return { partition, message, to: earliest };
  }
  const fact = whatIsLost(lost);
  if (after.end === undefined)
    return { partition, message: `${fact} Nothing of it is skipped: ${after.advice}`, to: undefined };
  if (cause === 'removed' && !after.skipsTheRest)
    return { partition, message: `${fact} It is read on from the first one that is left, ${earliest}.`, to: earliest };
  const to = lost[after.end];
  return {
    partition,
    message: `${fact} It is read on from its ${after.end} position ${to}, as ${after.setting} says.`,
    to,
  };
}

function whatIsLost({ partition, wanted, earliest, latest, cause }: LostPosition): string {
  const causes = {
    removed: `${earliest - wanted} records were removed before they were read.`,
    cutOff: 'its end was cut off, or it was made anew, and what stands there now is not what was read.',
    madeAnew: 'it was made anew, and what stands there now is not what was read.',
  };
  return `Partition ${partition} is to be read on at ${wanted}, but the stream has ${earliest} to ${latest}: ${causes[cause]}`;
}

/** Those that are read on, and where. */
export const movedPositions = (judged: readonly JudgedLoss[]): ReadonlyMap<LostPosition['partition'], bigint> =>
  new Map(judged.flatMap(({ partition, to }) => (to === undefined ? [] : [[partition, to]])));
