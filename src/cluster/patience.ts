/** Asking again for a while, where what is asked may only be starting, or changing its leader. */
import { MillraceError } from '../errors.ts';
import type { Logger } from '../observe/log.ts';
import { pause } from '../waiting.ts';

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

/** Rejects with the last error when the patience is over, at once with what no waiting helps against, and as {@link unlessAborted}. */
export async function patiently<T>({ log, signal, what, patienceMs }: Patience, attempt: () => Promise<T>): Promise<T> {
  const endMs = performance.now() + patienceMs;
  for (let told = '', pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    try {
      return await unlessAborted(attempt, signal, what);
    } catch (error) {
      if (!(error instanceof MillraceError) || !passing.has(error.code)) throw error;
      if (performance.now() + pauseMs > endMs) throw error;
      if (error.message !== told) log.warn(`${what} waits: ${error.message}`);
      told = error.message;
      await pause(pauseMs, signal);
    }
  }
}

/** Rejects with `cancelled` once the signal aborts, without a wait for the work, which ends by itself when what it asks is closed. */
export async function unlessAborted<T>(work: () => Promise<T>, signal: AbortSignal, what: string): Promise<T> {
  const givenUp = () => new MillraceError('cancelled', `${what} was given up`);
  if (signal.aborted) throw givenUp();
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(givenUp());
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([promise, work()]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
