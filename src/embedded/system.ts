/** What the `sys` tables and INFORMATION_SCHEMA tell of this process. */
import { availableParallelism, totalmem } from 'node:os';
import type { QueryOptions } from '../backend.ts';
import { version } from '../observe/version.ts';
import type { SupervisorFacts, SystemFacts, TaskFacts } from '../query/sql/metadata/facts.ts';
import { streamOf, supervisorJson } from '../spec/supervisor.ts';
import { segmentList } from '../store/segment-list.ts';
import type { Store } from '../store/store.ts';
import type { EmbeddedLookups } from './lookups.ts';
import type { EmbeddedSupervisors, SupervisorSnapshot } from './supervisors/index.ts';

const startedAt = new Date(Date.now() - process.uptime() * 1000).toISOString();

/** Nothing is computed before a query asks for it. */
export function systemFacts(
  store: Store,
  supervisors: EmbeddedSupervisors,
  lookups: EmbeddedLookups,
  server: QueryOptions['server'],
): SystemFacts {
  return {
    ...lookups.scope,
    lookupNames: () => [...lookups.names()].sort(),
    table: (name) => store.view(name),
    names: () => [...store.tables.keys()].sort(),
    segments: () => segmentList(store.tables.values()),
    supervisors: () => supervisors.snapshot().map(supervisorFacts),
    tasks: () => supervisors.snapshot().flatMap(taskFacts),
    get server() {
      const { host = 'localhost', port = -1 } = server ?? {};
      return { host, port, startedAt, version, processors: availableParallelism(), memoryBytes: totalmem() };
    },
  };
}

function supervisorFacts({ spec, state }: SupervisorSnapshot): SupervisorFacts {
  const { id, type, suspended } = spec;
  return {
    id,
    ...state,
    type,
    source: streamOf(spec),
    suspended,
    spec: JSON.stringify(supervisorJson(spec)),
  };
}

/** Those that read, and those whose rows become segments. */
function taskFacts({ spec, status }: SupervisorSnapshot): TaskFacts[] {
  const { activeTasks, publishingTasks, dataSource } = status.payload;
  const type = `index_${spec.type}`;
  return [...activeTasks, ...publishingTasks].map((task) => ({
    id: task.id,
    groupId: `${type}_${dataSource}`,
    type,
    dataSource,
    createdTime: task.startTime,
    status: 'RUNNING',
    runnerStatus: 'RUNNING',
  }));
}
