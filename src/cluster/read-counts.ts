/** How many rows Druid's tasks have read since the last time, by dataSource. */
import { z } from 'zod';
import type { Druid } from '../druid/index.ts';
import type { TopicCounts } from '../observe/flushed.ts';
import { supervisorPath } from './overlord.ts';

const count = z.number().catch(0);
const totalsSchema = z.object({ processed: count, processedWithError: count, thrownAway: count, unparseable: count });
export type RowTotals = z.infer<typeof totalsSchema>;

/** Task group → task → totals. https://druid.apache.org/docs/latest/ingestion/tasks#row-stats */
const statsSchema = z.record(
  z.string(),
  z.record(z.string(), z.object({ totals: z.record(z.string(), totalsSchema) }).catch({ totals: {} })),
);

/**
 * By sequence of tasks. Replicas read the same: of those the one counts that is farthest. A task's id is that of its sequence and
 * letters of its own.
 */
export function sequenceTotals(stats: unknown): ReadonlyMap<string, RowTotals> {
  const sequences = new Map<string, RowTotals>();
  for (const tasks of Object.values(statsSchema.safeParse(stats).data ?? {}))
    for (const [task, { totals }] of Object.entries(tasks)) {
      const sequence = task.slice(0, task.lastIndexOf('_'));
      const farthest = sequences.get(sequence);
      const { buildSegments } = totals;
      if (buildSegments && (!farthest || rowsOf(buildSegments) > rowsOf(farthest)))
        sequences.set(sequence, buildSegments);
    }
  return sequences;
}

const rowsOf = ({ processed, processedWithError, thrownAway, unparseable }: RowTotals): number =>
  processed + processedWithError + thrownAway + unparseable;

export class ReadCounts {
  readonly #druid: Pick<Druid, 'json'>;
  /** DataSource → the name it is shown under. */
  readonly #shown = new Map<string, string>();
  /** Of the sequences that there were the last time. */
  #before = new Map<string, RowTotals>();

  constructor(druid: Pick<Druid, 'json'>) {
    this.#druid = druid;
  }

  add(dataSource: string, shown: string): void {
    this.#shown.set(dataSource, shown);
  }

  /** Without those of which nothing was read. */
  async take(): Promise<ReadonlyMap<string, TopicCounts>> {
    const now = new Map<string, RowTotals>();
    const counts = new Map<string, TopicCounts>();
    for (const [dataSource, shown] of this.#shown) {
      const stats = await this.#druid.json('overlord', supervisorPath(dataSource, 'stats'));
      for (const [sequence, totals] of sequenceTotals(stats)) {
        now.set(sequence, totals);
        const since = (name: keyof RowTotals) => totals[name] - (this.#before.get(sequence)?.[name] ?? 0);
        const [sent, dropped] = [since('processed') + since('processedWithError'), since('thrownAway')];
        const unparseable = since('unparseable');
        if (sent + dropped + unparseable === 0) continue;
        const others = counts.get(shown);
        counts.set(shown, {
          receivedCount: (others?.receivedCount ?? 0) + sent + dropped + unparseable,
          sentCount: (others?.sentCount ?? 0) + sent,
          droppedCount: (others?.droppedCount ?? 0) + dropped,
          unparseableCount: (others?.unparseableCount ?? 0) + unparseable,
        });
      }
    }
    this.#before = now;
    return counts;
  }
}
