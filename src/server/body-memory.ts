/**
 * Memory for request bodies: so much and no more. A body that finds no room waits for it, unread, which slows its client down.
 * Large pieces are used again, as fresh ones for each body make the collector look through the heap every few dozen bodies, which
 * costs more than all else that is done with them.
 */
import { lineFeed } from '../ascii.ts';
import type { MillraceError } from '../errors.ts';
import type { Budget } from './budget.ts';

/** Below this a body is mostly one piece, as the socket gave it. */
export const smallBytes = 64 * 1024;

export interface BodyLimit {
  readonly maxBytes: number;
  /** The error for a longer one. */
  readonly exceeded: () => MillraceError;
}

/** A body in memory, for as long as somebody holds it. */
export class Body {
  readonly bytes: Buffer;
  readonly #free: () => void;
  #holders = 1;

  constructor(bytes: Buffer, free: () => void) {
    this.bytes = bytes;
    this.#free = free;
  }

  hold(): void {
    this.#holders++;
  }

  release(): void {
    if (--this.#holders === 0) this.#free();
  }
}

export class BodyMemory {
  readonly #budget: Budget;
  /** Memory of bodies that are gone, the one idle longest first. */
  readonly #idle: Buffer[] = [];

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  /**
   * All of a body that announced this many bytes, or an unknown number. The caller holds it. A large one is ended by a line feed,
   * so that whoever needs lines need not copy it. Rejects when it exceeds the limit, without reading the rest, and with `bufferFull` when there
   * was no room for too long.
   */
  async read(body: AsyncIterable<Buffer>, announcedBytes: number | undefined, limit: BodyLimit): Promise<Body> {
    const pieces = body[Symbol.asyncIterator]();
    try {
      if (announcedBytes !== undefined && announcedBytes >= smallBytes)
        return await this.#readLarge([], pieces, announcedBytes, limit);
      const head = await this.#readSmall(pieces, limit);
      // What was not announced may grow up to the limit.
      return head instanceof Body ? head : await this.#readLarge(head, pieces, limit.maxBytes, limit);
    } catch (error) {
      await pieces.return?.();
      throw error;
    }
  }

  /** The whole body; or its first pieces, when it turns out to be large. */
  async #readSmall(pieces: AsyncIterator<Buffer>, limit: BodyLimit): Promise<Body | readonly Buffer[]> {
    await this.#budget.take(smallBytes);
    this.#trim();
    const head: Buffer[] = [];
    let length = 0;
    try {
      for (let next = await pieces.next(); !next.done; next = await pieces.next()) {
        head.push(next.value);
        length += next.value.byteLength;
        if (length > limit.maxBytes) throw limit.exceeded();
        if (length < smallBytes) continue;
        this.#budget.giveBack(smallBytes);
        return head;
      }
    } catch (error) {
      this.#budget.giveBack(smallBytes);
      throw error;
    }
    this.#budget.giveBack(smallBytes - length);
    const bytes = head.length === 1 ? (head[0] as Buffer) : Buffer.concat(head, length);
    return new Body(bytes, () => this.#budget.giveBack(length));
  }

  async #readLarge(
    head: readonly Buffer[],
    pieces: AsyncIterator<Buffer>,
    expectedBytes: number,
    limit: BodyLimit,
  ): Promise<Body> {
    const size = sizeFor(expectedBytes);
    await this.#budget.take(size);
    const memory = this.#memory(size);
    let length = 0;
    try {
      for (const piece of head) length += piece.copy(memory, length);
      for (let next = await pieces.next(); !next.done; next = await pieces.next()) {
        if (length + next.value.byteLength > limit.maxBytes) throw limit.exceeded();
        length += next.value.copy(memory, length);
      }
    } catch (error) {
      this.#giveBack(memory);
      throw error;
    }
    if (memory[length - 1] !== lineFeed) memory[length++] = lineFeed;
    return this.#fitted(memory, length);
  }

  /** In memory of its own size: what was taken for a body of unknown size is mostly too large. */
  #fitted(memory: Buffer, length: number): Body {
    const size = sizeFor(length);
    if (memory.byteLength <= 2 * size) return new Body(memory.subarray(0, length), () => this.#giveBack(memory));
    const smaller = this.#memory(size);
    memory.copy(smaller, 0, 0, length);
    this.#idle.push(memory);
    this.#budget.giveBack(memory.byteLength - size);
    return new Body(smaller.subarray(0, length), () => this.#giveBack(smaller));
  }

  #memory(size: number): Buffer {
    const index = this.#idle.findIndex(({ byteLength }) => byteLength === size);
    const [memory] = index < 0 ? [] : this.#idle.splice(index, 1);
    this.#trim();
    return memory ?? Buffer.allocUnsafeSlow(size);
  }

  #giveBack(memory: Buffer): void {
    this.#idle.push(memory);
    this.#budget.giveBack(memory.byteLength);
  }

  /** What lies idle must fit beside the bodies; to be called once memory is taken, for who waited is about to use what was given back. */
  #trim(): void {
    let idleBytes = this.#idle.reduce((sum, { byteLength }) => sum + byteLength, 0);
    while (this.#budget.takenBytes + idleBytes > this.#budget.maxBytes && this.#idle.length > 0)
      idleBytes -= this.#idle.shift()?.byteLength ?? 0;
  }
}

/** A few sizes, so that memory fits the next body, too; with a byte more for the line feed. */
function sizeFor(bytes: number): number {
  const step = 2 ** (Math.floor(Math.log2(bytes + 1)) - 4);
  return Math.ceil((bytes + 1) / step) * step;
}
