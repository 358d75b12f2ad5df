/** The errors with which a send is rejected; named after the original's. https://github.com/druid-io/tranquility/blob/master/docs/core.md */
import type { DropReason } from '../backend.ts';
import { MillraceError } from '../errors.ts';

/** This event was not kept, and sending it again would not help. */
export class MessageDroppedError extends MillraceError {
  readonly reason: DropReason;

  constructor(dataSource: string, reason: DropReason) {
    super('invalidInput', `Message dropped: ${explanations[reason]}`, { context: { dataSource, reason } });
    this.name = 'MessageDroppedError';
    this.reason = reason;
  }
}

/** As many events are under way as may be, and the tranquilizer does not wait (`tranquility.blockOnFull` is false). */
export class BufferFullError extends MillraceError {
  constructor(dataSource: string) {
    super('bufferFull', 'Buffer full: await earlier sends, or raise tranquility.maxPendingBatches', {
      context: { dataSource },
    });
    this.name = 'BufferFullError';
  }
}

const explanations: Readonly<Record<DropReason, string>> = {
  late: "its timestamp lies before the window; use a current one, or widen the spec's windowPeriod",
  early: "its timestamp lies after the window; use a current one, or widen the spec's windowPeriod",
  unparseable: "it has no timestamp that the spec's timestampSpec can read",
  filtered: "it does not pass the filter of the spec's transformSpec",
};
