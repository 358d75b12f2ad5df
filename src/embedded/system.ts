/** What the `sys` tables and INFORMATION_SCHEMA tell of this process. */
import { availableParallelism, totalmem } from 'node:os';
import type { QueryOptions, Supervisors } from '../backend.ts';
import { version } from '../observe/version.ts';
import type { SupervisorFacts, SystemFacts, TaskFacts } from '../query/sql/metadata/facts.ts';
import { streamOf, supervisorJson } from '../spec/supervisor.ts';
import { segmentList } from '../store/segment-list.ts';
import type { Store } from '../store/store.ts';
import type { EmbeddedLookups } from './lookups.ts';

const startedAt = new Date(Date.now() - process.uptime() * 1000).toISOString();

/** Nothing is computed before a query asks for it. */
export function systemFacts(
  store: Store,
  supervisors: Supervisors,
  lookups: EmbeddedLookups,
  server: QueryOptions['server'],
): SystemFacts {
  return {
    ...lookups.scope,
    lookupNames: () => [...lookups.names()].sort(),
    table: (name) => store.view(name),
    names: () => [...store.tables.keys()].sort(),
    segments: () => segmentList(store.tables.values()),
    supervisors: () => supervisors.ids().map((id) => supervisorFacts(supervisors, id)),
    tasks: () => supervisors.ids().flatMap((id) => taskFacts(supervisors, id)),
    get server() {
      const { host = 'localhost', port = -1 } = server ?? {};
      return { host, port, startedAt, version, processors: availableParallelism(), memoryBytes: totalmem() };
    },
  };
}

function supervisorFacts(supervisors: Supervisors, id: string): SupervisorFacts {
  const spec = supervisors.spec(id);
  const { type, suspended } = spec;
  return {
    id,
    ...supervisors.state(id),
    type,
    source: streamOf(spec),
    suspended,
    spec: JSON.stringify(supervisorJson(spec)),
  };
}

/** Those that read, and those whose rows become segments. */
function taskFacts(supervisors: Supervisors, id: string): TaskFacts[] {
  const { activeTasks, publishingTasks, dataSource } = supervisors.status(id).payload;
  const type = `index_${supervisors.spec(id).type}`;
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
