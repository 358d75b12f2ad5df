/** A supervisor's reading task: a reading with an id, a creation time that bounds its events, and counts of rows. */
import { randomBytes } from 'node:crypto';
import type { UnparseableEvent } from '../../backend.ts';
import { invalidInput, type MillraceError } from '../../errors.ts';
import type { Committer } from '../../ingest/committer.ts';
import type { WorkOutcome } from '../../ingest/work.ts';
import type { Origin, PartitionName, Stream, StreamBatch } from '../../sources/stream.ts';
import type { DataSource } from '../../spec/data-source.ts';
import { type SupervisorSpec, taskBounds } from '../../spec/supervisor.ts';
import { Reading, type ReadingEnd } from '../reading.ts';
import { RowMeters } from './row-meters.ts';

export interface TaskOptions {
  readonly id: string;
  readonly spec: SupervisorSpec;
  readonly stream: Stream;
  readonly committer: Committer;
  /** The source of the commits' progress. */
  readonly source: string;
  readonly from: ReadonlyMap<PartitionName, bigint>;
  readonly origins: ReadonlyMap<PartitionName, Origin>;
  readonly createdAtMs: number;
  onCommit(batch: StreamBatch): void;
  onUnparseable(events: readonly UnparseableEvent[]): void;
  /** What keeps a batch from being taken for now; it is tried again. */
  onDelay(error: MillraceError): void;
}

/** Java's largest int stands for no limit. */
const noLimit = 2_147_483_647;

export class ReadingTask {
  readonly id: string;
  readonly createdAtMs: number;
  readonly meters = new RowMeters();
  readonly ended: Promise<ReadingEnd>;
  readonly #options: TaskOptions;
  readonly #reading: Reading;

  constructor(options: TaskOptions) {
    const { id, spec, createdAtMs, stream, committer, source, from, origins, onDelay } = options;
    const { maxParseExceptions, maxSavedParseExceptions, logParseExceptions } = parseLimits(spec);
    const dataSource = boundedDataSource(spec, createdAtMs);
    this.#options = options;
    this.id = id;
    this.createdAtMs = createdAtMs;
    this.#reading = new Reading({
      stream,
      committer,
      source,
      from,
      origins,
      route: (batch) => [{ batch, dataSource }],
      fieldErrors: true,
      keepUnparseable: Math.max(maxSavedParseExceptions, logParseExceptions ? 1 : 0),
      accept: maxParseExceptions === noLimit ? undefined : (outcome) => this.#accept(outcome, maxParseExceptions),
      onCommit: (batch, outcome) => this.#note(batch, outcome),
      onDelay,
    });
    this.ended = this.#reading.ended.then((end) => {
      if (end.kind === 'failed')
        options.onUnparseable((end.error.context.unparseable ?? []) as readonly UnparseableEvent[]);
      return end;
    });
  }

  get from(): ReadonlyMap<PartitionName, bigint> {
    return this.#reading.from;
  }

  /** Up to where its partitions are committed. */
  get current(): ReadonlyMap<PartitionName, bigint> {
    return this.#reading.current;
  }

  /** Undefined while it reads. */
  get end(): ReadingEnd | undefined {
    return this.#reading.end;
  }

  /** Reads no more; settled when what it had in the committer is. */
  stop(): Promise<ReadingEnd> {
    void this.#reading.stop();
    return this.ended;
  }

  #accept({ dropped, fieldErrors = 0, unparseable = [] }: WorkOutcome, maxParseExceptions: number): void {
    const found = (dropped.unparseable ?? 0) + fieldErrors;
    const before = this.meters.totals;
    const allowed = Math.max(0, maxParseExceptions - before.unparseable - before.processedWithError);
    if (found <= allowed) return;
    const inFields = fieldErrors > 0 ? ` (${fieldErrors} of them in single fields)` : '';
    throw invalidInput(
      `${found} events cannot be parsed${inFields} where at most ${allowed} may (maxParseExceptions). Nothing of this batch was taken; mend the definition, allow more, or pass over it with resetOffsets.`,
      { context: { unparseable } },
    );
  }

  #note(batch: StreamBatch, { sent, dropped, fieldErrors = 0, unparseable }: WorkOutcome): void {
    this.meters.add({
      processed: sent - fieldErrors,
      processedBytes: batch.bytes,
      processedWithError: fieldErrors,
      thrownAway: (dropped.late ?? 0) + (dropped.early ?? 0) + (dropped.filtered ?? 0),
      unparseable: dropped.unparseable ?? 0,
    });
    if (unparseable) this.#options.onUnparseable(unparseable);
    this.#options.onCommit(batch);
  }
}

/** The definition with the bounds of a task that is created now. */
function boundedDataSource({ dataSource, ioConfig }: SupervisorSpec, createdAtMs: number): DataSource {
  const bounds = taskBounds(ioConfig, createdAtMs);
  return bounds ? { ...dataSource, window: { policy: 'bounds', ...bounds } } : dataSource;
}

/** `reportParseExceptions`, the old word, is the same as no parse exception allowed. */
export function parseLimits({ tuningConfig }: SupervisorSpec) {
  const { reportParseExceptions, maxParseExceptions, maxSavedParseExceptions, logParseExceptions } = tuningConfig;
  return reportParseExceptions
    ? { maxParseExceptions: 0, maxSavedParseExceptions: Math.min(1, maxSavedParseExceptions), logParseExceptions }
    : { maxParseExceptions, maxSavedParseExceptions, logParseExceptions };
}

/** `index_kafka_<dataSource>_<hash of the spec and group>_<eight letters from a to p>`, as Druid's tasks are called. */
export function taskId({ type, id }: SupervisorSpec, hash: string): string {
  const suffix = [...randomBytes(8)].map((byte) => String.fromCharCode(97 + (byte & 15))).join('');
  return `index_${type}_${id}_${hash}_${suffix}`;
}
