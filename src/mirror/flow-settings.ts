/** What a mirror is told to do: one flow is one direction, from a source cluster to a target cluster. */
import type { KafkaProperties } from '../kafka/index.ts';

export interface MirrorFlow {
  /** Names its ledger and its group on the target: MirrorMaker 1's `group.id`, or `A.B` for MirrorMaker 2's `A->B`. */
  readonly name: string;
  readonly source: ClusterEnd;
  readonly target: ClusterEnd;
  readonly topics: NameFilter;
  /** Whether the source's heartbeats are mirrored, whatever `topics` says. */
  readonly mirrorsHeartbeats: boolean;
  readonly policy: ReplicationPolicy;
  /** `exactlyOnce`: what was mirrored is written in the same transaction on the target as the batches. */
  readonly delivery: 'atLeastOnce' | 'exactlyOnce';
  /** Into how many parts the work is divided, which processes share; counts when the flow's ledger is created, and not after. */
  readonly lanes: number;
  /** After so long without a sign of life of a process, the others take over its lanes, or it does itself, started again. */
  readonly sessionTimeoutMs: number;
  /** Between commits of transactions, or of the ledger. */
  readonly commitIntervalMs: number;
  /**
   * Where a partition begins of which neither the ledger nor the source's group knows: `auto.offset.reset`. What appears while the
   * mirror runs, topics and partitions, always begins at its first record.
   */
  readonly startAt: 'earliest' | 'latest';
  /** The source's consumer group that says where to begin, and that is kept in step for tools to see; undefined: none. */
  readonly sourceGroup: string | undefined;
  /** The target's topic in which a MirrorMaker 2 kept how far it was, which is gone by where the ledger knows nothing; undefined: none did. */
  readonly formerOffsetsTopic: string | undefined;
  /** Of the ledger's topic; a target of fewer brokers has as many copies of it as brokers. */
  readonly ledgerReplicationFactor: number;
  readonly topicSync: TopicSync;
  /** Undefined: nothing is done about consumer groups. */
  readonly groupSync: GroupSync | undefined;
  /** Written to the target's topic {@link ReplicationPolicy.heartbeatsTopic}; undefined: none. */
  readonly heartbeats: Heartbeats | undefined;
}

/** A cluster as one side of a flow. */
export interface ClusterEnd {
  /** Its name in the flow: stands in names of topics, checkpoints and heartbeats. */
  readonly alias: string;
  /** What `openCluster` takes. */
  readonly properties: KafkaProperties;
}

/** A name passes that `include` matches and none of `exclude`. All of them are anchored: they match whole names only. */
export interface NameFilter {
  readonly include: RegExp;
  readonly exclude: readonly RegExp[];
}

export interface TopicSync {
  /** How often new topics, new partitions and recreated topics are looked for; undefined: at the start only. */
  readonly refreshIntervalMs: number | undefined;
  /** How often the configuration of topics follows the source's; undefined: a topic has it from its creation, and keeps it. */
  readonly configIntervalMs: number | undefined;
  /** Whole names of the properties that a topic on the target has of its own, at its creation too. */
  readonly configExclude: readonly RegExp[];
  /** Whether properties that are not set on a source topic are copied as they are there, or are left to the target's defaults. */
  readonly configDefaultsFrom: 'source' | 'target';
  /** How often the ACLs of topics follow the source's; undefined: never. */
  readonly aclIntervalMs: number | undefined;
  /** Of topics that are created; -1: the default of the target's brokers. */
  readonly replicationFactor: number;
}

export interface GroupSync {
  readonly groups: NameFilter;
  /** How often new groups are looked for; undefined: at the start only. */
  readonly refreshIntervalMs: number | undefined;
  /** Records of MirrorMaker 2's form in the target's topic {@link ReplicationPolicy.checkpointsTopic}; undefined: none. */
  readonly checkpoints: { readonly intervalMs: number; readonly replicationFactor: number } | undefined;
  /** How often groups that are not in use on the target get their offsets there; undefined: never. */
  readonly offsetIntervalMs: number | undefined;
}

export interface Heartbeats {
  readonly intervalMs: number;
  readonly replicationFactor: number;
}

/** Names on the target. https://kafka.apache.org/documentation/#georeplication-flow-secure */
export interface ReplicationPolicy {
  /** `default` puts the source's alias before each name, `identity` keeps names as they are. */
  readonly kind: 'default' | 'identity';
  /** What a source topic is called on the target. */
  remoteTopic(topic: string): string;
  /** The alias of the cluster that a topic's records came from last; undefined: it was written there, or the name does not tell. */
  sourceOf(topic: string): string | undefined;
  /** What it was called on that cluster; undefined where {@link sourceOf} is. */
  upstreamTopic(topic: string): string | undefined;
  /** Whether it is one of Kafka's own or of MirrorMaker 2's, which are never mirrored. */
  isInternal(topic: string): boolean;
  readonly heartbeatsTopic: string;
  /** On the target, of the source's groups. */
  readonly checkpointsTopic: string;
}
