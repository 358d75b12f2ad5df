/** The mirror: record batches from one Kafka cluster to another, as they are. */
import { asMillraceError } from '../errors.ts';
import type { Logger } from '../observe/log.ts';
import { FlowRunner } from './flow-runner.ts';
import type { MirrorFlow } from './flow-settings.ts';
import type { MirrorMetrics } from './metrics.ts';
import type { Mirror } from './mirror.ts';

export interface MirrorOptions {
  readonly log: Logger;
  readonly metrics: MirrorMetrics;
}

/** Begins with all flows at once. They go on until the mirror is closed, or one of them cannot by itself. */
export function startMirror(flows: readonly MirrorFlow[], { log, metrics }: MirrorOptions): Mirror {
  const ending = new AbortController();
  const runners = flows.map(
    (flow) => new FlowRunner(flow, { metrics: metrics.flow(flow.name), log: log.child({ flow: flow.name }) }),
  );
  const ended = runners.map((runner) =>
    runner.run(ending.signal).catch((error) => {
      // A mirror that does half of what it was told is one that nobody looks after.
      ending.abort();
      throw asMillraceError(error);
    }),
  );
  const closed = Promise.allSettled(ended).then((ends) => {
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  });
  return {
    snapshot: () => ({ flows: runners.map((runner) => runner.snapshot()) }),
    closed,
    close: () => {
      ending.abort();
      return closed;
    },
  };
}
