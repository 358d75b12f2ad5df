/** A supervisor's last errors, as its status shows them. */
import type { SupervisorError } from '../../backend.ts';
import type { MillraceError } from '../../errors.ts';

const maxErrors = 10;

export class RecentErrors {
  readonly #now: () => number;
  #errors: readonly SupervisorError[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  /** The newest last, as Druid lists them. */
  get list(): readonly SupervisorError[] {
    return this.#errors;
  }

  /** An error that comes again is listed once, with its last time. */
  note(error: MillraceError, streamException: boolean): void {
    const { message, code: exceptionClass } = error;
    const others = this.#errors.filter((other) => other.message !== message);
    const timestamp = new Date(this.#now()).toISOString();
    this.#errors = [...others, { timestamp, exceptionClass, message, streamException }].slice(-maxErrors);
  }
}
