/** A reading task: some partitions of the stream, from their positions on, into the committer batch by batch. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { UnparseableEvent } from '../../backend.ts';
import { asMillraceError, MillraceError } from '../../errors.ts';
import type { Committer } from '../../ingest/committer.ts';
import type { WorkOutcome } from '../../ingest/work.ts';
import type { LostPosition, PartitionName, Stream, StreamBatch } from '../../sources/stream.ts';
import type { DataSource } from '../../spec/data-source.ts';
import { type SupervisorSpec, taskBounds } from '../../spec/supervisor.ts';
import { backOffMs } from './alarm.ts';
import { RowMeters } from './row-meters.ts';

/** `stream`: it could not be read. `lost`: it does not have these positions. `failed`: what was read could not be taken. */
export type TaskEnd =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'stream' | 'failed'; readonly error: MillraceError }
  | { readonly kind: 'lost'; readonly error: MillraceError; readonly lost: readonly LostPosition[] };

export interface TaskOptions {
  readonly id: string;
  readonly spec: SupervisorSpec;
  readonly stream: Stream;
  readonly committer: Committer;
  /** The source of the commits' progress. */
  readonly source: string;
  readonly from: ReadonlyMap<PartitionName, bigint>;
  readonly createdAtMs: number;
  onCommit(batch: StreamBatch): void;
  onUnparseable(events: readonly UnparseableEvent[]): void;
  /** What keeps a batch from being taken for now; it is tried again. */
  onDelay(error: MillraceError): void;
}

/** Codes of what passes by itself: a full queue, a full disk. */
const passing: readonly string[] = ['bufferFull', 'unavailable', 'capacityExceeded'];

/** Java's largest int stands for no limit. */
const noLimit = 2_147_483_647;

export class ReadingTask {
  readonly id: string;
  readonly from: ReadonlyMap<PartitionName, bigint>;
  readonly createdAtMs: number;
  readonly meters = new RowMeters();
  readonly ended: Promise<TaskEnd>;
  readonly #options: TaskOptions;
  readonly #dataSource: DataSource;
  readonly #current: Map<PartitionName, bigint>;
  readonly #stop = new AbortController();
  #end: TaskEnd | undefined;

  constructor(options: TaskOptions) {
    this.#options = options;
    this.id = options.id;
    this.from = options.from;
    this.createdAtMs = options.createdAtMs;
    this.#current = new Map(options.from);
    this.#dataSource = boundedDataSource(options.spec, options.createdAtMs);
    this.ended = this.#run().then((end) => {
      this.#end = end;
      return end;
    });
  }

  /** Up to where its partitions are committed. */
  get current(): ReadonlyMap<PartitionName, bigint> {
    return this.#current;
  }

  /** Undefined while it reads. */
  get end(): TaskEnd | undefined {
    return this.#end;
  }

  /** Reads no more; settled when what it had in the committer is. */
  stop(): Promise<TaskEnd> {
    this.#stop.abort();
    return this.ended;
  }

  async #run(): Promise<TaskEnd> {
    const { signal } = this.#stop;
    const batches = this.#options.stream.read(this.from, signal);
    try {
      while (!signal.aborted) {
        const batch = await batches.next().catch((error: unknown) => streamEnd(asMillraceError(error)));
        if ('kind' in batch) return signal.aborted ? { kind: 'stopped' } : batch;
        if (batch.done) return signal.aborted ? { kind: 'stopped' } : { kind: 'stream', error: endedEarly() };
        await this.#commit(batch.value);
      }
    } catch (error) {
      if (!signal.aborted) return { kind: 'failed', error: asMillraceError(error) };
    } finally {
      await batches.return().catch(() => {});
    }
    return { kind: 'stopped' };
  }

  /** Tries until the batch is taken, or refused for good. */
  async #commit(batch: StreamBatch): Promise<void> {
    const { committer, source } = this.#options;
    const { maxParseExceptions, maxSavedParseExceptions, logParseExceptions } = parseLimits(this.#options.spec);
    const part = {
      dataSource: this.#dataSource,
      format: 'text' as const,
      lines: batch.lines,
      events: batch.records,
      keepUnparseable: Math.max(maxSavedParseExceptions, logParseExceptions ? 1 : 0),
    };
    const work = {
      parts: batch.records > 0 ? [part] : [],
      progress: { source, partitions: batch.progress },
      maxUnparseable: maxParseExceptions === noLimit ? undefined : maxParseExceptions - this.meters.totals.unparseable,
    };
    for (let tries = 0; ; tries++) {
      try {
        return this.#note(batch, await committer.submit(work));
      } catch (error) {
        const known = asMillraceError(error);
        if (!passing.includes(known.code)) {
          this.#options.onUnparseable((known.context.unparseable ?? []) as readonly UnparseableEvent[]);
          throw known;
        }
        this.#options.onDelay(known);
        await sleep(backOffMs(tries), undefined, { signal: this.#stop.signal });
      }
    }
  }

  #note(batch: StreamBatch, { sent, dropped, unparseable }: WorkOutcome): void {
    for (const [partition, { to }] of batch.progress) this.#current.set(partition, to);
    this.meters.add({
      processed: sent,
      processedBytes: batch.bytes,
      processedWithError: 0,
      thrownAway: (dropped.late ?? 0) + (dropped.early ?? 0) + (dropped.filtered ?? 0),
      unparseable: dropped.unparseable ?? 0,
    });
    if (unparseable) this.#options.onUnparseable(unparseable);
    this.#options.onCommit(batch);
  }
}

const endedEarly = () => new MillraceError('unavailable', 'The stream ended although nobody asked it to.');

function streamEnd(error: MillraceError): TaskEnd & { readonly kind: 'stream' | 'lost' } {
  const lost = error.context.lost as readonly LostPosition[] | undefined;
  return error.code === 'positionLost' && lost ? { kind: 'lost', error, lost } : { kind: 'stream', error };
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
