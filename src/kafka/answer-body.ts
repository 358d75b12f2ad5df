/** The buffers that answers lie in, each used again once all who read in it have let go of it. */
import { BufferPool } from './buffer-pool.ts';

export class AnswerBodies {
  readonly #pool = new BufferPool();
  readonly #onFreed: () => void;
  #heldBytes = 0;

  constructor(onFreed: () => void) {
    this.#onFreed = onFreed;
  }

  /** Of memory in which somebody still reads, or will. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** For an answer of this size. */
  allocate = (size: number): Buffer => this.#pool.take(size);

  /** An answer that came into a buffer of {@link allocate}; it is held once. */
  hold(buffer: Buffer): AnswerBody {
    const bytes = buffer.buffer.byteLength;
    this.#heldBytes += bytes;
    return new AnswerBody(() => {
      this.#heldBytes -= bytes;
      this.#pool.give(buffer);
      this.#onFreed();
    });
  }
}

export class AnswerBody {
  readonly #free: () => void;
  #holders = 1;

  constructor(free: () => void) {
    this.#free = free;
  }

  hold(): void {
    this.#holders++;
  }

  /** Once by each who holds it. */
  release(): void {
    if (--this.#holders === 0) this.#free();
  }
}
