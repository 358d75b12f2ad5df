/**
 * Memory for large bodies, used again. Fresh memory for each makes the collector look through the heap every few dozen
 * bodies, which costs more than all else that is done with them.
 */
import type { Readable } from 'node:stream';

/** Below this a body is mostly one piece, as the socket gave it. */
const smallBytes = 64 * 1024;

export class BodyMemory {
  readonly #maxKeptBytes: number;
  readonly #free: Buffer[] = [];
  #keptBytes = 0;

  constructor(maxKeptBytes: number) {
    this.#maxKeptBytes = maxKeptBytes;
  }

  /**
   * All of a stream that announced this many bytes, or an unknown number. Its memory is the caller's until {@link giveBack}.
   * Undefined when there are more than `maxBytes`; the rest is not read then.
   */
  async read(stream: Readable, announcedBytes: number | undefined, maxBytes: number): Promise<Buffer | undefined> {
    if (announcedBytes !== undefined && announcedBytes > maxBytes) return undefined;
    if (announcedBytes === undefined || announcedBytes < smallBytes) return readPieces(stream, maxBytes);
    const memory = this.#take(announcedBytes);
    let length = 0;
    for await (const piece of stream as AsyncIterable<Buffer>) {
      // The parser of HTTP holds a body to its announced length.
      length += piece.copy(memory, length);
    }
    return memory.subarray(0, length);
  }

  /** To be called when nothing reads the body any more; bodies that never come back are the collector's. */
  giveBack(body: Buffer): void {
    const { buffer } = body;
    if (buffer.byteLength < smallBytes || this.#keptBytes + buffer.byteLength > this.#maxKeptBytes) return;
    if (this.#free.some((free) => free.buffer === buffer)) return;
    this.#keptBytes += buffer.byteLength;
    this.#free.push(Buffer.from(buffer));
  }

  #take(bytes: number): Buffer {
    // No memory much larger than needed, so that a few small bodies do not hold all the large ones.
    const index = this.#free.findIndex(({ byteLength }) => byteLength >= bytes && byteLength <= 4 * bytes);
    if (index < 0) return Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(bytes)));
    const [memory] = this.#free.splice(index, 1) as [Buffer];
    this.#keptBytes -= memory.byteLength;
    return memory;
  }
}

async function readPieces(stream: Readable, maxBytes: number): Promise<Buffer | undefined> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of stream as AsyncIterable<Buffer>) {
    length += piece.byteLength;
    if (length > maxBytes) return undefined;
    pieces.push(piece);
  }
  return pieces.length === 1 ? pieces[0] : Buffer.concat(pieces, length);
}
