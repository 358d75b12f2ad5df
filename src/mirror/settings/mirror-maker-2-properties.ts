/**
 * The properties of a MirrorMaker 2's file by name: what they do here, or why they do nothing.
 * https://kafka.apache.org/documentation/#mirrorconfigs
 */

interface KnownProperty {
  readonly meaning: string;
  /** Where it is not set; its own words where that depends on something. */
  readonly byDefault: string;
}

const is = (meaning: string, byDefault = ''): KnownProperty => ({ meaning, byDefault });

/** Of a flow, as `A->B.NAME` or `NAME` for all of them. */
export const readProperties: Readonly<Record<string, KnownProperty>> = {
  clusters: is('Aliases of the clusters, such as `A, B`.'),
  enabled: is('Only as `A->B.enabled`: whether A is mirrored to B.', 'false'),
  topics: is('Names and regular expressions of the topics to mirror.', '.*'),
  'topics.exclude': is('Those not to mirror.', 'mm2.*\\.internal, .*\\.replica, __.*'),
  'topics.blacklist': is('The old name of `topics.exclude`.'),
  'tasks.max': is(
    'As many lanes at least (4 to 64), of which each is with one process. Counts at the first start.',
    '1',
  ),
  'replication.factor': is('Of topics that are created.', '2'),
  'replication.policy.class': is(
    "`DefaultReplicationPolicy` puts the source's alias before names, `IdentityReplicationPolicy` leaves them.",
    'DefaultReplicationPolicy',
  ),
  'replication.policy.separator': is('Between an alias and a name.', '.'),
  'replication.policy.internal.topic.separator.enabled': is('Whether it stands in names of checkpoints, too.', 'true'),
  'exactly.once.source.support': is(
    '`enabled`: each record once, by transactions on the target. Also as `B.exactly.once.source.support`.',
    'disabled',
  ),
  'transaction.boundary': is('`interval`: transactions end as the next property says.', 'poll'),
  'transaction.boundary.interval.ms': is('How long a transaction is open; 20 s at most.', 'offset.flush.interval.ms'),
  'offset.flush.interval.ms': is('At least once: how often the ledger is written; 20 s at most.', '200'),
  'config.providers': is(
    `Where values like \`\${file:/path:name}\` come from: Kafka's own providers of files, directories and the environment.`,
  ),
  'offset.storage.topic': is(
    'Where a MirrorMaker 2 kept how far it was, on the target: a flow that has mirrored nothing here goes on there. Also as `B.offset.storage.topic`.',
    'mm2-offsets.A.internal',
  ),
  'session.timeout.ms': is(
    'After so long without a sign of life of a process, others take over its lanes. Also as `B.session.timeout.ms`.',
    '10000',
  ),
  'offset-syncs.topic.replication.factor': is('Of the ledger.', '3, or as many as brokers'),
  'refresh.topics.enabled': is('Whether new topics and partitions are looked for.', 'true'),
  'refresh.topics.interval.seconds': is('How often.', '600'),
  'sync.topic.configs.enabled': is("Whether topics' configurations follow the source's.", 'true'),
  'sync.topic.configs.interval.seconds': is('How often.', '600'),
  'config.properties.exclude': is(
    'Names and regular expressions of those that topics have of their own.',
    'throttles, timestamps, min.insync.replicas, unclean leader election',
  ),
  'config.properties.blacklist': is('The old name of `config.properties.exclude`.'),
  'use.defaults.from': is('`source` copies also what a topic of the source has by default.', 'target'),
  'sync.topic.acls.enabled': is("Whether topics' ACLs follow the source's.", 'true'),
  'sync.topic.acls.interval.seconds': is('How often.', '600'),
  groups: is('Names and regular expressions of consumer groups whose offsets are translated.', '.*'),
  'groups.exclude': is('Those left alone.', 'console-consumer-.*, connect-.*, __.*'),
  'groups.blacklist': is('The old name of `groups.exclude`.'),
  'refresh.groups.enabled': is('Whether new groups are looked for.', 'true'),
  'refresh.groups.interval.seconds': is('How often.', '600'),
  'emit.checkpoints.enabled': is("Whether groups' translated offsets are written to `A.checkpoints.internal`.", 'true'),
  'emit.checkpoints.interval.seconds': is('How often.', '60'),
  'checkpoints.topic.replication.factor': is('Of that topic.', '3, or as many as brokers'),
  'sync.group.offsets.enabled': is('Whether they are committed for groups that nobody uses on the target.', 'false'),
  'sync.group.offsets.interval.seconds': is('How often.', '60'),
  'emit.heartbeats.enabled': is('Whether heartbeats are written to the target.', 'true'),
  'emit.heartbeats.interval.seconds': is('How often.', '1'),
  'heartbeats.topic.replication.factor': is('Of their topic.', '3, or as many as brokers'),
  'heartbeats.replication.enabled': is("Whether the source's heartbeats are mirrored whatever `topics` says.", 'true'),
  'default.replication.policy.heartbeats.topic.name': is('Their topic.', 'heartbeats'),
};

/** What would change which records arrive, by code of Java: refused unless it is what is done anyway. */
export const onlyClasses: Readonly<Record<string, string>> = {
  'topic.filter.class': 'DefaultTopicFilter',
  'group.filter.class': 'DefaultGroupFilter',
  'config.property.filter.class': 'DefaultConfigPropertyFilter',
  'forwarding.admin.class': 'ForwardingAdmin',
  transforms: '',
  predicates: '',
};

interface UselessProperties {
  /** With `*` for whatever follows. */
  readonly names: readonly string[];
  readonly why: string;
}

const useless = (names: string, why: string): UselessProperties => ({ names: names.split(/\s+/), why });

/** Kafka Connect's and MirrorMaker's own machinery, which is not here. */
export const uselessProperties: readonly UselessProperties[] = [
  useless(
    'offset-syncs.topic.location emit.offset-syncs.enabled',
    'offset-syncs are not needed: the ledger on the target tells where each record went',
  ),
  useless('offset.lag.max', 'is not needed: the ledger is exact for each record, however much it lags'),
  useless(
    'offset.storage.* config.storage.* status.storage.* offset.flush.timeout.ms',
    "Kafka Connect's topics are not needed",
  ),
  useless(
    'key.converter* value.converter* header.converter*',
    'converters are not needed: records go through as bytes',
  ),
  useless(
    'dedicated.mode.enable.internal.rest listeners admin.listeners rest.* access.control.* response.http.*',
    'is not needed: processes share the work by a consumer group on the target, without HTTP among them',
  ),
  useless(
    'group.id inter.worker.* worker.* connect.protocol rebalance.* heartbeat.* scheduled.* task.shutdown.*',
    "Kafka Connect's workers are not needed: each process owns lanes by a consumer group on the target",
  ),
  useless(
    'name connector.* plugin.* tasks.max.enforce topic.creation.* topic.tracking.* config.action.reload',
    'is of Kafka Connect, which is not here',
  ),
  useless('source.cluster.alias target.cluster.alias', "the aliases are those of 'clusters'"),
  useless('errors.*', 'no record is skipped: what cannot be written stops its partition, and is reported'),
  useless(
    'metric.reporters metrics.* add.source.alias.to.metrics',
    'metrics are at /metrics of the port that --port opens',
  ),
  useless(
    'consumer.poll.timeout.ms admin.timeout.ms',
    "is not needed: 'request.timeout.ms' of the cluster holds for all requests",
  ),
  useless('use.incremental.alter.configs', 'configurations are always altered incrementally (Kafka 2.3)'),
  useless(
    'client.* connections.max.idle.ms metadata.* receive.* reconnect.* request.* retry.* send.* socket.*',
    "is of Kafka Connect's workers; put it under the cluster's consumer or producer",
  ),
];

/** In words; undefined for a property that is not among the useless ones. */
export const uselessness = (name: string): string | undefined =>
  uselessProperties.find(({ names }) => names.some((pattern) => isCalled(name, pattern)))?.why;

const isCalled = (name: string, pattern: string): boolean =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
