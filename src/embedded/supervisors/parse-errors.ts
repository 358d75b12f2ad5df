/** The last events of a supervisor that could not be parsed, as many as its spec has saved. */
import type { Logger } from 'pino';
import type { ParseError, UnparseableEvent } from '../../backend.ts';
import type { SupervisorSpec } from '../../spec/supervisor.ts';
import { parseLimits } from './task.ts';

export class ParseErrors {
  readonly #spec: SupervisorSpec;
  readonly #now: () => number;
  readonly #log: Logger;
  #saved: readonly ParseError[] = [];

  constructor(spec: SupervisorSpec, { now, log }: { readonly now: () => number; readonly log: Logger }) {
    this.#spec = spec;
    this.#now = now;
    this.#log = log;
  }

  /** The newest first. */
  get list(): readonly ParseError[] {
    return this.#saved;
  }

  /** In the order of the stream. */
  add(events: readonly UnparseableEvent[]): void {
    const { maxSavedParseExceptions, logParseExceptions } = parseLimits(this.#spec);
    const timeOfExceptionMillis = this.#now();
    const added = events.map(({ event: input, ...error }): ParseError => ({ input, ...error, timeOfExceptionMillis }));
    this.#saved = [...added.reverse(), ...this.#saved].slice(0, maxSavedParseExceptions);
    if (!logParseExceptions) return;
    for (const { event, errorType, details } of events)
      this.#log.error(
        { supervisor: this.#spec.id, event: event.slice(0, 1000) },
        `${errorType}: ${details.join('; ')}`,
      );
  }
}
