/** What came since the last commit of offsets, by topic, and the line in which Tranquility Kafka tells of it. */
import type { WorkOutcome } from '../../ingest/work.ts';
import { flushedCounts, type TopicCounts } from '../../observe/flushed.ts';

export class FlushCounts {
  #counts = new Map<string, TopicCounts>();

  add(topic: string, { received, sent, dropped }: Pick<WorkOutcome, 'received' | 'sent' | 'dropped'>): void {
    const before = this.#counts.get(topic);
    const { unparseable = 0 } = dropped;
    this.#counts.set(topic, {
      receivedCount: (before?.receivedCount ?? 0) + received,
      sentCount: (before?.sentCount ?? 0) + sent,
      droppedCount: (before?.droppedCount ?? 0) + received - sent - unparseable,
      unparseableCount: (before?.unparseableCount ?? 0) + unparseable,
    });
  }

  /** Those since the last time. */
  take(): ReadonlyMap<string, TopicCounts> {
    const counts = this.#counts;
    this.#counts = new Map();
    return counts;
  }
}

/** As the original's log has it. */
export function flushedLine(counts: ReadonlyMap<string, TopicCounts>, flushMs: number, commitMs: number): string {
  return `${flushedCounts(counts)} pending messages in ${Math.round(flushMs)}ms and committed offsets in ${Math.round(commitMs)}ms.`;
}
