/**
 * Large buffers, used again and again. A new one for each answer costs more than all else that is done with it: its
 * pages are touched for the first time, and each 64 MB of them set off a garbage collection.
 */
export class BufferPool {
  readonly #free: Buffer[] = [];

  /** Of this size; what it holds is undefined. */
  take(size: number): Buffer {
    const found = this.#free.findIndex((buffer) => buffer.length >= size);
    const [whole = Buffer.allocUnsafeSlow(Math.ceil(size * 1.25))] = found < 0 ? [] : this.#free.splice(found, 1);
    // A free one that is too small for today's answers makes room.
    if (found < 0) this.#free.shift();
    return whole.subarray(0, size);
  }

  /** Whoever took it does not look at it any more. */
  give(buffer: Buffer): void {
    this.#free.push(Buffer.from(buffer.buffer));
  }
}

/** One buffer that grows to what it has to hold. */
export class Scratch {
  #buffer = Buffer.alloc(0);

  /** The pieces behind each other; valid until the next call. */
  join(pieces: readonly Buffer[]): Buffer {
    const size = pieces.reduce((sum, piece) => sum + piece.length, 0);
    if (size > this.#buffer.length) this.#buffer = Buffer.allocUnsafeSlow(Math.ceil(size * 1.25));
    let at = 0;
    for (const piece of pieces) {
      this.#buffer.set(piece, at);
      at += piece.length;
    }
    return this.#buffer.subarray(0, size);
  }
}
