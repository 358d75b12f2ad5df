/** A lane, for as long as this process has it: one session after the other, should they fail. */
import { asMillraceError } from '../errors.ts';
import { backoffAfter, pause } from '../waiting.ts';
import type { LaneContext } from './lane-context.ts';
import { LaneSession } from './lane-session.ts';
import { RefusedPartitions } from './refused-partitions.ts';

const backoff = { backoffMs: 200, maxBackoffMs: 10_000 };
/** Somebody else has the lane, and this process is about to hear of it from the group. */
const shutOutPauseMs = 5_000;

/** Mirrors until the signal aborts; then what was taken is finished and committed. */
export async function runLane(context: LaneContext, signal: AbortSignal): Promise<void> {
  const { log, metrics, lane, status } = context;
  const refused = new RefusedPartitions();
  for (let failures = 0; !signal.aborted; ) {
    const session = new LaneSession(context, refused);
    try {
      await session.run(signal);
      return;
    } catch (error) {
      const err = asMillraceError(error);
      // A partition that rests now does not fail the next one.
      failures = refused.note(err) || session.hasCommitted ? 1 : failures + 1;
      metrics.laneRestarted();
      // Its topic may be gone from the target, or take less than it did.
      context.topics.lookAgain();
      status.problem = err.message;
      const retryInMs = err.code === 'conflict' ? shutOutPauseMs : backoffAfter(failures, backoff);
      log.warn({ err, lane, retryInMs }, 'a lane of the mirror begins anew from its ledger');
      await pause(retryInMs, signal);
    }
  }
}
