/** What a fetcher yields. */
import { MillraceError } from '../errors.ts';
import { type PartitionState, partitionKey } from './assignment.ts';
import type { Decoded } from './decode.ts';

export type Fetched = PartitionValues | PartitionProblem;

/**
 * Some of a partition's records. `values` can be read until the next thing is asked for: then its memory is used again.
 * None at all when only aborted records, markers and tombstones came.
 */
export interface PartitionValues extends Omit<Decoded, 'fault'> {
  readonly kind: 'values';
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
 * - `offsetOutOfRange`: the log begins after the offset, or ends before it. `earliest` and `latest` say where.
 * - `logTruncated`: the log lost its end and grew anew; what was read from `earliest` on is not what stands there now.
 * - `topicRecreated`: the topic was deleted and created again, so that offsets mean other records.
 * - `topicMissing`: there is no such topic or partition, for `missingAfterMs`.
 * - `corruptBatch`, `unsupportedFormat`: the batch at `offset` cannot be read; `nextOffset` is the one after it.
 * - `refused`: Kafka refuses for good, for example TOPIC_AUTHORIZATION_FAILED.
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
  { topic, partition, offset }: PartitionState,
  reason: ProblemReason,
  what: string,
  facts: Facts = {},
): PartitionProblem {
  const error = new MillraceError('unavailable', `${partitionKey(topic, partition)} at offset ${offset}: ${what}`, {
    context: { reason, topic, partition, offset, ...facts },
  });
  return { kind: 'problem', reason, topic, partition, offset, error, ...facts };
}
