/** Waits that an abort ends at once and without an error: whoever waits looks at its signal next. */
import { setTimeout as sleep } from 'node:timers/promises';

/** For so long, or until the signal aborts. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {});
}

/** Does it whenever so much time has passed since it was done, until the signal aborts. @throws what the work fails by, which ends it. */
export async function regularly(intervalMs: number, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await pause(intervalMs, signal);
    if (!signal.aborted) await work();
  }
}

/** Until the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

export interface BackoffSettings {
  /** The first pause: doubled each time. */
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
}

/** The pause after so many failures in a row: none after none. */
export function backoffAfter(failures: number, { backoffMs, maxBackoffMs }: BackoffSettings): number {
  return failures === 0 ? 0 : Math.min(maxBackoffMs, backoffMs * 2 ** (failures - 1));
}
