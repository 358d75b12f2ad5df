/** The offsets that a group has committed at the source, and what they are on the target by the ledger. */
import type { CommittedOffset } from '../../kafka/index.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { FlowClusters } from './groups-context.ts';
import { TopicPairs } from './topic-pairs.ts';

export interface TranslatedPosition {
  readonly topic: string;
  readonly partition: number;
  /** Committed by the group at the source: the next one it reads. */
  readonly sourceOffset: number;
  /** What the topic is called on the target. */
  readonly remoteTopic: string;
  /** The first record on the target that the group has not read, or the offset of the next one to come. */
  readonly targetOffset: number;
  /** False: not all up to there is on the target: the mirror began later, or is not as far yet. */
  readonly isExact: boolean;
  /** What the group's member wrote beside its offset. */
  readonly metadata: string;
}

/**
 * By group; what is not mirrored is left out.
 * @param ledger which is not older than the groups' offsets: what they have read by then was mirrored, if it was.
 * @throws MillraceError `unavailable` when one of the clusters does not answer.
 */
export async function translateOffsets(
  context: FlowClusters,
  ledger: Ledger,
  committed: ReadonlyMap<string, readonly CommittedOffset[]>,
): Promise<Map<string, TranslatedPosition[]>> {
  const names = new Set([...committed.values()].flat().map(({ topic }) => topic));
  const pairs = await TopicPairs.find(context, [...names]);
  const translate = ({ topic, partition, offset, metadata }: CommittedOffset): TranslatedPosition[] => {
    const entry = pairs.entryOf(ledger, topic, partition);
    const translated = entry?.runs.translate(offset);
    if (translated === undefined) return [];
    const { offset: targetOffset, isExact } = translated;
    const remoteTopic = context.flow.policy.remoteTopic(topic);
    return [{ topic, partition, sourceOffset: offset, remoteTopic, targetOffset, isExact, metadata }];
  };
  return new Map([...committed].map(([groupId, offsets]) => [groupId, offsets.flatMap(translate)]));
}
