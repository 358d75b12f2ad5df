/** What makes bodies durable, a round of them at a time. */
import type { MillraceError } from '../errors.ts';
import type { Part, Waiting, WorkOutcome } from './work.ts';

export interface Rounds {
  /** Why nothing can be taken now. */
  readonly failure: MillraceError | undefined;
  /** Told of each body as it begins to wait; perhaps before that, too, as one that will come soon. */
  begin(part: Part): void;
  /** One that was begun before does not come after all. */
  forget(part: Part): void;
  /**
   * Settles when all of a round is durable; an error is that of one body, while others may be. One round is begun after the other: where this one
   * goes on by itself, `handedOn` lets the next begin before it has settled.
   * @throws MalformedBodies when some are to be left out, and nothing was taken; another error is that of all.
   */
  commit(round: readonly Waiting[], handedOn: () => void): Promise<ReadonlyMap<Waiting, WorkOutcome | MillraceError>>;
}

/** These bodies hold a line that is no JSON object. */
export class MalformedBodies extends Error {
  /** Counts from 1. */
  readonly lines: ReadonlyMap<Waiting, number>;
  constructor(lines: ReadonlyMap<Waiting, number>) {
    super('malformed bodies');
    this.lines = lines;
  }
}
