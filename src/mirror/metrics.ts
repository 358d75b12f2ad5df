/**
 * What a mirror counts and measures, as Prometheus reads it and as its live line shows it.
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { partitionKey } from '../kafka/index.ts';
import { registerProcessMetrics } from '../observe/process-metrics.ts';

/** Sums over all flows and partitions since the start. */
export interface MirrorTotals {
  readonly records: number;
  readonly bytes: number;
  /** Records that the source has and the target has not yet, of all partitions that this process has. */
  readonly lagRecords: number;
  readonly reencodedBatches: number;
}

/** Of a flow. */
export interface FlowMetrics {
  /** The same one for the same partition. */
  partition(topic: string, partition: number): PartitionMetrics;
  /** From the timestamp of a batch's newest record until the target has it for all to read. */
  latency(seconds: number): void;
  /** Batches that did not go through as they are. */
  reencoded(reason: string, batches: number): void;
  /** Of a transaction, or of the ledger: from its end's beginning until the target has acknowledged it. */
  committed(seconds: number): void;
  laneRestarted(): void;
  /** How many lanes this process has from now on. Partitions of those that it had before are released. */
  lanes(count: number): void;
}

/** Of a partition of the source, while it is with this process. */
export interface PartitionMetrics {
  /** Acknowledged by the target. */
  mirrored(records: number, bytes: number): void;
  /** Records of transactions that were aborted: they do not arrive. */
  aborted(records: number): void;
  /** Offsets between what was mirrored and what can be read at the source. */
  lag(records: number): void;
  /** It goes no further, by this reason; undefined: it does again. */
  stopped(reason: string | undefined): void;
  /** It went to another process, or its topic is gone: its counts stay, its lag does not. */
  release(): void;
}

const latencyBuckets = [0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
const commitBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export class MirrorMetrics {
  readonly #registry = new Registry();
  readonly #ofPartition: PartitionFamilies;
  readonly #ofFlow: FlowFamilies;
  readonly #flows = new Map<string, FlowMeters>();

  constructor() {
    registerProcessMetrics(this.#registry);
    this.#ofPartition = partitionFamilies(this.#registry);
    this.#ofFlow = flowFamilies(this.#registry);
  }

  /** The same one for the same name. */
  flow(name: string): FlowMetrics {
    const known = this.#flows.get(name);
    if (known !== undefined) return known;
    const meters = new FlowMeters(name, this.#ofFlow, this.#ofPartition);
    this.#flows.set(name, meters);
    return meters;
  }

  totals(): MirrorTotals {
    const totals = { records: 0, bytes: 0, lagRecords: 0, reencodedBatches: 0 };
    for (const flow of this.#flows.values()) {
      totals.reencodedBatches += flow.reencodedBatches;
      for (const partition of flow.partitions.values()) {
        totals.records += partition.records;
        totals.bytes += partition.bytes;
        totals.lagRecords += partition.lagRecords;
      }
    }
    return totals;
  }

  /** The exposition text, and its content type. */
  async exposition(): Promise<{ readonly contentType: string; readonly text: string }> {
    return { contentType: this.#registry.contentType, text: await this.#registry.metrics() };
  }
}

class FlowMeters implements FlowMetrics {
  reencodedBatches = 0;
  readonly partitions = new Map<string, PartitionMeters>();
  readonly #flow: string;
  readonly #families: FlowFamilies;
  readonly #ofPartition: PartitionFamilies;

  constructor(flow: string, families: FlowFamilies, ofPartition: PartitionFamilies) {
    this.#flow = flow;
    this.#families = families;
    this.#ofPartition = ofPartition;
  }

  partition(topic: string, partition: number): PartitionMetrics {
    const key = partitionKey(topic, partition);
    const known = this.partitions.get(key);
    if (known !== undefined) return known;
    const meters = new PartitionMeters({ flow: this.#flow, topic, partition: String(partition) }, this.#ofPartition);
    this.partitions.set(key, meters);
    return meters;
  }

  latency(seconds: number): void {
    this.#families.latency.observe({ flow: this.#flow }, seconds);
  }

  reencoded(reason: string, batches: number): void {
    this.reencodedBatches += batches;
    this.#families.reencoded.inc({ flow: this.#flow, reason }, batches);
  }

  committed(seconds: number): void {
    this.#families.commits.observe({ flow: this.#flow }, seconds);
  }

  laneRestarted(): void {
    this.#families.laneRestarts.inc({ flow: this.#flow });
  }

  lanes(count: number): void {
    for (const partition of this.partitions.values()) partition.release();
    this.#families.lanes.set({ flow: this.#flow }, count);
  }
}

class PartitionMeters implements PartitionMetrics {
  records = 0;
  bytes = 0;
  lagRecords = 0;
  readonly #labels: Record<PartitionLabel, string>;
  readonly #families: PartitionFamilies;
  // Bound to their labels once: this is called for each answer of a fetch.
  readonly #records: Counter.Internal;
  readonly #bytes: Counter.Internal;
  #stoppedBy: string | undefined;

  constructor(labels: Record<PartitionLabel, string>, families: PartitionFamilies) {
    this.#labels = labels;
    this.#families = families;
    this.#records = families.records.labels(labels);
    this.#bytes = families.bytes.labels(labels);
  }

  mirrored(records: number, bytes: number): void {
    this.records += records;
    this.bytes += bytes;
    this.#records.inc(records);
    this.#bytes.inc(bytes);
  }

  aborted(records: number): void {
    this.#families.aborted.inc(this.#labels, records);
  }

  lag(records: number): void {
    this.lagRecords = records;
    this.#families.lag.set(this.#labels, records);
  }

  stopped(reason: string | undefined): void {
    if (reason === this.#stoppedBy) return;
    if (this.#stoppedBy !== undefined) this.#families.stopped.remove({ ...this.#labels, reason: this.#stoppedBy });
    if (reason !== undefined) this.#families.stopped.set({ ...this.#labels, reason }, 1);
    this.#stoppedBy = reason;
  }

  release(): void {
    this.stopped(undefined);
    this.lagRecords = 0;
    this.#families.lag.remove(this.#labels);
  }
}

type PartitionLabel = 'flow' | 'topic' | 'partition';
type PartitionFamilies = ReturnType<typeof partitionFamilies>;
type FlowFamilies = ReturnType<typeof flowFamilies>;

function partitionFamilies(registry: Registry) {
  const registers = [registry];
  const labelNames: PartitionLabel[] = ['flow', 'topic', 'partition'];
  const counter = (name: string, help: string) => new Counter({ name, help, labelNames, registers });
  return {
    records: counter('millrace_mirror_records_total', 'Records that the target has acknowledged.'),
    bytes: counter('millrace_mirror_bytes_total', 'Bytes of record batches that the target has acknowledged.'),
    aborted: counter(
      'millrace_mirror_aborted_records_total',
      'Records of aborted transactions at the source, left out.',
    ),
    lag: new Gauge({
      name: 'millrace_mirror_lag_records',
      help: 'Records that the source has and the target has not yet.',
      labelNames,
      registers,
    }),
    stopped: new Gauge({
      name: 'millrace_mirror_stopped',
      help: '1 for a partition that goes no further, with the reason.',
      labelNames: [...labelNames, 'reason'],
      registers,
    }),
  };
}

function flowFamilies(registry: Registry) {
  const registers = [registry];
  const labelNames: 'flow'[] = ['flow'];
  return {
    latency: new Histogram({
      name: 'millrace_mirror_latency_seconds',
      help: "From a record's timestamp until it can be read at the target; of each batch's newest record.",
      labelNames,
      registers,
      buckets: latencyBuckets,
    }),
    reencoded: new Counter({
      name: 'millrace_mirror_reencoded_batches_total',
      help: 'Batches that could not go through as they are, by reason.',
      labelNames: ['flow', 'reason'],
      registers,
    }),
    commits: new Histogram({
      name: 'millrace_mirror_commit_seconds',
      help: 'Duration of a commit: of a transaction, or of the ledger.',
      labelNames,
      registers,
      buckets: commitBuckets,
    }),
    laneRestarts: new Counter({
      name: 'millrace_mirror_lane_restarts_total',
      help: 'Times that a lane began again from the ledger after a failure.',
      labelNames,
      registers,
    }),
    lanes: new Gauge({
      name: 'millrace_mirror_lanes',
      help: 'Lanes that this process has of a flow.',
      labelNames,
      registers,
    }),
  };
}
