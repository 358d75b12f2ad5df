/** Lets one part wait until another has done something. */
export class Signal {
  #waiting = Promise.withResolvers<void>();

  /** Resolves at the next `notify`. */
  wait(): Promise<void> {
    return this.#waiting.promise;
  }

  notify(): void {
    this.#waiting.resolve();
    this.#waiting = Promise.withResolvers();
  }
}
