/** A partition that is being read, and how far. */
import type { MillraceError } from '../errors.ts';

export interface Assignment {
  readonly topic: string;
  readonly partition: number;
  /** The next record's offset that is wanted. */
  readonly offset: number;
  /** The topic's id when the offset was taken: a topic that was created anew since is then noticed. */
  readonly topicId?: string | undefined;
  /** The leader epoch of the record before `offset`: a log that lost its end and grew anew is then noticed. */
  readonly leaderEpoch?: number | undefined;
}

/** How far a partition was read, and what there is to read. */
export interface Position extends Assignment {
  /** The offset after the newest record that readers may see; undefined before the first answer. */
  readonly highWatermark: number | undefined;
  /** The offset after the newest record whose transaction is decided. */
  readonly lastStableOffset: number | undefined;
  /** Why nothing comes at present, although it is tried again and again. */
  readonly trouble: MillraceError | undefined;
}

export const partitionKey = (topic: string, partition: number) => `${topic}-${partition}`;

/** The fetcher's own account of an assignment. */
export interface PartitionState extends Assignment {
  offset: number;
  topicId: string | undefined;
  leaderEpoch: number;
  leader: { readonly node: number; readonly epoch: number } | undefined;
  highWatermark: number | undefined;
  lastStableOffset: number | undefined;
  trouble: MillraceError | undefined;
  /** Failures since the last good answer. */
  failures: number;
  /** Where a batch could not be read: what was damaged on its way is right the second time. */
  faultAt: number | undefined;
  /** A problem was reported; nothing is fetched until it is assigned again. */
  isStopped: boolean;
}

export function newState({ topic, partition, offset, topicId, leaderEpoch = -1 }: Assignment): PartitionState {
  return {
    topic,
    partition,
    offset,
    topicId,
    leaderEpoch,
    leader: undefined,
    highWatermark: undefined,
    lastStableOffset: undefined,
    trouble: undefined,
    failures: 0,
    faultAt: undefined,
    isStopped: false,
  };
}
