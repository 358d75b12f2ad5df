/** Which topics and groups a flow of MirrorMaker 2's file is about, and what of them it keeps in step. */
import type { GroupSync, NameFilter, TopicSync } from '../flow-settings.ts';
import type { Remark, SettingsFile } from './settings-file.ts';

/** https://kafka.apache.org/documentation/#mirror_source_config.properties.exclude */
export const unsharedConfigs =
  /^(?:(?:follower|leader)\.replication\.throttled\.replicas|message\.timestamp\.(?:difference\.max\.ms|type)|unclean\.leader\.election\.enable|min\.insync\.replicas)$/;

/** Of `topics` or `groups`; excluded are those that `byDefault` says, where the file says none. */
export function readFilter(
  file: SettingsFile,
  name: 'topics' | 'groups',
  byDefault: RegExp,
  remarks: Remark[],
): NameFilter {
  return { include: file.pattern(name, '.*') ?? /(?!)/, exclude: excluded(file, name, byDefault, remarks) };
}

/** Under its name of today, or the one before Kafka 2.7. */
function excluded(file: SettingsFile, name: string, byDefault: RegExp, remarks: Remark[]): readonly RegExp[] {
  const [today, old] = [`${name}.exclude`, `${name}.blacklist`];
  const ofToday = file.has(today) ? file.pattern(today, '') : byDefault;
  const pattern = file.has(old) && !file.has(today) ? file.pattern(old, '') : ofToday;
  if (file.text(old) !== undefined) {
    remarks.push(
      file.remark(old, `is the old name of '${today}'${file.has(today) ? ', which is there as well and counts' : ''}`),
    );
  }
  return pattern === undefined ? [] : [pattern];
}

export function readTopicSync(file: SettingsFile, remarks: Remark[]): TopicSync {
  return {
    refreshIntervalMs: file.interval('refresh.topics', { enabled: true, seconds: 600 }),
    configIntervalMs: file.interval('sync.topic.configs', { enabled: true, seconds: 600 }),
    configExclude: excluded(file, 'config.properties', unsharedConfigs, remarks),
    configDefaultsFrom: file.word('use.defaults.from', ['target', 'source']),
    aclIntervalMs: file.interval('sync.topic.acls', { enabled: true, seconds: 600 }),
    replicationFactor: file.count('replication.factor', 2, 1),
  };
}

export function readGroupSync(file: SettingsFile, remarks: Remark[]): GroupSync | undefined {
  const groups = readFilter(file, 'groups', /^(?:console-consumer-|connect-|__).*$/, remarks);
  const refreshIntervalMs = file.interval('refresh.groups', { enabled: true, seconds: 600 });
  const checkpointMs = file.interval('emit.checkpoints', { enabled: true, seconds: 60 });
  const replicationFactor = file.count('checkpoints.topic.replication.factor', 3, 1);
  const offsetIntervalMs = file.interval('sync.group.offsets', { enabled: false, seconds: 60 });
  if (checkpointMs === undefined && offsetIntervalMs === undefined) return undefined;
  const checkpoints = checkpointMs === undefined ? undefined : { intervalMs: checkpointMs, replicationFactor };
  return { groups, refreshIntervalMs, checkpoints, offsetIntervalMs };
}
