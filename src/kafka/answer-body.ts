/** The buffers that answers lie in, each used again once all who read in it have let go of it. */
import { BufferPool } from './buffer-pool.ts';

export class AnswerBodies {
  readonly #pool = new BufferPool();

  /** For an answer of this size. */
  allocate = (size: number): Buffer => this.#pool.take(size);

  /** An answer that came into a buffer of {@link allocate}; it is held once. */
  hold(buffer: Buffer): AnswerBody {
    return new AnswerBody(() => this.#pool.give(buffer));
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
