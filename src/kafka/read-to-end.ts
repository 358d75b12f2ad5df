/** Reads what partitions hold now, and no more. */
import { partitionKey } from './assignment.ts';
import type { Cluster } from './cluster.ts';
import type { FetchSettings } from './config.ts';
import type { PartitionValues } from './fetched.ts';
import type { TopicPartition } from './metadata.ts';

export interface ReadToEndOptions extends Partial<FetchSettings> {
  /** Ends it early. */
  readonly signal?: AbortSignal;
}

/**
 * All that the partitions have between their beginnings and what is their end when it is called; see {@link Cluster.fetch}.
 * @throws MillraceError of whatever cannot be read.
 */
export async function* readToEnd(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  { signal, ...settings }: ReadToEndOptions = {},
): AsyncGenerator<PartitionValues> {
  const [starts, ends] = await Promise.all([
    cluster.listOffsets(partitions, 'earliest'),
    cluster.listOffsets(partitions, 'latest'),
  ]);
  const unread = new Map(ends.map(({ topic, partition, offset = 0 }) => [partitionKey(topic, partition), offset]));
  const assignments = starts
    .map(({ topic, partition, offset = 0 }) => ({ topic, partition, offset }))
    .filter(({ topic, partition, offset }) => offset < (unread.get(partitionKey(topic, partition)) ?? 0));
  let left = assignments.length;
  if (left === 0) return;
  await using fetcher = cluster.fetch(assignments, settings);
  const close = () => void fetcher.close();
  signal?.addEventListener('abort', close, { once: true });
  try {
    for await (const fetched of fetcher) {
      if (fetched.kind === 'problem') throw fetched.error;
      yield fetched;
      const { topic, partition, nextOffset, firstOffset } = fetched;
      const end = unread.get(partitionKey(topic, partition)) ?? 0;
      if (firstOffset < end && nextOffset >= end) left--;
      if (left === 0) return;
    }
  } finally {
    signal?.removeEventListener('abort', close);
  }
}
