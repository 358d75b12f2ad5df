/**
 * When Druid has read what a stream held as it was handed over: from then on it answers at least what is answered here. Its supervisor tells how
 * far its tasks are, each half a minute and not on every cluster; its answers tell as well, where events are counted.
 */
import { parsedAnswer } from '../answer.ts';
import { eternity, formatInterval } from '../catalog/time.ts';
import { supervisorPath } from '../cluster/overlord.ts';
import { MillraceError } from '../errors.ts';
import { type PromotionContext, pauseUnlessStopped } from './context.ts';

const pollMs = 1_000;
const startPatienceMs = 300_000;
/** With tasks that run and do not tell how far they are, or a record short of each end. Events are in the topic, whoever answers; only answers may be behind for a while. */
const silencePatienceMs = 120_000;

export interface SupervisorState {
  readonly suspended: boolean;
  readonly activeTasks: readonly { readonly currentOffsets: Offsets }[];
  readonly recentErrors?: readonly { readonly message?: string; readonly exceptionClass?: string }[];
}

/** By `0`, or with several topics by `topic:0`. */
type Offsets = Readonly<Record<string, number>>;

export async function supervisorStatus({ cluster, dataSource, signal }: PromotionContext): Promise<SupervisorState> {
  const path = supervisorPath(dataSource.name, 'status');
  const { payload } = (await cluster.druid.json('overlord', path, { signal })) as { payload: SupervisorState };
  return payload;
}

/**
 * @param ends of the partitions with records, as the supervisor's status names them.
 * @param positions at which Druid began.
 */
export async function caughtUp(
  context: PromotionContext,
  ends: ReadonlyMap<string, number>,
  positions: ReadonlyMap<string, bigint>,
): Promise<void> {
  const { dataSource, report, signal } = context;
  const total = sumOf(ends.values());
  const records = total - sumOf([...positions.values()].map(Number));
  // Nothing has come since: Druid answers all that is answered here, whenever its tasks will have started.
  if (records <= 0) return;
  const expected = records + (await eventsOf(context, 'embedded'));
  for (const startMs = performance.now(); ; ) {
    const { activeTasks, recentErrors } = await supervisorStatus(context);
    const read = new Map(activeTasks.flatMap(({ currentOffsets }) => Object.entries(currentOffsets)));
    const left = sumOf([...ends].map(([partition, end]) => Math.max(0, end - (read.get(partition) ?? 0))));
    report({ step: 'reading the stream', done: total - left, total });
    const waitedMs = performance.now() - startMs;
    if (activeTasks.length > 0) {
      if (left === 0 || (await eventsOf(context, 'cluster')) >= expected) return;
      // A partition may end with the mark of a transaction, which no reader's offset ever passes.
      if (waitedMs > silencePatienceMs && (read.size === 0 || left <= ends.size)) return;
    }
    if (waitedMs > startPatienceMs) {
      const { message, exceptionClass } = recentErrors?.at(-1) ?? {};
      throw new MillraceError(
        'timeout',
        `Druid's supervisor '${dataSource.name}' has not read ${left} of the stream's records within ${startPatienceMs / 1000} s${exceptionClass ? ` (${exceptionClass}: ${message})` : ''}. Look at its status and at the tasks' logs, then run the promotion again: it goes on there.`,
      );
    }
    await pauseUnlessStopped(signal, pollMs);
  }
}

/** How many events one side holds; NaN where the dataSource does not count them. */
async function eventsOf(context: PromotionContext, side: 'embedded' | 'cluster'): Promise<number> {
  const { dataSource } = context;
  const count = dataSource.metrics.find(({ spec }) => spec.type === 'count');
  if (!count) return Number.NaN;
  const query = {
    queryType: 'timeseries',
    dataSource: dataSource.name,
    granularity: 'all',
    intervals: formatInterval(eternity),
    aggregations: [{ type: 'longSum', name: 'events', fieldName: count.spec.name }],
  };
  const { chunks } = await context[side].query(query);
  const [total] = (await parsedAnswer(chunks)) as { result: { events: number | null } }[];
  return total?.result.events ?? 0;
}

const sumOf = (numbers: Iterable<number>) => [...numbers].reduce((sum, number) => sum + number, 0);
