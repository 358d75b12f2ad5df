/**
 * The codecs of a batch's records, by the number in its attributes. Java's clients frame snappy as xerial does; others
 * write it raw: both are read.
 */
import { gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { compressionsAlgorithms } from '@platformatic/kafka';
import { unsupported } from '../errors.ts';

/** Kafka's names, as in `compression.type`; the index is the number in the attributes. */
export const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;
export type Codec = (typeof codecs)[number];

/** More than any broker's limit of a batch lets through in honest data: what inflates beyond it is refused. */
const maxOutputLength = 512 * 2 ** 20;
/** zlib's buffers are as large as the last batch's records: what is too small is joined, what is too large is wasted. */
const smallestChunk = 4096;
let chunkSize = smallestChunk;

function inflate(inflateSync: typeof gunzipSync | typeof zstdDecompressSync, records: Buffer): Buffer {
  const inflated = inflateSync(records, { maxOutputLength, chunkSize });
  chunkSize = Math.max(smallestChunk, Math.ceil(inflated.length * 1.1));
  return inflated;
}

/** @throws whatever the codec says of bytes that are not its own. */
const decompressors: readonly ((records: Buffer) => Buffer)[] = [
  (records) => records,
  (records) => inflate(gunzipSync, records),
  (records) => compressionsAlgorithms.snappy.decompressSync(records),
  (records) => compressionsAlgorithms.lz4.decompressSync(records),
  (records) => inflate(zstdDecompressSync, records),
];

const compressors: Readonly<Record<Codec, (records: Buffer) => Buffer>> = {
  none: (records) => records,
  gzip: (records) => gzipSync(records),
  snappy: (records) => compressionsAlgorithms.snappy.compressSync(records),
  lz4: (records) => compressionsAlgorithms.lz4.compressSync(records),
  zstd: (records) => zstdCompressSync(records),
};

/** @throws MillraceError `unsupported` for a number that no codec has; whatever the codec says of broken bytes. */
export function decompress(codec: number, records: Buffer): Buffer {
  const decompressor = decompressors[codec];
  if (decompressor === undefined) {
    throw unsupported(`records are compressed with codec ${codec}; known are ${codecs.join(', ')}`);
  }
  return decompressor(records);
}

export const compress = (codec: Codec, records: Buffer): Buffer => compressors[codec](records);
