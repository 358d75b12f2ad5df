/**
 * Requests that do not wait for each other: over a long distance a hundred groups, one after the other, took half a minute.
 * @param atATime how many are under way.
 */
export async function severalAtATime<Item>(
  atATime: number,
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  const worker = async () => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: atATime }, worker));
}
