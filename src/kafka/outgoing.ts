/** A batch on its way to a partition, and whoever waits for it. */
import { MillraceError } from '../errors.ts';

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
