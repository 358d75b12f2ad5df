/** What came since the last commit of offsets, by topic, and the line in which Tranquility Kafka tells of it. */
import type { WorkOutcome } from '../../ingest/work.ts';

export interface TopicCounts {
  readonly receivedCount: number;
  readonly sentCount: number;
  /** Outside of the window, or taken out by the dataSource's filter. */
  readonly droppedCount: number;
  readonly unparseableCount: number;
}

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

/** As the original's log has it, for who looks for it there. */
export function flushedLine(counts: ReadonlyMap<string, TopicCounts>, flushMs: number, commitMs: number): string {
  const inJava = (value: object): string =>
    `{${Object.entries(value)
      .map(([name, inner]) => `${name}=${typeof inner === 'object' ? inJava(inner) : inner}`)
      .join(', ')}}`;
  const shown = inJava(Object.fromEntries(counts));
  return `Flushed ${shown} pending messages in ${Math.round(flushMs)}ms and committed offsets in ${Math.round(commitMs)}ms.`;
}
