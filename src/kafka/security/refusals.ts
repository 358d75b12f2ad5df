/** Logins that were refused, by address: tries that follow each other would lock accounts, and keep servers and KDCs busy. */
import { MillraceError } from '../../errors.ts';

interface Refusal {
  readonly error: MillraceError;
  readonly pauseMs: number;
  readonly untilMs: number;
}

const firstPauseMs = 1_000;
const longestPauseMs = 30_000;

export class Refusals {
  readonly #refusals = new Map<string, Refusal>();

  /** @throws MillraceError what the last try failed with, for a while that doubles with each. */
  check(address: string): void {
    const refusal = this.#refusals.get(address);
    const restMs = (refusal?.untilMs ?? 0) - performance.now();
    if (refusal === undefined || restMs <= 0) return;
    const { code, message } = refusal.error;
    const retryAfterSeconds = Math.ceil(restMs / 1000);
    throw new MillraceError(code, `${message}; tried again in ${retryAfterSeconds} s`, {
      cause: refusal.error,
      retryAfterSeconds,
    });
  }

  refused(address: string, error: MillraceError): void {
    const before = this.#refusals.get(address)?.pauseMs;
    const pauseMs = before === undefined ? firstPauseMs : Math.min(longestPauseMs, 2 * before);
    this.#refusals.set(address, { error, pauseMs, untilMs: performance.now() + pauseMs });
  }

  passed(address: string): void {
    this.#refusals.delete(address);
  }
}
