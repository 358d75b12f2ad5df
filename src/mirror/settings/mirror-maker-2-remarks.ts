/**
 * What is said of the properties of a MirrorMaker 2's file that this mirror does not read, by name.
 * https://kafka.apache.org/documentation/#mirrorconfigs
 */
import { nearestWord } from '../../errors.ts';
import type { SettingsFile } from './settings-file.ts';

/** Kafka Connect's and MirrorMaker's own machinery, which is not here. */
const notNeeded: readonly (readonly [pattern: RegExp, why: string])[] = [
  [
    /^(?:offset-syncs\.topic\.location|emit\.offset-syncs\.enabled)$/,
    'offset-syncs are not needed: the ledger on the target tells where each record went',
  ],
  [/^offset\.lag\.max$/, 'is not needed: the ledger is exact for each record, however much it lags'],
  [/^(?:(?:offset|config|status)\.storage|offset\.flush\.timeout)\./, "Kafka Connect's topics are not needed"],
  [/^(?:key|value|header)\.converter/, 'converters are not needed: records go through as bytes'],
  [
    /^(?:dedicated\.mode\.enable\.internal\.rest|listeners|admin\.listeners|access\.control\.|response\.http\.|rest\.)/,
    'is not needed: processes share the work by a consumer group on the target, without HTTP among them',
  ],
  [
    /^(?:inter\.worker\.|connect\.protocol|group\.id|(?:worker|rebalance|session|heartbeat|scheduled)\.|task\.shutdown\.)/,
    "Kafka Connect's workers are not needed: each process owns lanes by a consumer group on the target",
  ],
  [
    /^(?:plugin\.|connector\.|tasks\.max\.enforce|topic\.(?:creation|tracking)\.|config\.action\.reload|name$)/,
    'is of Kafka Connect, which is not here',
  ],
  [/^(?:source|target)\.cluster\.alias$/, "the aliases are those of 'clusters'"],
  [/^errors\./, 'no record is skipped: what cannot be written stops its partition, and is reported'],
  [/^(?:metric\.reporters|metrics\.|add\.source\.alias)/, 'metrics are at /metrics of the port that --port opens'],
  [
    /^(?:consumer\.poll|admin)\.timeout\.ms$/,
    "is not needed: 'request.timeout.ms' of the cluster holds for all requests",
  ],
  [/^use\.incremental\.alter\.configs$/, 'configurations are always altered incrementally (Kafka 2.3)'],
  [
    /^(?:client\.|connections\.max\.idle|metadata\.|re(?:ceive|connect|quest|try)\.|send\.|socket\.)/,
    "is of Kafka Connect's workers; put it under the cluster's consumer or producer",
  ],
];

/** Keys that are read, for who mistypes one. */
const knownNames: readonly string[] =
  `clusters enabled topics topics.exclude topics.blacklist groups groups.exclude groups.blacklist
  replication.policy.class replication.policy.separator replication.policy.internal.topic.separator.enabled
  default.replication.policy.heartbeats.topic.name replication.factor tasks.max
  refresh.topics.enabled refresh.topics.interval.seconds sync.topic.configs.enabled sync.topic.configs.interval.seconds
  sync.topic.acls.enabled sync.topic.acls.interval.seconds config.properties.exclude config.properties.blacklist use.defaults.from
  refresh.groups.enabled refresh.groups.interval.seconds emit.checkpoints.enabled emit.checkpoints.interval.seconds
  sync.group.offsets.enabled sync.group.offsets.interval.seconds emit.heartbeats.enabled emit.heartbeats.interval.seconds
  heartbeats.replication.enabled exactly.once.source.support transaction.boundary transaction.boundary.interval.ms
  offset.flush.interval.ms session.timeout.ms offset-syncs.topic.replication.factor checkpoints.topic.replication.factor
  heartbeats.topic.replication.factor topic.filter.class group.filter.class config.property.filter.class
  forwarding.admin.class transforms predicates config.providers`.split(/\s+/);

export interface Flows {
  /** The aliases of 'clusters'. */
  readonly clusters: readonly string[];
  /** `A->B` of the flows that are run here. */
  readonly run: ReadonlySet<string>;
  /** What the enabled ones read, and write to, here or elsewhere. */
  readonly sources: ReadonlySet<string>;
  readonly targets: ReadonlySet<string>;
}

/** One line for each property that nothing reads. */
export function remarksOnUnread(file: SettingsFile, flows: Flows): readonly string[] {
  return file.unread().flatMap((fullName) => {
    const why = remarkOn(fullName, flows);
    return why === undefined ? [] : [file.remark(fullName, why)];
  });
}

function remarkOn(fullName: string, flows: Flows): string | undefined {
  const [, source, target, ofPair] = /^(.+?)->(.+?)\.(.+)$/.exec(fullName) ?? [];
  if (source !== undefined && target !== undefined && ofPair !== undefined) {
    const stranger = [source, target].find((alias) => !flows.clusters.includes(alias));
    if (stranger !== undefined) return `there is no '${stranger}' in 'clusters'`;
    // What is said of a flow that is not run waits for it to be.
    return flows.run.has(`${source}->${target}`) ? remarkOnName(ofPair) : undefined;
  }
  const alias = flows.clusters.find((one) => fullName.startsWith(`${one}.`));
  if (alias === undefined) return remarkOnName(fullName);
  const name = fullName.slice(alias.length + 1);
  const isUsed = flows.sources.has(alias) || flows.targets.has(alias);
  return isUsed ? remarkOnCluster(name, alias, flows) : undefined;
}

function remarkOnCluster(name: string, alias: string, { sources, targets }: Flows): string | undefined {
  if (name.startsWith('consumer.'))
    return sources.has(alias) ? undefined : `no flow that is enabled reads from '${alias}'`;
  if (name.startsWith('producer.'))
    return targets.has(alias) ? undefined : `no flow that is enabled writes to '${alias}'`;
  if (name.startsWith('admin.')) return `one login is used for all requests to a cluster; put it under '${alias}.'`;
  return remarkOnName(name);
}

function remarkOnName(name: string): string {
  const why = notNeeded.find(([pattern]) => pattern.test(name))?.[1];
  if (why !== undefined) return why;
  if (/^(?:source\.|target\.)?(?:admin|consumer|producer)\./.test(name))
    return 'is not needed: a flow reads as a consumer, and writes as a producer';
  const nearest = nearestWord(name, knownNames);
  return `is not known, and is ignored${nearest === undefined ? '' : `; did you mean '${nearest}'?`}`;
}
