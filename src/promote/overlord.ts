/** Batch ingestions on a Druid's overlord. https://druid.apache.org/docs/latest/api-reference/tasks-api */
import type { Druid } from '../druid/index.ts';
import { asMillraceError } from '../errors.ts';
import type { BatchTask } from './batch-task.ts';
import { pauseUnlessStopped } from './context.ts';

export type TaskEnd = { readonly succeeded: true } | { readonly succeeded: false; readonly message: string };

const pollMs = 500;

/** How long the overlord may be away while a task runs. */
const patienceMs = 300_000;

/** At most so many subtasks pull at once: more would wait for this server. */
const mostSubtasks = 4;

const tasksPath = '/druid/indexer/v1/task';
const taskPath = (id: string, about: string) => `${tasksPath}/${encodeURIComponent(id)}/${about}`;

export const submitTask = (druid: Druid, { json }: BatchTask, signal: AbortSignal): Promise<unknown> =>
  druid.json('overlord', tasksPath, { method: 'POST', body: json, signal });

/** Has it end, if it still runs. */
export async function endTask(druid: Druid, id: string, signal: AbortSignal): Promise<void> {
  await unlessGone(druid.json('overlord', taskPath(id, 'shutdown'), { method: 'POST', signal }));
}

/** Of what may have ended by itself: that it is not there is as well. */
export async function unlessGone(work: Promise<unknown>): Promise<void> {
  await work.catch((error) => {
    if (asMillraceError(error).code !== 'notFound') throw error;
  });
}

interface TaskStatus {
  readonly status: { readonly statusCode: string; readonly errorMsg: string | null };
}

/** Waits until it has ended; undefined where the overlord does not know it. */
export async function taskEnd(druid: Druid, id: string, signal: AbortSignal): Promise<TaskEnd | undefined> {
  for (let lastAnswerMs = performance.now(); ; ) {
    try {
      const { status } = (await druid.json('overlord', taskPath(id, 'status'), { signal })) as TaskStatus;
      lastAnswerMs = performance.now();
      if (status.statusCode === 'SUCCESS') return { succeeded: true };
      if (status.statusCode === 'FAILED') return { succeeded: false, message: status.errorMsg ?? 'Druid says no more' };
    } catch (error) {
      const { code } = asMillraceError(error);
      if (code === 'notFound') return undefined;
      const passing = code === 'unavailable' || code === 'timeout';
      if (!passing || performance.now() - lastAnswerMs > patienceMs) throw error;
    }
    await pauseUnlessStopped(signal, pollMs);
  }
}

interface Capacity {
  readonly currentClusterCapacity: number;
  readonly usedClusterCapacity: number;
}

/** How many subtasks a task can have at once, beside itself; 1 where it is not known. */
export async function freeSubtasks(druid: Druid, signal: AbortSignal): Promise<number> {
  const path = '/druid/indexer/v1/totalWorkerCapacity';
  const { currentClusterCapacity, usedClusterCapacity } = (await druid.json('overlord', path, { signal })) as Capacity;
  return Math.max(1, Math.min(mostSubtasks, currentClusterCapacity - usedClusterCapacity - 1));
}
