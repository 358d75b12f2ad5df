/** Batch ingestions on a Druid's overlord. https://druid.apache.org/docs/latest/api-reference/tasks-api */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Druid } from '../druid/index.ts';
import { asMillraceError, MillraceError } from '../errors.ts';
import type { BatchTask } from './batch-task.ts';

export type TaskEnd = { readonly succeeded: true } | { readonly succeeded: false; readonly message: string };

const pollMs = 500;

/** How long the overlord may be away while a task runs. */
const patienceMs = 300_000;

/** At most so many subtasks pull at once: more would wait for this server. */
const mostSubtasks = 4;

export const submitTask = (druid: Druid, { json }: BatchTask, signal: AbortSignal): Promise<unknown> =>
  druid.json('overlord', '/druid/indexer/v1/task', { method: 'POST', body: json, signal });

/** Has it end, if it still runs. */
export async function endTask(druid: Druid, id: string, signal: AbortSignal): Promise<void> {
  const path = `/druid/indexer/v1/task/${encodeURIComponent(id)}/shutdown`;
  await druid.json('overlord', path, { method: 'POST', signal }).catch((error) => {
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
      const path = `/druid/indexer/v1/task/${encodeURIComponent(id)}/status`;
      const { status } = (await druid.json('overlord', path, { signal })) as TaskStatus;
      lastAnswerMs = performance.now();
      if (status.statusCode === 'SUCCESS') return { succeeded: true };
      if (status.statusCode === 'FAILED') return { succeeded: false, message: status.errorMsg ?? 'Druid says no more' };
    } catch (error) {
      const { code } = asMillraceError(error);
      if (code === 'notFound') return undefined;
      const passing = code === 'unavailable' || code === 'timeout';
      if (!passing || performance.now() - lastAnswerMs > patienceMs) throw error;
    }
    await sleep(pollMs, undefined, { signal }).catch(() => {
      throw new MillraceError('cancelled', 'the promotion was stopped');
    });
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
