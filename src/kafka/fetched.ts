/** What a fetcher yields. */
import { MillraceError } from '../errors.ts';
import type { AnswerBody } from './answer-body.ts';
import { type PartitionState, partitionKey } from './assignment.ts';
import type { BatchFault, Decoded } from './decode.ts';
import type { FetchedPartition } from './fetch.ts';

export type Fetched = PartitionValues | PartitionProblem;

/** Where what was fetched stands. */
export interface FetchedPlace {
  readonly topic: string;
  readonly topicId: string | undefined;
  readonly partition: number;
  /** The offset that was wanted. With `nextOffset`: what this covers, and nothing is left out in between. */
  readonly firstOffset: number;
  readonly highWatermark: number;
  readonly lastStableOffset: number;
  /** -1 before Kafka 1.0. */
  readonly logStartOffset: number;
}

/**
 * Some of a partition's records. `values` can be read until the next thing is asked for: then its memory is used again.
 * None at all when only aborted records, markers and tombstones came.
 */
export interface PartitionValues extends FetchedPlace, Omit<Decoded, 'fault'> {
  readonly kind: 'values';
}

/**
 * Some of a partition's record batches, as they lie in the log: compressed, with the offsets, producers and checksums that they have there.
 * None at all when only aborted ones and markers came.
 */
export interface FetchedBatches extends FetchedPlace {
  readonly kind: 'batches';
  /** The offset after the last batch, whether it is taken or left out. */
  readonly nextOffset: number;
  /** The leader epoch of the last batch. */
  readonly leaderEpoch: number;
  /** Batches, one behind the other. Nobody else reads or writes here until `release`. */
  readonly buffer: Buffer;
  /**
   * Where in `buffer` the batches begin that are to be taken, in order. Aborted ones, markers of transactions and empty ones are left out. The first
   * one may begin before `firstOffset`: a batch comes whole. Logs from before Kafka 0.11 hold messages instead.
   */
  readonly starts: readonly number[];
  /** In those batches, as their headers say; a message from before Kafka 0.11 is counted as one, though it may hold others. */
  readonly records: number;
  /** Milliseconds since 1970: the newest record's in those batches; -1 when there are none. */
  readonly maxTimestamp: number;
  /** Records of aborted transactions, left out. */
  readonly aborted: number;
  /** Gives the memory back, once. Fetching pauses while more than `maxHeldBytes` wait for it. */
  release(): void;
}

/** Makes of an answer's batches of one partition what a fetcher yields; in the order in which they come. */
export type ReadAnswer<Item> = (part: AnswerPart) => {
  /** Undefined when nothing could be read. */
  readonly item: Item | undefined;
  /** How far it was read, and why not further. */
  readonly nextOffset: number;
  readonly leaderEpoch: number;
  readonly fault?: BatchFault | undefined;
};

export interface AnswerPart {
  readonly partition: Pick<FetchedPlace, 'topic' | 'topicId' | 'partition'>;
  /** The offset that was asked for. */
  readonly offset: number;
  readonly answer: FetchedPartition;
  /** Where the batches lie: until the next item is asked for, unless it is held. */
  readonly body: AnswerBody;
}

export function placeOf({ partition: { topic, topicId, partition }, offset, answer }: AnswerPart): FetchedPlace {
  const { highWatermark, lastStableOffset, logStartOffset } = answer;
  return { topic, topicId, partition, firstOffset: offset, highWatermark, lastStableOffset, logStartOffset };
}

/**
 * - `offsetOutOfRange`: the log begins after the offset, or ends before it. `earliest` and `latest` say where.
 * - `logTruncated`: the log lost its end and grew anew; what was read from `earliest` on is not what stands there now.
 * - `topicRecreated`: the topic was deleted and created again, so that offsets mean other records.
 * - `topicMissing`: there is no such topic or partition, for `missingAfterMs`.
 * - `corruptBatch`, `unsupportedFormat`: the batch at `offset` cannot be read; `nextOffset` is the one after it.
 * - `refused`: Kafka refuses for good, for example TOPIC_AUTHORIZATION_FAILED, or a record that is too large where it is to go.
 */
export type ProblemReason =
  | 'offsetOutOfRange'
  | 'logTruncated'
  | 'topicRecreated'
  | 'topicMissing'
  | 'corruptBatch'
  | 'unsupportedFormat'
  | 'refused';

/** Nothing more comes of this partition until it is assigned again: the reader decides, nothing is skipped by itself. */
export interface PartitionProblem {
  readonly kind: 'problem';
  readonly reason: ProblemReason;
  readonly topic: string;
  readonly partition: number;
  /** The offset that was wanted. */
  readonly offset: number;
  readonly error: MillraceError;
  readonly earliest?: number | undefined;
  readonly latest?: number | undefined;
  readonly nextOffset?: number;
  /** The topic's new id. */
  readonly topicId?: string | undefined;
}

type Facts = Pick<PartitionProblem, 'earliest' | 'latest' | 'nextOffset' | 'topicId'>;

export function problem(
  { topic, partition, offset }: Pick<PartitionState, 'topic' | 'partition' | 'offset'>,
  reason: ProblemReason,
  what: string,
  facts: Facts = {},
): PartitionProblem {
  const error = new MillraceError('unavailable', `${partitionKey(topic, partition)} at offset ${offset}: ${what}`, {
    context: { reason, topic, partition, offset, ...facts },
  });
  return { kind: 'problem', reason, topic, partition, offset, error, ...facts };
}
