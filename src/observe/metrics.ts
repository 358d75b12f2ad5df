/**
 * What is counted and measured, as Prometheus reads it at `/metrics`.
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 *
 * Each process part gets its own registry, so that two embedded stores in one process do not add up.
 */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { registerProcessMetrics } from './process-metrics.ts';

/** Submissions on their way to where they are durable: the embedded store, or a Kafka. */
export interface DurableQueue {
  readonly pendingBytes: number;
  /** Age of the oldest submission that is not yet durable; 0 when there is none. */
  readonly lagMs: number;
}

/** For each dataSource: received = kept + dropped, all reasons together. */
export interface Metrics {
  readonly eventsReceived: Counter<'dataSource'>;
  readonly eventsKept: Counter<'dataSource'>;
  readonly eventsDropped: Counter<'dataSource' | 'reason'>;
  readonly commits: Counter;
  /** Duration of a commit, from its first statement to durable. */
  readonly commitSeconds: Histogram;
  /** `status` is `ok` or the error's code. */
  readonly queries: Counter<'type' | 'status'>;
  /** From the request to the answer's last byte. */
  readonly querySeconds: Histogram<'type'>;
  /** Requests that went on to a cluster's Druid, by its service and the status of the answer. */
  readonly proxiedRequests: Counter<'service' | 'status'>;
  /** From a request to the head of Druid's answer. */
  readonly proxiedSeconds: Histogram<'service'>;
  /** Rows stored, live and handed off. */
  readonly rows: Gauge<'dataSource'>;
  readonly segments: Gauge<'dataSource'>;
  /** Records that supervisors have read and committed, or dropped with their reason. */
  readonly streamRecords: Counter<'supervisor'>;
  /** Records that a partition has and that are not committed yet. */
  readonly streamLag: Gauge<'supervisor' | 'partition'>;
  /** 1 or 0, by its state. */
  readonly supervisorHealthy: Gauge<'supervisor' | 'state'>;
  readonly supervisorTasks: Gauge<'supervisor' | 'state'>;
  /** Rows that a Druid's present tasks have processed, thrown away or could not parse. */
  readonly taskRows: Gauge<'supervisor' | 'outcome'>;
  /** Has the gauges of what is accepted and not yet durable tell of this queue, too. */
  watch(queue: DurableQueue): void;
  /** Of all dataSources: events received so far, and rows stored. */
  totals(): Promise<{ readonly received: number; readonly rows: number }>;
  /** Calls `refresh` before each exposition, for gauges that are cheaper to ask for than to keep. */
  beforeExposition(refresh: () => void | Promise<void>): void;
  /** The exposition text, and its content type. */
  exposition(): Promise<{ readonly contentType: string; readonly text: string }>;
}

const durations = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const refreshes: (() => void | Promise<void>)[] = [];
  const counter = <T extends string>(name: string, help: string, labelNames: T[] = []) =>
    new Counter<T>({ name, help, labelNames, registers });
  const gauge = <T extends string>(name: string, help: string, labelNames: T[] = []) =>
    new Gauge<T>({ name, help, labelNames, registers });
  const histogram = <T extends string>(name: string, help: string, labelNames: T[] = []) =>
    new Histogram<T>({ name, help, labelNames, registers, buckets: durations });

  registerProcessMetrics(registry);
  const queues: DurableQueue[] = [];
  const pendingBytes = gauge('millrace_pending_bytes', 'Bytes accepted and not yet durable.');
  const durableLag = gauge('millrace_durable_lag_seconds', 'Age of the oldest submission that is not yet durable.');
  const rows = gauge('millrace_rows', 'Rows stored, live and handed off.', ['dataSource']);
  const eventsReceived = counter('millrace_events_received_total', 'Events received.', ['dataSource']);

  return {
    eventsReceived,
    eventsKept: counter('millrace_events_kept_total', 'Events kept, durable.', ['dataSource']),
    eventsDropped: counter('millrace_events_dropped_total', 'Events not kept, by reason.', ['dataSource', 'reason']),
    commits: counter('millrace_commits_total', 'Commits of events to the store.'),
    commitSeconds: histogram('millrace_commit_seconds', 'Duration of a commit.'),
    queries: counter('millrace_queries_total', 'Queries answered, by type and outcome.', ['type', 'status']),
    querySeconds: histogram('millrace_query_seconds', 'Duration of a query, to its last byte.', ['type']),
    proxiedRequests: counter('millrace_proxied_requests_total', 'Requests passed on to Druid, by service and status.', [
      'service',
      'status',
    ]),
    proxiedSeconds: histogram(
      'millrace_proxied_seconds',
      'Duration from a request to the head of the answer of Druid.',
      ['service'],
    ),
    rows,
    segments: gauge('millrace_segments', 'Segments handed off.', ['dataSource']),
    streamRecords: counter('millrace_stream_records_total', 'Records that supervisors have read.', ['supervisor']),
    streamLag: gauge('millrace_stream_lag_records', 'Records of a stream that are not read yet.', [
      'supervisor',
      'partition',
    ]),
    supervisorHealthy: gauge(
      'millrace_supervisor_healthy',
      "Whether a Druid's supervisor is healthy, with its state.",
      ['supervisor', 'state'],
    ),
    supervisorTasks: gauge('millrace_supervisor_tasks', "Tasks of a Druid's supervisor, by what they do.", [
      'supervisor',
      'state',
    ]),
    taskRows: gauge(
      'millrace_task_rows',
      "Rows that the present tasks of a Druid's supervisor have read, by outcome.",
      ['supervisor', 'outcome'],
    ),
    watch: (queue) => {
      queues.push(queue);
    },
    totals: async () => ({ received: await total(eventsReceived), rows: await total(rows) }),
    beforeExposition: (refresh) => {
      refreshes.push(refresh);
    },
    exposition: async () => {
      pendingBytes.set(queues.reduce((sum, queue) => sum + queue.pendingBytes, 0));
      durableLag.set(Math.max(0, ...queues.map(({ lagMs }) => lagMs)) / 1000);
      await Promise.all(refreshes.map((refresh) => refresh()));
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}

async function total(metric: Pick<Counter | Gauge, 'get'>): Promise<number> {
  return (await metric.get()).values.reduce((sum, { value }) => sum + value, 0);
}
