/** Rows that stand still: copied to a Druid chunk by chunk by its batch ingestion, and compared. What was done is kept in the store. */
import { randomUUID } from 'node:crypto';
import { MillraceError } from '../errors.ts';
import { type Chunk, listChunks } from '../store/chunks.ts';
import type { PromotedChunk } from '../store/promotions.ts';
import { batchTask } from './batch-task.ts';
import { type PromotionContext, tableOf, throwIfStopped } from './context.ts';
import { endTask, freeSubtasks, submitTask, taskEnd } from './overlord.ts';

/** What one task takes at most; smaller ones pay for the start of their processes more often. */
const rowsPerTask = 10_000_000;
const chunksPerTask = 500;
/** Of one task. */
const mostFailures = 3;

/** A chunk with rows that are not handed off is still changing. */
const isSettled = ({ liveRows }: Chunk) => liveRows === 0;
/** By which a copy is known to be of now. */
export const versionOf = ({ version }: Chunk) => version ?? '';

/** The chunks that could go now: those that Druid lacks, or has as they were before. */
export async function staleChunks(context: PromotionContext): Promise<Chunk[]> {
  const copied = await context.promotions.chunks(context.dataSource.name);
  return (await settledChunks(context)).filter((chunk) => copied.get(chunk.startMs)?.version !== versionOf(chunk));
}

/** Those that change no more, unless late events come. */
export async function settledChunks(context: PromotionContext): Promise<Chunk[]> {
  const chunks = await listChunks(context.embedded.store, tableOf(context));
  return chunks.filter(isSettled);
}

/** Those that have to wait for hand-off. */
export async function liveChunks(context: PromotionContext): Promise<Chunk[]> {
  const chunks = await listChunks(context.embedded.store, tableOf(context));
  return chunks.filter((chunk) => !isSettled(chunk));
}

/** Copies all that can go now. */
export async function copyHistory(context: PromotionContext): Promise<void> {
  await finishEarlierTask(context);
  const stale = await staleChunks(context);
  const total = rowsOf(stale);
  let done = 0;
  for (const chunks of tasksOf(stale)) {
    context.report({ step: 'copying segments', done, total });
    await copy(context, chunks);
    done += rowsOf(chunks);
  }
  if (total > 0) context.report({ step: 'copying segments', done, total });
}

const rowsOf = (chunks: readonly Chunk[]) => chunks.reduce((sum, { rows }) => sum + rows, 0);

export function tasksOf(chunks: readonly Chunk[]): Chunk[][] {
  const tasks: Chunk[][] = [];
  let rows = 0;
  for (const chunk of chunks) {
    const last = tasks.at(-1);
    if (last && last.length < chunksPerTask && rows + chunk.rows <= rowsPerTask) last.push(chunk);
    else {
      tasks.push([chunk]);
      rows = 0;
    }
    rows += chunk.rows;
  }
  return tasks;
}

/** The task that may be running, as the store has it: written before the overlord hears of it. */
interface RunningTask {
  readonly id: string;
  /** The process that it pulls from. */
  readonly server: string;
  readonly chunks: readonly PromotedChunk[];
}

/** This process, among those that served a task's rows. */
const thisServer = randomUUID();

/**
 * A task that an earlier run has started: what it brings need not be brought again, and none may run beside another. One that pulled from a process
 * which is gone would try that again for minutes.
 */
async function finishEarlierTask(context: PromotionContext): Promise<void> {
  const { promotions, dataSource, cluster, signal, report } = context;
  const promotion = (await promotions.all()).find((one) => one.dataSource === dataSource.name);
  if (promotion?.task === undefined) return;
  const task = JSON.parse(promotion.task) as RunningTask;
  report({ step: `waiting for the task ${task.id}` });
  if (task.server !== thisServer) await endTask(cluster.druid, task.id, signal);
  const end = await taskEnd(cluster.druid, task.id, signal);
  if (end?.succeeded) await promotions.writeChunks(dataSource.name, task.chunks);
  await promotions.write({ ...promotion, task: undefined });
}

async function copy(context: PromotionContext, chunks: readonly Chunk[]): Promise<void> {
  const { cluster, promotions, dataSource, signal, form, settings } = context;
  const { druid } = cluster;
  const promotion = (await promotions.all()).find((one) => one.dataSource === dataSource.name);
  if (!promotion) throw new MillraceError('defect', `no promotion of '${dataSource.name}' is under way`);
  const copied = chunks.map((chunk) => ({ startMs: chunk.startMs, version: versionOf(chunk), agrees: false }));
  const free = await freeSubtasks(druid, signal);
  for (let failures = 0; ; ) {
    throwIfStopped(context);
    const id = `millrace_promote_${dataSource.name}_${new Date().toISOString()}`;
    const task: RunningTask = { id, server: thisServer, chunks: copied };
    await promotions.write({ ...promotion, task: JSON.stringify(task) });
    const source = { dataSchema: dataSource.dataSchema, form, address: settings.address, freeSubtasks: free };
    await submitTask(druid, batchTask(id, chunks, source), signal);
    const end = await taskEnd(druid, id, signal);
    if (end?.succeeded) {
      await promotions.writeChunks(dataSource.name, copied);
      await promotions.write({ ...promotion, task: undefined });
      return;
    }
    failures++;
    const reason = end ? end.message : 'the overlord does not know it any more';
    context.report({ step: `the task ${id} failed: ${reason}` });
    if (failures < mostFailures) continue;
    throw new MillraceError(
      'runtimeFailure',
      `Druid's batch ingestion failed ${failures} times, the last time with: ${reason}. It pulls the rows from ${settings.address}/v1/segments: can Druid reach that address? See --advertise, and the log of task ${id}.`,
    );
  }
}
