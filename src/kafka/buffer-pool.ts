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
  buffer: Buffer = Buffer.alloc(0);
  view: DataView = new DataView(this.buffer.buffer, 0, 0);

  /** Makes it hold so many bytes at least; the first `used` are kept. */
  ensure(size: number, used: number): void {
    if (size <= this.buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(size, 2 * this.buffer.length));
    larger.set(this.buffer.subarray(0, used));
    this.buffer = larger;
    this.view = new DataView(larger.buffer);
  }
}
