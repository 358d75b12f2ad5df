/** A terminal whose last line may be a live one: it is taken away before other text is printed, and put back after. */
import type { WriteStream } from 'node:tty';

const clearLine = '\r\x1b[2K';

export class Terminal {
  readonly #stream: Pick<WriteStream, 'write' | 'columns'>;
  #live = '';

  constructor(stream: Pick<WriteStream, 'write' | 'columns'>) {
    this.#stream = stream;
  }

  /** Prints whole lines above the live one. */
  print(text: string): void {
    this.#stream.write(this.#live ? `${clearLine}${text}${this.#live}` : text);
  }

  /** Replaces the live line; an empty text takes it away. Cut to the terminal's width, as a wrapped line cannot be cleared. */
  live(text: string): void {
    const line = text.slice(0, Math.max(1, (this.#stream.columns || 80) - 1));
    if (line === this.#live) return;
    this.#stream.write(`${clearLine}${line}`);
    this.#live = line;
  }
}
