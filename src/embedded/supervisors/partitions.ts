/** Partitions' names, how Druid shows them, and how they are shared among task groups. */

import type { PartitionName } from '../../sources/stream.ts';
import type { SupervisorSpec } from '../../spec/supervisor.ts';

function parts(partition: PartitionName): { readonly topic: string; readonly number: string } {
  const at = partition.lastIndexOf('/');
  return { topic: partition.slice(0, at), number: partition.slice(at + 1) };
}

/** `0`, or with a topicPattern `topic:0`. */
export function shownPartition({ ioConfig }: SupervisorSpec, partition: PartitionName): string {
  const { topic, number } = parts(partition);
  return ioConfig.topic === null ? `${topic}:${number}` : number;
}

/** Offsets or lags by partition as JSON. */
export function shownOffsets(
  spec: SupervisorSpec,
  offsets: ReadonlyMap<PartitionName, bigint>,
): Readonly<Record<string, number>> {
  return Object.fromEntries(
    [...offsets].map(([partition, offset]) => [shownPartition(spec, partition), Number(offset)]),
  );
}

/** Task group → its partitions. At most `taskCount` groups, as Druid numbers them: a partition keeps its group. */
export function groupPartitions(
  { ioConfig: { topic, taskCount } }: SupervisorSpec,
  partitions: readonly PartitionName[],
): Map<number, PartitionName[]> {
  const groups = new Map<number, PartitionName[]>();
  for (const partition of partitions) {
    const { topic: ofTopic, number } = parts(partition);
    const shift = topic === null ? Math.imul(31, javaHash(ofTopic)) : 0;
    const group = Math.abs((shift + Number(number)) | 0) % taskCount;
    groups.set(group, [...(groups.get(group) ?? []), partition]);
  }
  return groups;
}

/** String.hashCode of Java. */
function javaHash(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(31, hash) + text.charCodeAt(i)) | 0;
  return hash;
}
