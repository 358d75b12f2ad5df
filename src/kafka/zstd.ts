/**
 * Zstandard, by Node's own library, into a buffer that is used again.
 *
 * `zstdDecompressSync` makes a new decompressor for each batch, which takes longer than to decompress one of 20 KB. So
 * one decompressor is kept, and its inside is called, as npm's minizlib does with zlib's. Where a Node does not have
 * that inside, `zstdDecompressSync` does it.
 */
import { constants, createZstdDecompress, type ZstdDecompress, zstdDecompressSync } from 'node:zlib';
import { invalidInput } from '../errors.ts';
import type { Scratch } from './buffer-pool.ts';

/** More than any broker lets through as honest data. */
const largestOutput = 512 * 2 ** 20;
const smallestStep = 64 * 2 ** 10;

/** What is inside of Node's streams of compression. */
interface Inside {
  readonly _handle: {
    writeSync(
      ...input: [flush: number, input: Buffer, start: number, length: number, out: Buffer, at: number, room: number]
    ): void;
  };
  /** After a write: how much room is left, and how much input. */
  readonly _writeState: Uint32Array;
}

let decompressor = open();

function open(): (ZstdDecompress & Partial<Inside>) | undefined {
  const stream: ZstdDecompress & Partial<Inside> = createZstdDecompress();
  // It is told of an error below.
  stream.on('error', () => {});
  const isKnown = typeof stream._handle?.writeSync === 'function' && stream._writeState instanceof Uint32Array;
  return isKnown ? stream : undefined;
}

/** After broken input: what came last may have been cut off, and would go on in the next batch. */
export function forgetZstd(): void {
  decompressor?.destroy();
  decompressor = open();
}

/**
 * Writes what the frames hold into `target` from `start` on.
 * @returns the end there.
 * @throws MillraceError when they are broken.
 */
export function decompressZstd(frames: Buffer, target: Scratch, start: number): number {
  const stream = decompressor;
  if (stream?._handle === undefined || stream._writeState === undefined) {
    const content = zstdDecompressSync(frames, { maxOutputLength: largestOutput });
    target.ensure(start + content.length, start);
    target.buffer.set(content, start);
    return start + content.length;
  }
  let out = start;
  let left = frames.length;
  for (;;) {
    target.ensure(out + smallestStep, out);
    const room = target.buffer.length - out;
    const at = frames.length - left;
    stream._handle.writeSync(constants.ZSTD_e_continue, frames, at, left, target.buffer, out, room);
    if (stream.destroyed) {
      forgetZstd();
      throw invalidInput('broken zstd data');
    }
    const [roomLeft = 0, inputLeft = 0] = stream._writeState;
    const isStuck = roomLeft === room && inputLeft === left;
    out += room - roomLeft;
    left = inputLeft;
    // With room to spare, it has given all that it has.
    if (roomLeft > 0 && left === 0) return out;
    if (isStuck || out - start > largestOutput) throw invalidInput('zstd data that does not end, or is too large');
  }
}
