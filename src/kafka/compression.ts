/**
 * The codecs of a batch's records, by the number in its attributes. Java's clients frame snappy as xerial does; others
 * write it raw: both are read.
 */
import { gunzipSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { unsupported } from '../errors.ts';
import type { Scratch } from './buffer-pool.ts';
import { compressionsAlgorithms } from './library.ts';
import { decompressLz4 } from './lz4.ts';
import { decompressZstd } from './zstd.ts';

/** Kafka's names, as in `compression.type`; the index is the number in the attributes. */
export const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;
export type Codec = (typeof codecs)[number];

/** More than any broker lets through as honest data. */
const maxOutputLength = 512 * 2 ** 20;

/** Writes into `target` from `start` on; gives the end. */
type Decompressor = (records: Buffer, target: Scratch, start: number) => number;

const decompressors: readonly Decompressor[] = [
  append,
  (records, target, start) => append(gunzipSync(records, { maxOutputLength }), target, start),
  (records, target, start) => append(compressionsAlgorithms.snappy.decompressSync(records), target, start),
  decompressLz4,
  decompressZstd,
];

const compressors: Readonly<Record<Codec, (records: Buffer) => Buffer>> = {
  none: (records) => records,
  gzip: (records) => gzipSync(records),
  snappy: (records) => compressionsAlgorithms.snappy.compressSync(records),
  lz4: (records) => compressionsAlgorithms.lz4.compressSync(records),
  zstd: (records) => zstdCompressSync(records),
};

/**
 * Writes records, decompressed, into `target` from `start` on.
 * @returns the end there.
 * @throws MillraceError `unsupported` for a number that no codec has; whatever the codec says of broken bytes.
 */
export function decompress(codec: number, records: Buffer, target: Scratch, start: number): number {
  const decompressor = decompressors[codec];
  if (decompressor === undefined) {
    throw unsupported(`records are compressed with codec ${codec}; known are ${codecs.join(', ')}`);
  }
  return decompressor(records, target, start);
}

export const compress = (codec: Codec, records: Buffer): Buffer => compressors[codec](records);

function append(records: Buffer, target: Scratch, start: number): number {
  target.ensure(start + records.length, start);
  target.buffer.set(records, start);
  return start + records.length;
}
