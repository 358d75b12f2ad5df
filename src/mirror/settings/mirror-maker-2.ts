/**
 * The properties file of MirrorMaker 2: clusters, and flows between them.
 * https://kafka.apache.org/documentation/#georeplication-config-syntax
 */
import { invalidInput, unsupported } from '../../errors.ts';
import type { Heartbeats, MirrorFlow, ReplicationPolicy } from '../flow-settings.ts';
import { type ReadEnd, readEnd } from './cluster-end.ts';
import { defaultCommitIntervalMs, defaultSessionTimeoutMs, lanesFor, longestCommitIntervalMs } from './limits.ts';
import { readFilter, readGroupSync, readTopicSync } from './mirror-maker-2-filters.ts';
import { onlyClasses } from './mirror-maker-2-properties.ts';
import { remarksOnUnread } from './mirror-maker-2-remarks.ts';
import type { MirrorSettings } from './mirror-settings.ts';
import { defaultPolicy, identityPolicy } from './replication-policy.ts';
import type { Remark, SettingsFile } from './settings-file.ts';

export interface MirrorMaker2Options {
  /** Aliases of the clusters that this process writes to; undefined: all. */
  readonly targets?: readonly string[] | undefined;
  /** Whatever the file says. */
  readonly exactlyOnce: boolean;
  readonly commitIntervalMs?: number | undefined;
}

interface Pair {
  readonly source: string;
  readonly target: string;
  /** `A->B` */
  readonly pair: string;
}

/** @throws MillraceError `invalidInput` or `unsupported`, with the line of the property. */
export function readMirrorMaker2(file: SettingsFile, options: MirrorMaker2Options): MirrorSettings {
  const clusters = clustersOf(file);
  const enabled = pairsOf(clusters).filter(({ pair }) => file.flag(`${pair}.enabled`, false));
  if (enabled.length === 0)
    throw file.mistake('clusters', `a flow between them, such as ${clusters[0]}->${clusters[1]}.enabled = true`);
  const run = enabled.filter(({ target }) => options.targets?.includes(target) ?? true);
  const stranger = options.targets?.find((target) => !clusters.includes(target));
  if (stranger !== undefined) throw file.mistake('clusters', `'${stranger}' of --clusters among them`);
  if (run.length === 0)
    throw invalidInput(`no flow leads to ${options.targets?.join(' or ')}`, { place: file.placeOf() });
  refuseClasses(file);
  const read = run.map((pair) => readFlow(file, pair, options));
  const flows = {
    clusters,
    run: new Set(run.map(({ pair }) => pair)),
    sources: new Set(enabled.map(({ source }) => source)),
    targets: new Set(enabled.map(({ target }) => target)),
  };
  const remarks = [...read.flatMap(({ remarks }) => remarks), ...remarksOnUnread(file, flows)];
  // What holds for several flows is said once.
  const byName = new Map(remarks.map((remark) => [remark.place.path, remark]));
  return { flows: read.map(({ flow }) => flow), remarks: [...byName.values()].sort(inOrder) };
}

const inOrder = (a: Remark, b: Remark): number => (a.place.line ?? 0) - (b.place.line ?? 0);

function clustersOf(file: SettingsFile): readonly string[] {
  const clusters = [...new Set(file.list('clusters', ''))];
  if (clusters.length < 2) throw file.mistake('clusters', 'the aliases of two clusters or more, such as A, B');
  // An alias becomes a part of topics' names.
  if (!clusters.every((alias) => /^[\w.-]+$/.test(alias))) {
    throw file.mistake('clusters', "aliases of letters, digits, '.', '_' and '-'");
  }
  return clusters;
}

function pairsOf(clusters: readonly string[]): readonly Pair[] {
  return clusters.flatMap((source) =>
    clusters.filter((target) => target !== source).map((target) => ({ source, target, pair: `${source}->${target}` })),
  );
}

function readFlow(file: SettingsFile, { source, target, pair }: Pair, options: MirrorMaker2Options) {
  const own = file.preferring(`${pair}.`);
  // As for Kafka Connect's workers, which stand beside the target.
  const worker = file.preferring(`${target}.`).preferring(`${pair}.`);
  refuseClasses(own);
  const ends = {
    source: readEnd(file, { alias: source, pair, side: 'source' }),
    target: readEnd(file, { alias: target, pair, side: 'target' }),
  };
  const { alias, properties } = ends.source;
  const isExact = worker.word('exactly.once.source.support', ['disabled', 'preparing', 'enabled']) === 'enabled';
  const delivery = options.exactlyOnce || isExact ? 'exactlyOnce' : 'atLeastOnce';
  const remarks: Remark[] = [...ends.source.remarks, ...ends.target.remarks];
  const flow: MirrorFlow = {
    name: `${source}.${target}`,
    source: { alias, properties },
    target: { alias: target, properties: ends.target.properties },
    topics: readFilter(own, 'topics', /^(?:mm2.*\.internal|.*\.replica|__.*)$/, remarks),
    mirrorsHeartbeats: own.flag('heartbeats.replication.enabled', true),
    policy: readPolicy(own, source),
    delivery,
    lanes: lanesFor(own.count('tasks.max', 1, 1)),
    sessionTimeoutMs: worker.count('session.timeout.ms', defaultSessionTimeoutMs, 1),
    commitIntervalMs: readCommitInterval({ own, worker, delivery, wanted: options.commitIntervalMs }),
    startAt: readStart(file, ends.source),
    sourceGroup: undefined,
    formerOffsetsTopic: worker.text('offset.storage.topic') ?? `mm2-offsets.${source}.internal`,
    ledgerReplicationFactor: own.count('offset-syncs.topic.replication.factor', 3, 1),
    topicSync: readTopicSync(own, remarks),
    groupSync: readGroupSync(own, remarks),
    heartbeats: readHeartbeats(own),
  };
  return { flow, remarks };
}

function readPolicy(file: SettingsFile, source: string): ReplicationPolicy {
  const name = 'replication.policy.class';
  const className = file.text(name)?.split('.').at(-1) ?? 'DefaultReplicationPolicy';
  const separator = file.text('replication.policy.separator') ?? '.';
  if (!/^[\w.-]+$/.test(separator)) {
    throw file.mistake(
      'replication.policy.separator',
      "what a topic's name can hold: letters, digits, '.', '_' and '-'",
    );
  }
  const isInternalSeparated = file.flag('replication.policy.internal.topic.separator.enabled', true);
  const heartbeatsTopic = file.text('default.replication.policy.heartbeats.topic.name') ?? 'heartbeats';
  const options = { source, separator, internalSeparator: isInternalSeparated ? separator : '.', heartbeatsTopic };
  if (className === 'DefaultReplicationPolicy') return defaultPolicy(options);
  // The latter is its name in KIP-382.
  if (className === 'IdentityReplicationPolicy' || className === 'LegacyReplicationPolicy')
    return identityPolicy(options);
  throw unsupported(
    `'${file.text(name)}' is a class of Java, of which DefaultReplicationPolicy and IdentityReplicationPolicy are known here`,
    {
      place: file.placeOf(name),
    },
  );
}

function readCommitInterval(of: {
  readonly own: SettingsFile;
  readonly worker: SettingsFile;
  readonly delivery: MirrorFlow['delivery'];
  readonly wanted: number | undefined;
}): number {
  const flushMs = of.worker.count('offset.flush.interval.ms', defaultCommitIntervalMs, 1);
  const boundaryMs = of.own.count('transaction.boundary.interval.ms', flushMs, 1);
  const boundary = of.own.word('transaction.boundary', ['poll', 'interval', 'connector']);
  const inTransactions = boundary === 'interval' ? boundaryMs : defaultCommitIntervalMs;
  const ofFile = of.delivery === 'exactlyOnce' ? inTransactions : flushMs;
  return Math.min(longestCommitIntervalMs, of.wanted ?? ofFile);
}

function readStart(file: SettingsFile, { offsetReset }: ReadEnd): MirrorFlow['startAt'] {
  const start = offsetReset?.value.trim().toLowerCase() ?? 'earliest';
  if (start === 'earliest' || start === 'latest') return start;
  throw file.mistake(offsetReset?.fullName ?? '', 'earliest or latest');
}

function readHeartbeats(file: SettingsFile): Heartbeats | undefined {
  const intervalMs = file.interval('emit.heartbeats', { enabled: true, seconds: 1 });
  const replicationFactor = file.count('heartbeats.topic.replication.factor', 3, 1);
  return intervalMs === undefined ? undefined : { intervalMs, replicationFactor };
}

/** What would change what is mirrored, and cannot run here. */
function refuseClasses(file: SettingsFile): void {
  for (const [name, byDefault] of Object.entries(onlyClasses)) {
    const value = file.text(name);
    if (!value || value.split('.').at(-1) === byDefault) continue;
    const rather = byDefault === '' ? 'leave it out' : `leave it out, which means ${byDefault}`;
    throw unsupported(`'${value}' is code of Java, which cannot run here; ${rather}`, { place: file.placeOf(name) });
  }
}
