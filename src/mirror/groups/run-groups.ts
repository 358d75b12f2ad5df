/** What a flow does about groups, checkpoints and heartbeats. One process of a flow does it: that which has lane 0. */
import { setTimeout as sleep } from 'node:timers/promises';
import { asMillraceError } from '../../errors.ts';
import type { Logger } from '../../observe/log.ts';
import { aborted, pause } from '../../waiting.ts';
import { CurrentLedger } from '../ledger/ledger-reader.ts';
import { severalAtATime } from '../several-at-a-time.ts';
import { Checkpoints } from './checkpoints.ts';
import { GroupOffsetSync } from './group-offset-sync.ts';
import { type GroupsContext, groupsAtATime } from './groups-context.ts';
import { heartbeatWriter } from './heartbeats.ts';
import { TranslatedGroups } from './translated-groups.ts';

interface Job {
  /** For the log. */
  readonly what: string;
  readonly intervalMs: number;
  /** Whether it is done once more when the flow is stopped. */
  readonly isLastWord: boolean;
  run(): Promise<void>;
}

export interface GroupsEnding {
  /** Aborts when this process has them no more. */
  readonly signal: AbortSignal;
  /** Settles behind that; true when the flow was stopped in this process, and what it has mirrored stands in the ledger. */
  readonly isStopped: () => Promise<boolean>;
}

/** A consumer that goes on on the target right after a planned stop is to find what the mirror knew last; a target that is away is not waited for. */
const lastWordMs = 5_000;

/** Until the signal aborts. What fails is said in the log, and tried again when its time comes round. */
export async function runGroups(context: GroupsContext, { signal, isStopped }: GroupsEnding): Promise<void> {
  if (signal.aborted) return;
  await using ledger = new CurrentLedger(context.target, context.ledger);
  await using producer = context.target.producer();
  const { flow, target, log } = context;
  const { groupSync, heartbeats, policy } = flow;
  const jobs: Job[] = [];
  const groups = groupSync && new TranslatedGroups(context, groupSync, ledger);
  if (groupSync && groups) {
    const { checkpoints, offsetIntervalMs } = groupSync;
    if (offsetIntervalMs !== undefined) {
      const sync = new GroupOffsetSync(target, log);
      const run = async () => {
        const translated = await groups.read();
        await severalAtATime(groupsAtATime, [...translated], ([groupId, positions]) => sync.sync(groupId, positions));
      };
      jobs.push({ what: "groups' offsets on the target", intervalMs: offsetIntervalMs, isLastWord: true, run });
    }
    if (checkpoints) {
      const { intervalMs, replicationFactor } = checkpoints;
      const written = new Checkpoints(target, producer, policy.checkpointsTopic, replicationFactor);
      const run = async () => written.write(await groups.read());
      jobs.push({ what: 'checkpoints', intervalMs, isLastWord: true, run });
    }
  }
  if (heartbeats) {
    const { intervalMs, replicationFactor } = heartbeats;
    const run = heartbeatWriter(flow, target, producer, replicationFactor);
    jobs.push({ what: 'heartbeats', intervalMs, isLastWord: false, run });
  }
  const repeated = jobs.map((job) => ({ job, ended: repeat(job, log, signal) }));
  // What is under way ends by itself, and is no harm when somebody else goes on.
  await aborted(signal);
  if (!(await isStopped())) return;
  groups?.listAgain();
  const lastWords = repeated
    .filter(({ job }) => job.isLastWord)
    .map(({ job, ended }) => ended.then(() => job.run()).catch((error) => notLast(job, log, error)));
  await Promise.race([Promise.all(lastWords), sleep(lastWordMs, undefined, { ref: false })]);
}

function notLast({ what }: Job, log: Logger, error: unknown): void {
  log.warn({ err: asMillraceError(error), what }, 'is as it was a while before the mirror was stopped');
}

async function repeat({ what, intervalMs, run }: Job, log: Logger, signal: AbortSignal): Promise<void> {
  let isFailing = false;
  while (!signal.aborted) {
    try {
      await run();
      if (isFailing) log.info({ what }, 'is kept in step again');
      isFailing = false;
    } catch (error) {
      if (signal.aborted) return;
      if (!isFailing) log.warn({ err: asMillraceError(error), what }, 'cannot be kept in step now, and is tried again');
      isFailing = true;
    }
    await pause(intervalMs, signal);
  }
}
