/** The cluster backend: a real Druid, whose supervisors read what is pushed from Kafka. It keeps nothing of its own. */
import type {
  Answer,
  ColumnNames,
  DataSourceStatus,
  Health,
  PushOutcome,
  QueryOptions,
  Receivers,
  Reject,
  RemoteBackend,
  SqlAnswer,
  SqlOptions,
  Submission,
  Supervisors,
} from '../backend.ts';
import { type Druid, type DruidSettings, openDruid } from '../druid/index.ts';
import { type Cluster, type KafkaProperties, openCluster as openKafka } from '../kafka/index.ts';
import type { Logger } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { RealtimeSpecs } from '../sources/firehoses/index.ts';
import type { DataSource } from '../spec/data-source.ts';
import type { TranquilityKafka } from '../spec/tranquility-kafka.ts';
import type { ClusterContext, DefineOptions, Definitions, Pusher, RealtimeCluster } from './context.ts';
import { openDefinitions } from './definitions.ts';
import { probe, startPatienceMs, untilReachable } from './health.ts';
import { Monitor } from './monitor.ts';
import { openPusher } from './push/index.ts';
import { askNative, askSql, cancelQuery } from './queries.ts';
import { openRealtime } from './realtime.ts';
import { openSupervisors } from './supervisors.ts';
import { superviseTranquilityKafka } from './tranquility-kafka.ts';

export interface ClusterOptions {
  readonly druid: DruidSettings;
  /** As Java's clients name them; `bootstrap.servers` is needed. */
  readonly kafka: KafkaProperties;
  /** Whether a push into an unknown dataSource creates it. */
  readonly autoCreate: boolean;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** Bytes that may wait for Kafka; 128 MiB. */
  readonly maxPendingBytes?: number | undefined;
  /** Where all rejected events are kept, too. */
  readonly deadLetterDirectory?: string | undefined;
  /** Makes it do what a realtime node's file says. */
  readonly realtime?: RealtimeSpecs | undefined;
  /** Ends the wait for them. */
  readonly signal?: AbortSignal | undefined;
  /** How long Druid and Kafka may take until they can be reached; 30 s. */
  readonly startPatienceMs?: number | undefined;
  /** The clock, for tests of windows. */
  readonly now?: (() => number) | undefined;
}

const mebibyte = 1024 * 1024;

/** Rejects with a MillraceError that says what was tried, when Druid or Kafka cannot be reached or does not let us in. */
export async function openCluster(options: ClusterOptions): Promise<ClusterBackend> {
  const { metrics, log, now = Date.now, signal = new AbortController().signal } = options;
  await using opened = new AsyncDisposableStack();
  const kafka = opened.use(openKafka(options.kafka));
  const druid = opened.use(openDruid(options.druid, log));
  const context: ClusterContext = { druid, kafka, kafkaProperties: options.kafka, metrics, log, now };
  await untilReachable(context, options.startPatienceMs ?? startPatienceMs, signal);
  const definitions = opened.adopt(openDefinitions(context), (one) => one.close());
  const pusher = opened.adopt(
    await openPusher({
      ...context,
      targets: definitions,
      autoCreate: options.autoCreate,
      maxPendingBytes: options.maxPendingBytes ?? 128 * mebibyte,
      deadLetterDirectory: options.deadLetterDirectory,
    }),
    (one) => one.close(),
  );
  const realtime =
    options.realtime && (await openRealtime({ ...context, definitions, pusher }, options.realtime, signal));
  const supervisors = openSupervisors(context);
  const monitor = new Monitor(context);
  return new ClusterBackend({ context, definitions, pusher, supervisors, monitor, realtime, opened: opened.move() });
}

interface Parts {
  readonly context: ClusterContext;
  readonly definitions: Definitions;
  readonly pusher: Pusher;
  readonly supervisors: Supervisors;
  readonly monitor: Monitor;
  readonly realtime: RealtimeCluster | undefined;
  /** What is to be closed, the last first. */
  readonly opened: AsyncDisposableStack;
}

export class ClusterBackend implements RemoteBackend {
  readonly druid: Druid;
  readonly kafka: Cluster;
  readonly supervisors: Supervisors;
  readonly receivers: Receivers | undefined;
  readonly #parts: Parts;

  constructor(parts: Parts) {
    const { context, supervisors, realtime } = parts;
    this.druid = context.druid;
    this.kafka = context.kafka;
    this.supervisors = supervisors;
    this.receivers = realtime?.receivers;
    this.#parts = parts;
  }

  push(submission: Submission, accepted?: (received: number) => void): Promise<PushOutcome> {
    return this.#parts.pusher.push(submission, accepted);
  }

  query(query: unknown, options?: QueryOptions): Promise<Answer> {
    return askNative(this.druid, query, options);
  }

  sql(request: unknown, options?: SqlOptions): Promise<SqlAnswer> {
    return askSql(this.druid, request, options);
  }

  cancel(queryId: string): Promise<boolean> {
    return cancelQuery(this.druid, queryId);
  }

  define(dataSource: DataSource, options?: DefineOptions): Promise<void> {
    return this.#parts.definitions.define(dataSource, options);
  }

  dataSources(): Promise<readonly string[]> {
    return this.#parts.definitions.names();
  }

  describe(dataSource: string): Promise<ColumnNames | undefined> {
    return this.#parts.definitions.describe(dataSource);
  }

  rejects(dataSource: string): Promise<readonly Reject[]> {
    return this.#parts.pusher.rejects(dataSource);
  }

  status(dataSource: string): Promise<DataSourceStatus | undefined> {
    return this.#parts.monitor.status(dataSource);
  }

  async health(): Promise<Health> {
    const { pendingBytes } = this.#parts.pusher;
    const troubles = await probe(this.#parts.context);
    if (troubles.length === 0) return { healthy: true, pendingBytes };
    return { healthy: false, problem: troubles.map(({ message }) => message).join('; '), pendingBytes };
  }

  /** Has the overlord read topics as Tranquility Kafka does, until the signal aborts. */
  readTranquilityKafka(spec: TranquilityKafka, signal: AbortSignal): Promise<void> {
    return superviseTranquilityKafka(this.#parts.context, spec, signal);
  }

  close(): Promise<void> {
    return this.#parts.opened.disposeAsync();
  }
}
