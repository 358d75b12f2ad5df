/**
 * Runs parts of one work side by side, until the signal aborts or one of them ends: then the others are ended, too, and waited for.
 * @throws what the first one failed by.
 */
export async function together(
  signal: AbortSignal,
  parts: readonly ((signal: AbortSignal) => Promise<void>)[],
): Promise<void> {
  const ending = new AbortController();
  const either = AbortSignal.any([signal, ending.signal]);
  const running = parts.map((part) => part(either).finally(() => ending.abort()));
  const all = Promise.all(running);
  // Told of below, when the others have ended, too.
  all.catch(() => {});
  await Promise.allSettled(running);
  await all;
}
