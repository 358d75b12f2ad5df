/** A batch on its way to a partition, and whoever waits for it. */
import { MillraceError } from '../errors.ts';
import { partitionKey } from './assignment.ts';
import type { TopicPartition } from './metadata.ts';
import { errorCodes, isRetriable } from './protocol-errors.ts';
import { isIntactBatch } from './repack/damaged-batch.ts';

/** A batch that somebody waits for; in several pieces if the topic takes no such large one. */
export interface Delivery {
  /** On performance.now()'s clock. */
  readonly deadlineMs: number;
  /** With the offset of the first record; -1 when the broker does not remember it. */
  readonly resolve: (baseOffset: number) => void;
  readonly reject: (error: MillraceError) => void;
  pieces: number;
  baseOffset: number;
  /** A piece of it is there, or went out and got no answer. */
  mayBeWritten: boolean;
}

export interface Outgoing {
  readonly bytes: Buffer;
  readonly delivery: Delivery;
  /** Of its first record, once it was sent. */
  sequence: number | undefined;
  isInFlight: boolean;
  /** It is there if the one is that is sent next. */
  isThere: boolean;
}

/** Until a broker that went away is back, mostly. */
const retryAfterSeconds = 5;

/** Why a batch is given up whose time is over. */
export function notInTime(
  { topic, partition, trouble }: TopicPartition & { readonly trouble: MillraceError | undefined },
  mayBeWritten: boolean,
): MillraceError {
  const why = trouble?.message ?? 'no answer came';
  const known = mayBeWritten ? 'It may have been written, or not.' : 'It was not written.';
  const message = `${partitionKey(topic, partition)}: Kafka did not take a batch in time: ${why}. ${known}`;
  const context = { ...trouble?.context, mayBeWritten };
  return new MillraceError('unavailable', message, { cause: trouble, retryAfterSeconds, context });
}

/** Whether a later try may succeed. What was damaged before it came here, rather than on its way to the broker, is refused each time. */
export const mayBeTaken = ({ bytes }: Outgoing, errorCode: number): boolean =>
  isRetriable(errorCode) && (errorCode !== errorCodes.corruptMessage || isIntactBatch(bytes));

/** A batch that is refused now may be there in part, or since a try that got no answer. */
export function refusal(error: MillraceError, mayBeWritten: boolean): MillraceError {
  if (!mayBeWritten) return error;
  const { code, message, context } = error;
  return new MillraceError(code, message, { cause: error, context: { ...context, mayBeWritten: true } });
}

/** Pieces are written in their order. */
export function deliver(delivery: Delivery, baseOffset: number): void {
  delivery.mayBeWritten = true;
  if (delivery.baseOffset < 0) delivery.baseOffset = baseOffset;
  if (--delivery.pieces === 0) delivery.resolve(delivery.baseOffset);
}
