/** Bytes into memory that threads share. */

/** Larger than what is copied as a whole, and small beside what comes at once. */
const pieceBytes = 64 * 1024;

/**
 * Copies all of `source` to `target`, from `start` on. JavaScript's `set` copies into shared memory byte by byte, unless both lie alike in their
 * words; Node's copying of a part of a buffer does not. There must be room.
 */
export function copyToShared(source: Uint8Array, target: Buffer, start: number): void {
  const bytes = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  for (let at = 0; at < bytes.byteLength; at += pieceBytes)
    bytes.copy(target, start + at, at, Math.min(at + pieceBytes, bytes.byteLength));
}
