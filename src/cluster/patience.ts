/** Asking again for a while, where what is asked may only be starting, or changing its leader. */
import { setTimeout as sleep } from 'node:timers/promises';
import { MillraceError } from '../errors.ts';
import type { Logger } from '../observe/log.ts';

export interface Patience {
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** In words, such as `defining 'pageviews'`. */
  readonly what: string;
  readonly patienceMs: number;
}

const firstPauseMs = 250;
const longestPauseMs = 5_000;
const passing = new Set(['unavailable', 'timeout', 'runtimeFailure']);

/** Rejects with the last error when the patience is over, and at once with what no waiting helps against. */
export async function patiently<T>({ log, signal, what, patienceMs }: Patience, attempt: () => Promise<T>): Promise<T> {
  const endMs = performance.now() + patienceMs;
  for (let told = '', pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof MillraceError) || !passing.has(error.code)) throw error;
      if (signal.aborted || performance.now() + pauseMs > endMs) throw error;
      if (error.message !== told) log.warn(`${what} waits: ${error.message}`);
      told = error.message;
      await sleep(pauseMs, undefined, { signal }).catch(() => {});
    }
  }
}
