/** Waits before what failed is tried again, the longer the more often it failed. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface BackoffSettings {
  /** `retry.backoff.ms`, `retry.backoff.max.ms`: doubled each time. */
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
}

export class Backoff {
  readonly #settings: BackoffSettings;
  readonly #signal: AbortSignal;

  /** @param signal ends every wait at once. */
  constructor(settings: BackoffSettings, signal: AbortSignal) {
    this.#settings = settings;
    this.#signal = signal;
  }

  /** @param failures in a row. */
  after(failures: number): Promise<void> {
    const { backoffMs, maxBackoffMs } = this.#settings;
    return this.pause(failures === 0 ? 0 : Math.min(maxBackoffMs, backoffMs * 2 ** (failures - 1)));
  }

  async pause(ms: number): Promise<void> {
    if (ms > 0) await sleep(ms, undefined, { signal: this.#signal }).catch(() => {});
  }
}
