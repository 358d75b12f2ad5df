/** A pause that can be ended early. */
import { backoffAfter } from '../waiting.ts';

/** Timers cannot be set for longer; who wakes without need looks and waits again. */
const longestPauseMs = 3_600_000;

export class Alarm {
  #ring: (() => void) | undefined;
  #rung = false;

  /** Ends the pause that is on, or else the next one. */
  ring(): void {
    this.#rung = true;
    this.#ring?.();
  }

  async pause(ms: number): Promise<void> {
    if (!this.#rung) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#ring = resolve;
      const timer = setTimeout(resolve, Math.max(1, Math.min(ms, longestPauseMs)));
      await promise;
      clearTimeout(timer);
      this.#ring = undefined;
    }
    this.#rung = false;
  }
}

/** How long to wait before the n-th try, from 0: half a second, doubled each time up to half a minute. */
export const backOffMs = (tries: number): number => backoffAfter(tries + 1, { backoffMs: 500, maxBackoffMs: 30_000 });
