/** A lane's part of the flow's ledger, while this process has the lane: how far each source partition is, and where its records went. */
import { type Cluster, encodeBatch } from '../../kafka/index.ts';
import { type LedgerRecord, ledgerRecord, readLedger, type SourcePartition } from './ledger-records.ts';
import { OffsetRuns } from './offset-runs.ts';

/** A record has a kilobyte at most, and no topic takes less than a megabyte unless it was told to. */
const mostRecordsInBatch = 500;

/** A source partition in the ledger. */
export class LedgerEntry {
  readonly source: SourcePartition;
  targetTopicId: string;
  readonly runs = new OffsetRuns();
  leaderEpoch = -1;

  constructor(source: SourcePartition, targetTopicId: string) {
    this.source = source;
    this.targetTopicId = targetTopicId;
  }
}

const keyOf = ({ cluster, topic, topicId, partition }: SourcePartition) =>
  JSON.stringify([cluster, topic, topicId, partition]);

export class Ledger {
  readonly #entries = new Map<string, LedgerEntry>();

  /** As it stands on the target. @throws MillraceError `unavailable` when the target does not answer. */
  static async load(target: Cluster, topic: string, lane: number): Promise<Ledger> {
    const ledger = new Ledger();
    for await (const record of readLedger(target, topic, lane)) ledger.take(record);
    return ledger;
  }

  /** Whether nothing was ever begun in this lane. */
  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  find(source: SourcePartition): LedgerEntry | undefined {
    return this.#entries.get(keyOf(source));
  }

  /** Whether another topic of the same name was mirrored before. */
  hasNamesake({ cluster, topic, topicId }: SourcePartition): boolean {
    return this.#entries
      .values()
      .some(({ source }) => source.topic === topic && source.cluster === cluster && source.topicId !== topicId);
  }

  add(source: SourcePartition, targetTopicId: string): LedgerEntry {
    const entry = new LedgerEntry(source, targetTopicId);
    this.#entries.set(keyOf(source), entry);
    return entry;
  }

  /** What changed since the last call, as batches for the ledger's topic. */
  takeChanges(): Buffer[] {
    const records = [...this.#entries.values()].flatMap(({ source, runs, leaderEpoch, targetTopicId }) =>
      runs.takeChanges().map((chunk) => ledgerRecord({ source, chunk, leaderEpoch, targetTopicId })),
    );
    const timestamp = Date.now();
    const batches: Buffer[] = [];
    for (let at = 0; at < records.length; at += mostRecordsInBatch)
      batches.push(encodeBatch(records.slice(at, at + mostRecordsInBatch), { timestamp }));
    return batches;
  }

  /** Of several records of one chunk, the last one counts. */
  take({ source, chunk, leaderEpoch, targetTopicId }: LedgerRecord): void {
    const entry = this.find(source) ?? this.add(source, targetTopicId);
    entry.runs.load(chunk);
    if (chunk.runs === undefined) return;
    entry.leaderEpoch = leaderEpoch;
    entry.targetTopicId = targetTopicId;
  }
}
