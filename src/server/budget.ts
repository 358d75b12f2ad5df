/** A number of bytes that many share. Who finds too few left waits its turn, but not for ever, and not too many do. */
import { MillraceError } from '../errors.ts';

export interface BudgetOptions {
  readonly maxBytes: number;
  readonly maxWaitMs: number;
  readonly maxWaiting: number;
  /** Who asks for no more than this passes those who wait for more. */
  readonly smallBytes: number;
}

interface Waiting {
  readonly bytes: number;
  readonly admit: () => void;
}

export class Budget {
  readonly #options: BudgetOptions;
  readonly #waiting = new Set<Waiting>();
  #takenBytes = 0;

  constructor(options: BudgetOptions) {
    this.#options = options;
  }

  get maxBytes(): number {
    return this.#options.maxBytes;
  }

  get takenBytes(): number {
    return this.#takenBytes;
  }

  /** In the order of asking. More than there is at all can be had by one who is alone. Rejects with `bufferFull`. */
  take(bytes: number): Promise<void> {
    const { maxWaitMs, maxWaiting, smallBytes } = this.#options;
    if ((this.#waiting.size === 0 || bytes <= smallBytes) && this.#fits(bytes)) {
      this.#takenBytes += bytes;
      return Promise.resolve();
    }
    if (this.#waiting.size >= maxWaiting) return Promise.reject(full());
    return new Promise((resolve, reject) => {
      const waiting = {
        bytes,
        admit: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(waiting);
        reject(full());
        // Who asked for less may find room now.
        this.#admit();
      }, maxWaitMs);
      this.#waiting.add(waiting);
    });
  }

  giveBack(bytes: number): void {
    this.#takenBytes -= bytes;
    this.#admit();
  }

  #admit(): void {
    for (const waiting of this.#waiting) {
      if (!this.#fits(waiting.bytes)) return;
      this.#waiting.delete(waiting);
      this.#takenBytes += waiting.bytes;
      waiting.admit();
    }
  }

  #fits(bytes: number): boolean {
    return this.#takenBytes === 0 || this.#takenBytes + bytes <= this.#options.maxBytes;
  }
}

const full = () =>
  new MillraceError('bufferFull', 'too many bytes of requests are under way; try again later', {
    retryAfterSeconds: 1,
  });
