/** An answer that a client takes frame by frame; of its rows no more are held than a frame and a piece. */
import type { SqlAnswer } from '../../backend.ts';
import { invalidInput } from '../../errors.ts';
import type { Frame } from './protocol.ts';

/** Druid's `druid.sql.avatica.maxRowsPerFrame` and `minRowsPerFrame`. */
const frameRows = { most: 5000, least: 100 };

export class Cursor {
  readonly #pieces: AsyncIterator<string>;
  readonly #abort: AbortController;
  /** Of the last piece: those that no frame has yet. */
  #lines: string[] = [];
  #offset = 0;
  #left: number;

  /** @param abort ends the query. @param maxRows of the whole answer. */
  constructor({ chunks }: SqlAnswer, abort: AbortController, maxRows: number) {
    this.#pieces = chunks[Symbol.asyncIterator]();
    this.#abort = abort;
    this.#left = maxRows;
  }

  get offset(): number {
    return this.#offset;
  }

  /** The rows from `offset` on, at most as many as asked for, within the limits of a frame. */
  async frame(offset: number, asked: number): Promise<Frame> {
    if (offset !== this.#offset) {
      throw invalidInput(
        `Druid can only fetch forward. Requested offset of ${offset} != current offset ${this.#offset}`,
      );
    }
    const size = Math.min(asked < 0 ? frameRows.most : Math.max(asked, frameRows.least), frameRows.most, this.#left);
    const rows: string[] = [];
    while (rows.length < size && (await this.#fill())) rows.push(...this.#lines.splice(0, size - rows.length));
    this.#offset += rows.length;
    this.#left -= rows.length;
    const done = !(await this.more());
    if (done) await this.close();
    return { offset, done, rows };
  }

  async more(): Promise<boolean> {
    return this.#left > 0 && (await this.#fill());
  }

  async close(): Promise<void> {
    this.#left = 0;
    this.#lines = [];
    this.#abort.abort();
    await this.#pieces.return?.();
  }

  /** False at the end of the answer. */
  async #fill(): Promise<boolean> {
    while (this.#lines.length === 0) {
      const next = await this.#pieces.next();
      if (next.done) return false;
      this.#lines = next.value.split('\n').filter((line) => line !== '');
    }
    return true;
  }
}
