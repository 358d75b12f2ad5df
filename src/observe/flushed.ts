/** The line in which Tranquility Kafka's log tells what came since the last one, for who looks for it there. */

export interface TopicCounts {
  readonly receivedCount: number;
  readonly sentCount: number;
  /** Outside of the window, or taken out by the dataSource's filter. */
  readonly droppedCount: number;
  readonly unparseableCount: number;
}

/** `Flushed {topic={receivedCount=1, …}}`; what follows tells how. */
export function flushedCounts(counts: ReadonlyMap<string, TopicCounts>): string {
  const inJava = (value: object): string =>
    `{${Object.entries(value)
      .map(([name, inner]) => `${name}=${typeof inner === 'object' ? inJava(inner) : inner}`)
      .join(', ')}}`;
  return `Flushed ${inJava(Object.fromEntries(counts))}`;
}
