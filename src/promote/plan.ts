/** What a promotion would do. */
import { condenseIntervals, formatInterval } from '../catalog/time.ts';
import { listChunks } from '../store/chunks.ts';
import { type PromotionContext, tableOf } from './context.ts';
import { tasksOf } from './history.ts';
import type { EventStream } from './stream.ts';

export interface PromotionPlan {
  readonly dataSource: string;
  readonly intervals: readonly string[];
  readonly rows: number;
  /** Those of them that go after the stream has stopped, as they are not handed off yet. */
  readonly liveRows: number;
  /** Batch ingestions on Druid, about. */
  readonly tasks: number;
  /** The topics that Druid reads on. */
  readonly stream: string;
  /** At which it begins, as far as it is known now. */
  readonly offsets: Readonly<Record<string, string>>;
  /** Metrics whose history stays behind. */
  readonly without: readonly string[];
}

export async function planOf(context: PromotionContext, stream: EventStream): Promise<PromotionPlan> {
  const { dataSource, settings, embedded } = context;
  const chunks = await listChunks(embedded.store, tableOf(context));
  const positions = await stream.positions();
  return {
    dataSource: dataSource.name,
    intervals: condenseIntervals(chunks.map(({ startMs, endMs }) => ({ start: startMs, end: endMs }))).map(
      formatInterval,
    ),
    rows: chunks.reduce((sum, { rows }) => sum + rows, 0),
    liveRows: chunks.reduce((sum, { liveRows }) => sum + liveRows, 0),
    tasks: tasksOf(chunks).length,
    stream: stream.topics instanceof RegExp ? stream.topics.source : stream.topics.join(','),
    offsets: Object.fromEntries([...positions].map(([partition, position]) => [partition, String(position)])),
    without: settings.without,
  };
}
