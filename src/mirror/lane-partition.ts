/** A source partition in a lane's session: its batches on their way, and what the ledger is to say of them. */
import { MillraceError } from '../errors.ts';
import {
  damagedBatch,
  type FetchedBatches,
  isIntactBatch,
  type Parcel,
  type PartitionProblem,
  type Repacked,
  type Repacker,
  wrongChecksum,
} from '../kafka/index.ts';
import type { LedgerEntry } from './ledger/ledger.ts';
import type { FlowMetrics, PartitionMetrics } from './metrics.ts';
import type { MirroredTopic } from './topics/watch-topics.ts';
import type { LaneWriter } from './writers/lane-writer.ts';

export class LanePartition {
  /** As it is now. */
  topic: MirroredTopic;
  readonly entry: LedgerEntry;
  readonly metrics: PartitionMetrics;
  readonly #flowMetrics: FlowMetrics;
  /** Newest timestamps of what is acknowledged and was not told as visible yet. */
  readonly #acknowledged: number[] = [];
  /** Settles when everything that was passed on is acknowledged, and stands in the entry. */
  #settled: Promise<void> = Promise.resolve();
  #isStopped = false;
  /** Whether each batch's checksum is looked at before it is sent: one was damaged. */
  #isSuspect = false;

  constructor(topic: MirroredTopic, entry: LedgerEntry, metrics: FlowMetrics) {
    this.topic = topic;
    this.entry = entry;
    this.#flowMetrics = metrics;
    this.metrics = metrics.partition(topic.topic, entry.source.partition);
  }

  get partition(): number {
    return this.entry.source.partition;
  }

  /** Whether something was met that does not pass: what comes behind it does not, either. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** What stopped it may pass now. */
  goOn(stoppedBy: MillraceError): void {
    this.#isStopped = false;
    this.#isSuspect = stoppedBy.context.reason === 'corruptBatch';
  }

  /**
   * Sends all that was fetched, and gives its memory back once it is acknowledged.
   * @returns why it stopped, when all before that is acknowledged.
   * @throws what it failed by.
   */
  async pass(fetched: FetchedBatches, repacker: Repacker, writer: LaneWriter): Promise<PartitionProblem | undefined> {
    const repacked = repacker.repack(fetched, this.topic.targetMaxMessageBytes, this.#isSuspect);
    this.#isStopped = repacked.problem !== undefined;
    const { remoteTopic } = this.topic;
    const sent = repacked.parcels.map(({ bytes }) => writer.send(remoteTopic, this.partition, bytes));
    // The ledger is written in order, whatever order answers come in.
    this.#settled = Promise.all([Promise.all(sent), this.#settled]).then(
      ([offsets]) => this.#note(fetched, repacked, offsets),
      (error) => Promise.reject(this.#explained(error, repacked)),
    );
    try {
      await this.#settled;
    } finally {
      // Where one batch failed others may be on their way yet.
      await Promise.allSettled(sent);
      repacked.release();
    }
    return repacked.problem;
  }

  /** The target tells of a damaged batch by its own topic only: it is the source's that somebody can do something about. */
  #explained(error: unknown, { parcels }: Repacked): unknown {
    if (!(error instanceof MillraceError) || error.context.kafkaError !== 'CORRUPT_MESSAGE') return error;
    if (error.context.topic !== this.topic.remoteTopic || error.context.partition !== this.partition) return error;
    const damaged = parcels.find(({ bytes }) => !isIntactBatch(bytes));
    if (damaged === undefined) return error;
    const place = { topic: this.topic.topic, partition: this.partition, offset: damaged.runs[0] as number };
    const { message } = damagedBatch(place, damaged.bytes.length, wrongChecksum).error;
    return new MillraceError(error.code, message, {
      cause: error,
      context: { ...error.context, reason: 'corruptBatch', offset: place.offset },
    });
  }

  /** When all that was passed on is acknowledged. @throws what a batch failed by. */
  settled(): Promise<void> {
    return this.#settled;
  }

  /** From now on everybody can read on the target what was acknowledged. */
  visible(): void {
    const now = Date.now();
    for (const newest of this.#acknowledged.splice(0)) this.#flowMetrics.latency(Math.max(0, now - newest) / 1000);
  }

  #note(fetched: FetchedBatches, { parcels, reencoded, nextOffset }: Repacked, offsets: readonly number[]): void {
    const { runs } = this.entry;
    let [records, bytes] = [0, 0];
    for (const [at, offset] of offsets.entries()) {
      const parcel = parcels[at] as Parcel;
      this.#noteParcel(parcel, offset);
      records += parcel.records;
      bytes += parcel.bytes.length;
    }
    if (records > 0) this.metrics.mirrored(records, bytes);
    runs.advance(nextOffset);
    this.entry.leaderEpoch = fetched.leaderEpoch;
    if (fetched.records > 0) this.#acknowledged.push(fetched.maxTimestamp);
    if (fetched.aborted > 0) this.metrics.aborted(fetched.aborted);
    this.metrics.lag(Math.max(0, fetched.lastStableOffset - nextOffset));
    for (const [reason, batches] of Object.entries(reencoded)) this.#flowMetrics.reencoded(reason, batches);
  }

  /** @param base of its first record on the target; -1: it is there, but the broker does not remember where. */
  #noteParcel({ runs }: Parcel, base: number): void {
    let at = base;
    for (let run = 0; run < runs.length; run += 2) {
      const count = runs[run + 1] as number;
      this.entry.runs.append(runs[run] as number, at, count);
      if (base >= 0) at += count;
    }
  }
}
