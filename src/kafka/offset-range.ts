/** What offsets a partition's log has, where one was wanted that it has not. */
import type { PartitionState } from './assignment.ts';
import { type PartitionProblem, problem } from './fetched.ts';
import type { OffsetTime } from './list-offsets.ts';
import type { TopicPartition } from './metadata.ts';

export interface OffsetCluster {
  listOffsets(
    partitions: readonly TopicPartition[],
    time: OffsetTime,
  ): Promise<readonly { readonly offset: number | undefined }[]>;
}

/** @throws MillraceError `unavailable` when it cannot be told now. */
export async function rangeProblem(cluster: OffsetCluster, state: PartitionState): Promise<PartitionProblem> {
  const [[earliest], [latest]] = await Promise.all([
    cluster.listOffsets([state], 'earliest'),
    cluster.listOffsets([state], 'latest'),
  ]);
  const facts = { earliest: earliest?.offset, latest: latest?.offset };
  const what = `the log has the offsets from ${facts.earliest} to below ${facts.latest} only`;
  return problem(state, 'offsetOutOfRange', what, facts);
}
