/** Requests that do not wait for each other: over a long distance a hundred groups, one after the other, took half a minute. */
const atATime = 8;

export async function severalAtATime<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const rest = items.values();
  const worker = async () => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: atATime }, worker));
}
