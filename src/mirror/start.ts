/** Where a lane goes on in the partitions of a topic. */
import type { Assignment } from '../kafka/index.ts';
import type { MirrorFlow } from './flow-settings.ts';
import type { LaneContext } from './lane-context.ts';
import type { Ledger, LedgerEntry } from './ledger/ledger.ts';
import type { SourcePartition } from './ledger/ledger-records.ts';
import { takeOver } from './take-over.ts';
import type { MirroredTopic } from './topics/watch-topics.ts';

export interface Start {
  readonly entry: LedgerEntry;
  readonly assignment: Assignment;
}

/**
 * One for each of these partitions. Where a new one begins stands in the ledger from then on, also before it has a record: who starts
 * again begins there, whatever has come meanwhile.
 * @param startAt where those begin of which neither the ledger nor a MirrorMaker knows, the first one by the source's group.
 * @throws MillraceError `unavailable`
 */
export async function findStarts(
  context: LaneContext,
  { ledger, startAt }: { readonly ledger: Ledger; readonly startAt: MirrorFlow['startAt'] },
  topic: MirroredTopic,
  partitions: readonly number[],
): Promise<Start[]> {
  const sources = partitions.map((partition) => sourceOf(context, topic, partition));
  const entries = sources.map((source) => ledger.find(source) ?? ledger.add(source, topic.remoteTopicId ?? ''));
  for (const entry of entries) forgetFormerTarget(context, entry, topic);
  const isFresh = ({ runs }: LedgerEntry) => runs.next === undefined;
  if (entries.some(isFresh)) await takeOver(context, ledger, topic, entries.filter(isFresh));
  const fresh = entries.filter(isFresh);
  if (fresh.length > 0) {
    const offsets = await firstOffsets(context, startAt, fresh);
    for (const { runs, source } of fresh) runs.advance(offsets.get(source.partition) ?? 0);
  }
  return entries.map((entry) => {
    const { source, runs, leaderEpoch } = entry;
    const { partition } = source;
    const offset = runs.next ?? 0;
    return { entry, assignment: { topic: topic.topic, topicId: topic.topicId, partition, offset, leaderEpoch } };
  });
}

const sourceOf = (
  { sourceId }: LaneContext,
  { topic, topicId }: MirroredTopic,
  partition: number,
): SourcePartition => ({
  cluster: sourceId,
  topic,
  topicId: topicId ?? '',
  partition,
});

/** Who deletes a remote topic wants it anew: what went into the old one counts for nothing. */
function forgetFormerTarget(
  { log }: LaneContext,
  entry: LedgerEntry,
  { remoteTopic, remoteTopicId = '' }: MirroredTopic,
) {
  if (entry.targetTopicId === remoteTopicId) return;
  if (entry.runs.next !== undefined) {
    log.warn(
      { remoteTopic, partition: entry.source.partition },
      'the remote topic was created again: it is mirrored anew',
    );
    entry.runs.rewind(0);
  }
  entry.targetTopicId = remoteTopicId;
  entry.leaderEpoch = -1;
}

/** What the source's group has committed, else where new ones begin. By partition, of one topic. */
async function firstOffsets(
  { flow, source }: LaneContext,
  startAt: MirrorFlow['startAt'],
  fresh: readonly LedgerEntry[],
): Promise<Map<number, number>> {
  const partitions = fresh.map((entry) => entry.source);
  const listed = await source.listOffsets(partitions, startAt);
  const committed = flow.sourceGroup === undefined ? [] : await source.committedOffsets(flow.sourceGroup, partitions);
  return new Map([...listed, ...committed].map(({ partition, offset }) => [partition, offset ?? 0]));
}
