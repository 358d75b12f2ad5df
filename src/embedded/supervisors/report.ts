/** What is shown of a supervisor, in the shapes of Druid's API. */
import type { SupervisorStateReport, SupervisorStatus, TaskStats } from '../../backend.ts';
import type { PartitionName } from '../../sources/stream.ts';
import { millisOf, streamOf } from '../../spec/supervisor.ts';
import { shownOffsets } from './partitions.ts';
import { isHealthy, stateOf } from './state.ts';
import type { Supervisor } from './supervisor.ts';
import type { ReadingTask } from './task.ts';

export function stateReport({ detailedState }: Supervisor): SupervisorStateReport {
  const state = stateOf(detailedState);
  return { state, detailedState, healthy: isHealthy(state) };
}

/** How many records each partition has beyond what is committed. */
export function lags(supervisor: Supervisor): ReadonlyMap<PartitionName, bigint> {
  const { current, latest } = supervisor;
  return new Map(
    [...latest.offsets].flatMap(([partition, end]) => {
      const position = current.get(partition);
      return position === undefined ? [] : [[partition, end > position ? end - position : 0n]];
    }),
  );
}

/** https://druid.apache.org/docs/latest/ingestion/supervisor#status-report */
export function statusReport(supervisor: Supervisor, nowMs: number): SupervisorStatus {
  const { spec, latest, tasks, errors } = supervisor;
  const { state, detailedState, healthy } = stateReport(supervisor);
  const lag = lags(supervisor);
  const durationMs = millisOf(spec.ioConfig.taskDuration);
  const shown = (offsets: ReadonlyMap<PartitionName, bigint>) => shownOffsets(spec, offsets);
  const task = ({ id, from, createdAtMs, current }: ReadingTask) => ({
    id,
    startingOffsets: shown(from),
    startTime: new Date(createdAtMs).toISOString(),
    remainingSeconds: Math.max(0, Math.floor((createdAtMs + durationMs - nowMs) / 1000)),
    currentOffsets: shown(current),
  });
  const active = [...tasks.groups.values()].flatMap((group) => group.task ?? []);
  return {
    id: spec.id,
    generationTime: new Date(nowMs).toISOString(),
    payload: {
      dataSource: spec.id,
      stream: streamOf(spec),
      partitions: latest.offsets.size,
      replicas: spec.ioConfig.replicas,
      durationSeconds: Math.floor(durationMs / 1000),
      activeTasks: active.map((one) => ({
        ...task(one),
        type: 'ACTIVE',
        lag: shown(new Map([...lag].filter(([partition]) => one.from.has(partition)))),
      })),
      publishingTasks: [...tasks.publishing.keys()].map((one) => ({ ...task(one), type: 'PUBLISHING' })),
      latestOffsets: shown(latest.offsets),
      minimumLag: shown(lag),
      aggregateLag: Number([...lag.values()].reduce((sum, one) => sum + one, 0n)),
      offsetsLastUpdated: latest.atMs === undefined ? null : new Date(latest.atMs).toISOString(),
      suspended: spec.suspended,
      healthy,
      state,
      detailedState,
      recentErrors: errors.list,
    },
  };
}

/** https://druid.apache.org/docs/latest/ingestion/tasks#row-stats */
export function statsReport({ tasks: { groups, publishing } }: Supervisor): TaskStats {
  const stats: Record<string, Record<string, unknown>> = {};
  const add = (group: number, { id, meters }: ReadingTask) => {
    stats[group] = {
      ...stats[group],
      [id]: {
        movingAverages: { buildSegments: meters.averages },
        totals: { buildSegments: meters.totals },
      },
    };
  };
  for (const { id, task } of groups.values()) if (task) add(id, task);
  for (const [task, { id }] of publishing) add(id, task);
  return stats;
}
