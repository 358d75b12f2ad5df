/** Reading rows where a plan has more than one statement. */

/** Some value, and rows of which the first are read meanwhile. */
export async function sideBySide<V, T>(value: Promise<V>, rows: AsyncIterable<T>): Promise<[V, AsyncIterable<T>]> {
  const iterator = rows[Symbol.asyncIterator]();
  const [known, first] = await Promise.allSettled([value, iterator.next()]);
  if (first.status === 'rejected') throw first.reason;
  if (known.status === 'rejected') {
    await iterator.return?.();
    throw known.reason;
  }
  return [known.value, resumed(first.value, iterator)];
}

async function* resumed<T>(first: IteratorResult<T>, rest: AsyncIterator<T>): AsyncGenerator<T, void, void> {
  try {
    for (let next = first; !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
