/** Work that is done again and again. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Does it whenever so much time has passed since it was done, until the signal aborts. @throws what the work fails by, which ends it. */
export async function regularly(intervalMs: number, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    // Refused: it was aborted meanwhile.
    await sleep(intervalMs, undefined, { signal }).catch(() => {});
    if (!signal.aborted) await work();
  }
}
