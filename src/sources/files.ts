/**
 * Files as a stream: each is a partition, whose positions are bytes. Those that are there when it is first asked; each is read to
 * the end that it has then.
 */

import { open, readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { carriageReturn, lineFeed } from '../ascii.ts';
import { invalidInput, MillraceError } from '../errors.ts';
import { withoutByteOrderMark } from './byte-order-mark.ts';
import { readableLines } from './readable-lines.ts';
import type { LostPosition, PartitionName, Stream, StreamBatch } from './stream.ts';

/** What is read at once; no line may be longer. So much finds room in the engine, however its events look. */
const chunkBytes = 8 * 1024 * 1024;

/** @param filter of names, where `*` stands for any characters and `?` for one. */
export function openFilesStream(baseDir: string, filter: string): Stream {
  return new FilesStream(resolve(baseDir), filter);
}

class FilesStream implements Stream {
  readonly #baseDir: string;
  readonly #filter: string;
  /** By path: its size. */
  #files: ReadonlyMap<PartitionName, number> | undefined;

  constructor(baseDir: string, filter: string) {
    this.#baseDir = baseDir;
    this.#filter = filter;
  }

  async partitions(): Promise<readonly PartitionName[]> {
    this.#files ??= await this.#find();
    return [...this.#files.keys()];
  }

  async offsets(
    end: 'earliest' | 'latest',
    partitions: readonly PartitionName[],
  ): Promise<ReadonlyMap<PartitionName, bigint>> {
    return new Map(partitions.map((file) => [file, end === 'earliest' ? 0n : BigInt(this.#sizeOf(file))]));
  }

  /** A file's name says which one it is; that another one has taken its place shows when it is shorter. */
  origins(): ReadonlyMap<PartitionName, string> {
    return new Map();
  }

  async *read(from: ReadonlyMap<PartitionName, bigint>, signal: AbortSignal): AsyncGenerator<StreamBatch, void, void> {
    this.#requirePositions(from);
    const buffer = Buffer.allocUnsafeSlow(chunkBytes);
    for (const [file, position] of from) yield* this.#readFile(file, Number(position), buffer, signal);
    if (signal.aborted) return;
    const { promise, resolve: end } = Promise.withResolvers<void>();
    signal.addEventListener('abort', () => end(), { once: true });
    await promise;
  }

  async close(): Promise<void> {}

  async *#readFile(
    file: string,
    from: number,
    buffer: Buffer,
    signal: AbortSignal,
  ): AsyncGenerator<StreamBatch, void, void> {
    const size = this.#sizeOf(file);
    if (from === size) return;
    const handle = await open(file).catch((error: unknown) => {
      throw unreadable(file, error);
    });
    try {
      for (let position = from; position < size && !signal.aborted; ) {
        const { bytesRead } = await handle.read(buffer, 0, Math.min(chunkBytes, size - position), position);
        const chunk = buffer.subarray(0, bytesRead);
        const end = position + bytesRead;
        if (bytesRead === 0) throw unreadable(file, new MillraceError('environment', 'it has become shorter'));
        const lines = end === size ? endedLines(chunk) : chunk.subarray(0, chunk.lastIndexOf(lineFeed) + 1);
        if (lines.byteLength === 0) throw longLine(file, position);
        const to = end === size ? size : position + lines.byteLength;
        yield batchOf(file, position === 0 ? withoutByteOrderMark(lines) : lines, { from: position, to, size });
        position = to;
      }
    } finally {
      await handle.close();
    }
  }

  #sizeOf(file: PartitionName): number {
    return this.#files?.get(file) ?? 0;
  }

  #requirePositions(from: ReadonlyMap<PartitionName, bigint>): void {
    const lost = [...from].flatMap(([partition, wanted]): LostPosition[] => {
      const latest = BigInt(this.#sizeOf(partition));
      return wanted > latest ? [{ partition, wanted, earliest: 0n, latest, cause: 'cutOff' }] : [];
    });
    if (lost.length === 0) return;
    const files = lost.map(({ partition }) => partition).join(', ');
    throw new MillraceError('positionLost', `shorter than what was read of it: ${files}`, { context: { lost } });
  }

  /** In the order of their paths. */
  async #find(): Promise<ReadonlyMap<PartitionName, number>> {
    const matches = nameFilter(this.#filter);
    const entries = await readdir(this.#baseDir, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
      throw unreadable(this.#baseDir, error);
    });
    const files = new Map<PartitionName, number>();
    const named = entries
      .filter(({ name }) => matches.test(name))
      .map(({ parentPath, name }) => join(parentPath, name));
    for (const file of named.sort()) {
      const found = await stat(file).catch((error: unknown) => {
        throw unreadable(file, error);
      });
      if (found.isFile()) files.set(file, found.size);
    }
    if (files.size > 0) return files;
    throw new MillraceError('unavailable', `${this.#baseDir} holds no file whose name matches '${this.#filter}'`);
  }
}

function nameFilter(filter: string): RegExp {
  const pattern = RegExp.escape(filter).replaceAll('\\*', '.*').replaceAll('\\?', '.');
  return new RegExp(`^${pattern}$`, 's');
}

function batchOf(
  file: PartitionName,
  chunk: Buffer,
  { from, to, size }: { readonly from: number; readonly to: number; readonly size: number },
): StreamBatch {
  const { lines } = readableLines(withoutCarriageReturns(chunk));
  return {
    lines,
    records: count(lines),
    bytes: to - from,
    progress: new Map([[file, { from: BigInt(from), to: BigInt(to) }]]),
    latest: new Map([[file, BigInt(size)]]),
  };
}

function count(lines: Buffer): number {
  let records = 0;
  for (let at = lines.indexOf(lineFeed); at >= 0; at = lines.indexOf(lineFeed, at + 1)) records++;
  return records;
}

const endedLines = (chunk: Buffer): Buffer =>
  chunk.at(-1) === lineFeed ? chunk : Buffer.concat([chunk, Buffer.of(lineFeed)]);

/** Those before line feeds. */
function withoutCarriageReturns(chunk: Buffer): Buffer {
  if (!chunk.includes('\r\n', 0, 'latin1')) return chunk;
  let size = 0;
  for (let i = 0; i < chunk.byteLength; i++) {
    if (chunk[i] === carriageReturn && chunk[i + 1] === lineFeed) continue;
    chunk[size++] = chunk[i] as number;
  }
  return chunk.subarray(0, size);
}

const unreadable = (path: string, cause: unknown) =>
  new MillraceError('environment', `${path} cannot be read: ${cause instanceof Error ? cause.message : cause}`, {
    cause,
  });

const longLine = (file: string, position: number) =>
  invalidInput(
    `${file}: the line that begins at byte ${position + 1} is longer than ${chunkBytes} bytes, the most that is read at once`,
  );
