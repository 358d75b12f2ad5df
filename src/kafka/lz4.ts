/**
 * LZ4, as Kafka frames it, into a buffer that is used again. Written here since it is the codec most used, and the
 * WebAssembly at hand took twice as long: it copies each batch in and out, and leaves a buffer to the garbage collector.
 *
 *   Frame => magic FLG BD [content_size] [dictionary_id] header_checksum [Block] end_mark [content_checksum]
 *     magic => 04 22 4D 18
 *     FLG => bits 7–6 version 01, 5 blocks independent, 4 block checksums, 3 content size, 2 content checksum, 0 dictionary
 *     content_size => 8 bytes
 *     dictionary_id => 4 bytes
 *     Block => size bytes [checksum]
 *       size => 4 bytes, little endian; the highest bit: not compressed
 *     end_mark => 4 bytes of 0
 *
 * Checksums are not looked at: a batch's CRC-32C covers them. https://github.com/lz4/lz4/tree/dev/doc
 */
import { invalidInput, unsupported } from '../errors.ts';
import type { Scratch } from './buffer-pool.ts';

const magic = 0x184d2204;
const flags = { blockChecksums: 1 << 4, contentSize: 1 << 3, dictionary: 1 } as const;
/** BD's bits 6–4 → the most that a block holds: 64 KB × 4 for each step. */
const largestBlock = (descriptor: number) => 2 ** (8 + 2 * ((descriptor >> 4) & 7));
/** Copies run in steps of 8 bytes, and may so write beyond their end. */
const slack = 32;

/**
 * Writes what a frame holds into `target` from `start` on.
 * @returns the end there.
 * @throws MillraceError when it is not a whole frame, or uses a dictionary.
 */
export function decompressLz4(frame: Buffer, target: Scratch, start: number): number {
  if (frame.length < 7 || frame.readUInt32LE(0) !== magic) throw invalidInput('not an LZ4 frame');
  const flag = frame[4] as number;
  if (flag & flags.dictionary) throw unsupported('LZ4 with a dictionary');
  const blockSize = largestBlock(frame[5] as number);
  const source = new DataView(frame.buffer, frame.byteOffset, frame.length);
  let at = flag & flags.contentSize ? 15 : 7;
  let out = start;
  for (;;) {
    if (at + 4 > frame.length) throw invalidInput('an LZ4 frame without its end');
    const size = frame.readUInt32LE(at) & 0x7fffffff;
    const isPlain = (frame[at + 3] as number) > 0x7f;
    at += 4;
    if (size === 0) return out;
    if (at + size > frame.length) throw invalidInput('an LZ4 block that is cut off');
    const needed = isPlain ? size : blockSize;
    target.ensure(out + needed + slack, out);
    if (isPlain) {
      frame.copy(target.buffer, out, at, at + size);
      out += size;
    } else out = decompressBlock(frame, source, at, at + size, target, start, out, out + blockSize);
    at += size + (flag & flags.blockChecksums ? 4 : 0);
  }
}

/**
 *   Block => [Sequence]
 *   Sequence => token [literal_length] literals offset [match_length]
 *     token => 4 bits of each length; 15: bytes follow that are added, up to the first that is not 255
 *     offset => 2 bytes, little endian: how far back the match begins; it may run into itself
 *     match_length => less 4
 * The last sequence ends behind its literals.
 *
 * Most sequences are a few bytes long, and a branch that is foretold wrongly costs more than copying some of them. So short ones are
 * copied without a look at their length, 8 literals and 16 bytes of a match, and what is written too much is written over. A BigInt that
 * only goes from one view to the other is a machine word, never an object.
 */
function decompressBlock(
  frame: Buffer,
  source: DataView,
  start: number,
  end: number,
  target: Scratch,
  first: number,
  outStart: number,
  limit: number,
): number {
  const { buffer, view } = target;
  /** Up to here eight bytes can be read at once. */
  const wideEnd = Math.min(end, frame.length - 7);
  let at = start;
  let out = outStart;
  while (at < end) {
    const token = frame[at++] as number;
    let length = token >>> 4;
    if (length <= 8 && at < wideEnd) {
      view.setBigInt64(out, source.getBigInt64(at, true), true);
    } else {
      if (length === 15) {
        let more = 255;
        while (more === 255 && at < end) {
          more = frame[at++] as number;
          length += more;
        }
      }
      if (out + length > limit || at + length > end) throw beyondEnd();
      buffer.set(frame.subarray(at, at + length), out);
    }
    at += length;
    out += length;
    if (at >= end) break;

    const offset = (frame[at] as number) | ((frame[at + 1] as number) << 8);
    at += 2;
    length = (token & 15) + 4;
    if (length === 19) {
      let more = 255;
      while (more === 255 && at < end) {
        more = frame[at++] as number;
        length += more;
      }
    }
    let from = out - offset;
    const to = out + length;
    if (to > limit || from < first || offset === 0) throw invalidInput('an LZ4 block with a match from nowhere');
    if (offset >= 8) {
      view.setBigInt64(out, view.getBigInt64(from, true), true);
      view.setBigInt64(out + 8, view.getBigInt64(from + 8, true), true);
      for (out += 16, from += 16; out < to; out += 8, from += 8)
        view.setBigInt64(out, view.getBigInt64(from, true), true);
    } else {
      while (out < to) buffer[out++] = buffer[from++] as number;
    }
    out = to;
  }
  if (at !== end) throw invalidInput('an LZ4 block that ends within a sequence');
  if (out > limit) throw beyondEnd();
  return out;
}

const beyondEnd = () => invalidInput('an LZ4 block with a length beyond its end');
