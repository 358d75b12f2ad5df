import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks again and again until it holds. A connection that is refused or breaks is a no; whatever else is thrown ends the wait.
 * @throws Error when it does not hold before the deadline, with what `describe` says of the last try.
 */
export async function until(
  what: string,
  deadlineMs: number,
  holds: () => Promise<boolean>,
  describe?: () => string,
): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  const refused = (error: unknown) => {
    // As `fetch` tells it.
    if (error instanceof TypeError) return false;
    throw error;
  };
  while (!(await holds().catch(refused))) {
    if (Date.now() > deadline)
      throw new Error(`${what}: not so after ${deadlineMs} ms${describe ? `; ${describe()}` : ''}`);
    await sleep(250);
  }
}
