/** One holder at a time, in the order of asking. `using lock = await mutex.acquire()`. */
export class Mutex {
  #last: Promise<void> = Promise.resolve();

  async acquire(): Promise<Disposable> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const before = this.#last;
    this.#last = promise;
    await before;
    return { [Symbol.dispose]: resolve };
  }
}
