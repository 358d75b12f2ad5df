/** Stored rows as others can have them: the contract of `GET /v1/segments`. */
import type { Readable } from 'node:stream';
import type { Interval } from '../catalog/time.ts';

/** Stored rows, for whom wants to have them elsewhere. An unknown dataSource rejects with `notFound`. */
export interface Segments {
  /** The time chunks with rows, the oldest first. */
  list(dataSource: string): Promise<readonly SegmentChunk[]>;
  /** The rows of an interval, as of one moment. */
  file(dataSource: string, interval: Interval, signal: AbortSignal): Promise<RowFile>;
}

export interface SegmentChunk {
  readonly interval: string;
  readonly rows: number;
  /** Those of them that are not handed off yet. */
  readonly liveRows: number;
  /** Of its newest segment: another one once its rows in segments change. */
  readonly version: string | null;
}

/**
 * Newline-delimited JSON, compressed by zstd: `__time` in milliseconds and a member for each dimension and metric, sketches left out; of a
 * first or last value `x` also its time, as `x[time]`.
 */
export interface RowFile {
  /** To be read to its end, or destroyed. */
  readonly stream: Readable;
  readonly sizeBytes: number;
}
