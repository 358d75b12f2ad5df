/** A batch of the source that is not what was written: its checksum, which it brings from its producer, tells. */
import { type PartitionProblem, problem } from '../fetched.ts';
import type { TopicPartition } from '../metadata.ts';
import { BatchView } from '../record-batch.ts';

/** Of one whole batch of format 2. It is read from end to end: only for one that a broker has found damaged. */
export function isIntactBatch(bytes: Buffer): boolean {
  const view = new BatchView(bytes);
  return view.next() && view.isIntact();
}

/** @param offset of its first record, at the source. */
export function damagedBatch(
  place: TopicPartition & { readonly offset: number },
  sizeBytes: number,
  why: string,
): PartitionProblem {
  const what = `its batch of ${sizeBytes} bytes cannot be read: ${why}`;
  const advice = 'Where the source has no whole copy of it, delete its records up to there (kafka-delete-records)';
  return problem(place, 'corruptBatch', `${what}. ${advice}`);
}

export const wrongChecksum = 'its checksum does not fit';
