/** Segments, servers, tasks and supervisors. https://druid.apache.org/docs/latest/querying/sql-metadata-tables#system-schema */
import { eternity, formatInstant } from '../../../catalog/time.ts';
import { join, type Sql, sql } from '../../../sql.ts';
import { type Row, type SystemTable, systemColumns } from './define.ts';
import type { ServerFacts, SystemFacts } from './facts.ts';

const address = ({ host, port }: ServerFacts): string => `${host}:${port}`;

const whole = (condition: boolean): number => (condition ? 1 : 0);

const isoText = (time: Sql, endless: number): Sql =>
  sql`coalesce(strftime(${time}, '%Y-%m-%dT%H:%M:%S.%gZ'), ${formatInstant(endless)})`;

/** What `facts.segments()` tells, with the id and the bounds as text. */
const described = (facts: SystemFacts): Sql => sql`
  SELECT *, data_source || '_' || from_text || '_' || to_text || '_' || version || CASE WHEN "partition" > 0 THEN '_' || "partition" ELSE '' END AS id
  FROM (SELECT *, ${isoText(sql`"start"`, eternity.start)} AS from_text, ${isoText(sql`"end"`, eternity.end)} AS to_text FROM (${facts.segments()}))`;

const segments: SystemTable = {
  columns:
    systemColumns(`segment_id? datasource? start? end? size#? version? partition_num#? num_replicas#? num_rows#? is_active#?
    is_published#? is_available#? is_realtime#? is_overshadowed#? shard_spec? dimensions? metrics? last_compaction_state?
    replication_factor#?`),
  rows(facts) {
    const columns = facts.names().map((name) => {
      const all = [...(facts.table(name)?.columns.values() ?? [])];
      const ofKind = (kind: string) =>
        JSON.stringify(all.filter((column) => column.kind === kind).map((one) => one.name));
      return sql`(${name}, ${ofKind('dimension')}, ${ofKind('metric')})`;
    });
    if (columns.length === 0) return [];
    const shardSpec = sql`'{"type":"numbered","partitionNum":' || "partition" || ',"partitions":' || ("partition" + 1) || '}'`;
    return sql`
      SELECT id, data_source, from_text, to_text, size, version, "partition", 1, "rows", 1,
        NOT realtime, 1, realtime, 0, ${shardSpec}, dimensions, metrics, NULL, 1
      FROM (${described(facts)}) JOIN (VALUES ${join(columns)}) AS c(name, dimensions, metrics) ON name = data_source`;
  },
};

/** One process does it all, so there is one server; `server` stays what joins with `server_segments`. */
const servers: SystemTable = {
  columns:
    systemColumns(`server? host? plaintext_port#? tls_port#? server_type? tier? curr_size#? max_size#? is_leader#? start_time?
    storage_size#? version? build_revision? labels? available_processors#? total_memory#?`),
  rows(facts) {
    const { server } = facts;
    return sql`
      SELECT ${address(server)}, ${server.host}, ${server.port}, -1, 'historical', '_default_tier', stored, stored, 1,
        ${server.startedAt}, stored, ${server.version}, '', NULL, ${server.processors}, ${server.memoryBytes}
      FROM (SELECT coalesce(sum(size), 0) AS stored FROM (${facts.segments()}))`;
  },
};

const serverSegments: SystemTable = {
  columns: systemColumns('server? segment_id?'),
  rows: (facts) => sql`SELECT ${address(facts.server)}, id FROM (${described(facts)})`,
};

const tasks: SystemTable = {
  columns:
    systemColumns(`task_id? group_id? type? datasource? created_time? queue_insertion_time? status? runner_status? duration#?
    location? host? plaintext_port#? tls_port#? error_msg?`),
  rows: ({ server, tasks }) =>
    tasks().map((task): Row => {
      const runs = task.status === 'RUNNING';
      return [
        ...[task.id, task.groupId, task.type, task.dataSource, task.createdTime, '1970-01-01T00:00:00.000Z'],
        ...[task.status, task.runnerStatus, task.durationMs ?? -1],
        ...(runs ? [address(server), server.host, server.port, -1] : [null, null, -1, -1]),
        task.error ?? null,
      ];
    }),
};

const supervisors: SystemTable = {
  columns: systemColumns('supervisor_id? state? detailed_state? healthy#? type? source? suspended#? spec?'),
  rows: (facts) =>
    facts
      .supervisors()
      .map(({ id, state, detailedState, healthy, type, source, suspended, spec }) => [
        ...[id, state, detailedState, whole(healthy), type, source, whole(suspended), spec],
      ]),
};

export const sys: ReadonlyMap<string, SystemTable> = new Map(
  Object.entries({ segments, servers, server_segments: serverSegments, tasks, supervisors }),
);
