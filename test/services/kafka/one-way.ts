/** One direction of a connection: bytes arrive after their delay, in order, and not while the way is held. */
import type { Socket } from 'node:net';

/** As much is on its way at most, which 40 ms at 1 GB/s would not fill. */
const mostBytes = 64 * 2 ** 20;

interface Piece {
  readonly bytes: Buffer;
  /** By `performance.now()`. */
  readonly due: number;
}

export class OneWay {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #delayMs: number;
  readonly #pieces: Piece[] = [];
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #isHeld = false;
  #hasEnded = false;

  constructor(from: Socket, to: Socket, delayMs: number) {
    this.#from = from;
    this.#to = to;
    this.#delayMs = delayMs;
    from.on('data', (bytes: Buffer) => {
      this.#pieces.push({ bytes, due: performance.now() + delayMs });
      this.#bytes += bytes.length;
      if (this.#bytes > mostBytes) from.pause();
      this.#schedule();
    });
    from.on('close', () => {
      this.#hasEnded = true;
      this.#schedule();
    });
    to.on('drain', () => this.#schedule());
    to.on('close', () => clearTimeout(this.#timer));
  }

  hold(): void {
    this.#isHeld = true;
  }

  release(): void {
    this.#isHeld = false;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#timer !== undefined) return;
    const [first] = this.#pieces;
    const waitMs = first === undefined ? this.#delayMs : first.due - performance.now();
    if (waitMs <= 0) this.#deliver();
    else
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        this.#deliver();
      }, waitMs);
  }

  #deliver(): void {
    if (this.#isHeld || this.#to.writableNeedDrain) return;
    const now = performance.now();
    let delivered = 0;
    for (const { bytes, due } of this.#pieces) {
      if (due > now) break;
      delivered++;
      this.#bytes -= bytes.length;
      if (!this.#to.write(bytes)) break;
    }
    this.#pieces.splice(0, delivered);
    if (this.#from.isPaused() && this.#bytes <= mostBytes) this.#from.resume();
    if (this.#pieces.length > 0) this.#schedule();
    else if (this.#hasEnded) this.#to.end();
  }
}
