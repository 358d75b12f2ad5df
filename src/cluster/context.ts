/** What the parts of the cluster backend stand on, and what they are to each other. */
import type { ColumnNames, PushOutcome, Receivers, Reject, Submission } from '../backend.ts';
import type { Druid } from '../druid/index.ts';
import type { Cluster, KafkaProperties } from '../kafka/index.ts';
import type { Logger } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { DataSource } from '../spec/data-source.ts';

export interface ClusterContext {
  readonly druid: Druid;
  readonly kafka: Cluster;
  /** What `kafka` was opened with, for what supervisors and producers are told. */
  readonly kafkaProperties: KafkaProperties;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly now: () => number;
}

/** Where a dataSource's pushed events go. */
export interface PushTarget {
  readonly dataSource: DataSource;
  readonly topic: string;
  /** Of the topic. */
  readonly partitions: number;
}

export interface DefineOptions {
  /** A new supervisor waits until it is resumed: what is pushed waits in its topic. */
  readonly suspended?: boolean;
  /** Gives it up. */
  readonly signal?: AbortSignal | undefined;
}

/** The dataSources of the overlord's supervisors. It is the registry: what is kept here is only remembered for a while. */
export interface Definitions {
  /** Makes topic and supervisor, or changes them; settled when both are there. */
  define(dataSource: DataSource, options?: DefineOptions): Promise<void>;
  /** Undefined where there is no supervisor of that name. Rejects with `invalidInput` for one that takes no pushes. */
  lookup(name: string): Promise<PushTarget | undefined>;
  /** Defines an unknown dataSource by the events of a body. */
  create(name: string, lines: Uint8Array): Promise<PushTarget>;
  names(): Promise<readonly string[]>;
  describe(name: string): Promise<ColumnNames | undefined>;
  close(): Promise<void>;
}

export interface PushContext extends ClusterContext {
  readonly targets: Pick<Definitions, 'lookup' | 'create'>;
  readonly autoCreate: boolean;
  /** Bytes that may wait for Kafka. */
  readonly maxPendingBytes: number;
  readonly deadLetterDirectory: string | undefined;
}

/** Bodies → Kafka. */
export interface Pusher {
  /** As the backend's own: settled when all that is kept is in Kafka. */
  push(submission: Submission, accepted?: (received: number) => void): Promise<PushOutcome>;
  rejects(dataSource: string): Promise<readonly Reject[]>;
  /** Bytes accepted and not yet in Kafka. */
  readonly pendingBytes: number;
  /** Finishes what was accepted. */
  close(): Promise<void>;
}

/** A realtime node's file on a cluster. */
export interface RealtimeCluster {
  readonly receivers: Receivers;
}
