/**
 * The ledger's records: one for each chunk of a source partition's runs. Both halves are JSON, so that Kafka's own tools show them.
 *
 *     key    {"cluster":"…","topic":"events","topicId":"…","partition":0,"chunk":0}
 *     value  {"next":4711,"leaderEpoch":3,"targetTopicId":"…","runs":"…"}     runs as in run-coding.ts, in base64; null: forgotten
 */
import { type BatchRecord, type Cluster, type Fetched, type RecordColumns, readToEnd } from '../../kafka/index.ts';
import type { OffsetChunk } from './offset-runs.ts';
import { decodeRuns, encodeRuns } from './run-coding.ts';

/** A partition of the source as the ledger knows it: a topic that was deleted and created again is another one. */
export interface SourcePartition {
  /** The source cluster's id. */
  readonly cluster: string;
  readonly topic: string;
  /** Empty where the source is too old to have them (before Kafka 2.8). */
  readonly topicId: string;
  readonly partition: number;
}

export interface LedgerRecord {
  readonly source: SourcePartition;
  readonly chunk: OffsetChunk;
  /** Of the last batch before `chunk.next`: by it the source tells whether its log was cut off and grew anew. -1: unknown. */
  readonly leaderEpoch: number;
  /** Of the topic that the runs' target offsets are of; empty where the target has no ids. */
  readonly targetTopicId: string;
}

/** How {@link readLedgerLine} wants the ledger's topic fetched. */
export const ledgerColumns: RecordColumns = { timestamp: 'timestamp', topic: 'topic', key: 'key', value: 'value' };

export function ledgerRecord({ source, chunk, leaderEpoch, targetTopicId }: LedgerRecord): BatchRecord {
  const { cluster, topic, topicId, partition } = source;
  const key = { cluster, topic, topicId, partition, chunk: chunk.number };
  const { next, runs } = chunk;
  const value = runs && { next, leaderEpoch, targetTopicId, runs: encodeRuns(runs).toString('base64') };
  return { key: Buffer.from(JSON.stringify(key)), value: value ? Buffer.from(JSON.stringify(value)) : null };
}

interface Line {
  readonly key: string;
  readonly value?: string;
}

export function readLedgerLine(line: string): LedgerRecord {
  const { key, value } = JSON.parse(line) as Line;
  const { chunk: number, ...source } = JSON.parse(key);
  if (value === undefined)
    return { source, chunk: { number, runs: undefined, next: 0 }, leaderEpoch: -1, targetTopicId: '' };
  const { next, leaderEpoch, targetTopicId, runs } = JSON.parse(value);
  return {
    source,
    chunk: { number, runs: decodeRuns(Buffer.from(runs, 'base64')), next },
    leaderEpoch,
    targetTopicId,
  };
}

/** The records of what a fetch with {@link ledgerColumns} yields. */
export function ledgerRecordsOf(fetched: Fetched): LedgerRecord[] {
  if (fetched.kind === 'problem') throw fetched.error;
  const lines = Buffer.from(fetched.values).toString().split('\n');
  return lines.filter((line) => line !== '').map(readLedgerLine);
}

/** All records that one partition of the ledger's topic has now, in order. */
export async function* readLedger(target: Cluster, topic: string, partition: number): AsyncGenerator<LedgerRecord> {
  const settings = { columns: ledgerColumns };
  for await (const fetched of readToEnd(target, [{ topic, partition }], settings)) yield* ledgerRecordsOf(fetched);
}
