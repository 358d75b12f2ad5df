/** Waits before what failed is tried again, the longer the more often it failed. */
import { type BackoffSettings, backoffAfter, pause } from '../waiting.ts';

export class Backoff {
  readonly #settings: BackoffSettings;
  readonly #signal: AbortSignal;

  /** @param settings `retry.backoff.ms`, `retry.backoff.max.ms`. @param signal ends every wait at once. */
  constructor(settings: BackoffSettings, signal: AbortSignal) {
    this.#settings = settings;
    this.#signal = signal;
  }

  /** @param failures in a row. */
  after(failures: number): Promise<void> {
    return this.pause(backoffAfter(failures, this.#settings));
  }

  async pause(ms: number): Promise<void> {
    if (ms > 0) await pause(ms, this.#signal);
  }
}
