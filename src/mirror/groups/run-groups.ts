/** What a flow does about groups, checkpoints and heartbeats. One process of a flow does it: that which has lane 0. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { asMillraceError } from '../../errors.ts';
import type { Logger } from '../../observe/log.ts';
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
  run(): Promise<void>;
}

/** Until the signal aborts. What fails is said in the log, and tried again when its time comes round. */
export async function runGroups(context: GroupsContext, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await using ledger = new CurrentLedger(context.target, context.ledger);
  await using producer = context.target.producer();
  const { flow, target, log } = context;
  const { groupSync, heartbeats, policy } = flow;
  const jobs: Job[] = [];
  if (groupSync) {
    const groups = new TranslatedGroups(context, groupSync, ledger);
    const { checkpoints, offsetIntervalMs } = groupSync;
    if (offsetIntervalMs !== undefined) {
      const sync = new GroupOffsetSync(target, log);
      const run = async () => {
        const translated = await groups.read();
        await severalAtATime(groupsAtATime, [...translated], ([groupId, positions]) => sync.sync(groupId, positions));
      };
      jobs.push({ what: "groups' offsets on the target", intervalMs: offsetIntervalMs, run });
    }
    if (checkpoints) {
      const { intervalMs, replicationFactor } = checkpoints;
      const written = new Checkpoints(target, producer, policy.checkpointsTopic, replicationFactor);
      jobs.push({ what: 'checkpoints', intervalMs, run: async () => written.write(await groups.read()) });
    }
  }
  if (heartbeats) {
    const { intervalMs, replicationFactor } = heartbeats;
    jobs.push({ what: 'heartbeats', intervalMs, run: heartbeatWriter(flow, target, producer, replicationFactor) });
  }
  for (const job of jobs) void repeat(job, log, signal);
  // What is under way ends by itself, and is no harm when somebody else goes on.
  if (!signal.aborted) await once(signal, 'abort');
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
    await sleep(intervalMs, undefined, { signal }).catch(() => {});
  }
}
