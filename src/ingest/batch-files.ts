/** Bodies → files that the engine reads: its JSON reader takes bytes from files only. In memory where the system has such a place. */

import { type FileHandle, mkdtemp, open, readdir, rm, statfs } from 'node:fs/promises';
import path from 'node:path';
import { lineFeed } from '../ascii.ts';
import { MillraceError } from '../errors.ts';
import type { Batch } from './batch.ts';

/** One thread reads one small file; below this a second file costs more than it gains. */
const minFileBytes = 256 * 1024;

/** A folder in memory, on systems that have one. */
const memoryRoot = '/dev/shm';
const minRoomBytes = 256 * 1024 * 1024;
const prefix = 'millrace-';

/** Of a large body's files: an engine's thread that has nothing left to read does not rest until the others are done, so they are to end together. */
const maxPieceBytes = 2 * 1024 * 1024;

/** Files that stay for bodies to come. */
const maxIdleFiles = 16;

/** A body from this size on is read by several threads, as one of them alone would take long. */
const minDividedBytes = 4 * 1024 * 1024;

/** What an event's length is told apart by, where it is long. */
const windowBytes = 2 * 1024 * 1024;
const bracket = '['.charCodeAt(0);
const quote = '"'.charCodeAt(0);

export class BatchFiles {
  readonly #directory: string;
  readonly #readers: number;
  /** By path. */
  readonly #files = new Map<string, OpenFile>();
  readonly #idle: OpenFile[] = [];
  readonly #begun = new WeakMap<Uint8Array, readonly Promise<string>[]>();
  #next = 0;

  private constructor(directory: string, readers: number) {
    this.#directory = directory;
    this.#readers = readers;
  }

  /** `readers`: how many files are read at once. `folder`: where the files go when there is no room for them in memory. */
  static async open(readers: number, folder: string): Promise<BatchFiles> {
    const root = (await roomInMemory()) ? memoryRoot : folder;
    await removeLeftovers(root);
    return new BatchFiles(await mkdtemp(path.join(root, `${prefix}${process.pid}-`)), readers);
  }

  /** Begins to write a body that is large enough for a file of its own, while it waits for its round; if it did not before. */
  begin(body: Uint8Array): void {
    if (body.byteLength < minFileBytes || this.#begun.has(body)) return;
    const files = this.#pieces(body).map((piece) => this.#writeFile([piece]));
    // Whether it failed is seen when the round asks for it.
    for (const file of files) file.catch(() => {});
    this.#begun.set(body, files);
  }

  /** Spreads bodies over files, in their order. */
  async write(bodies: readonly Uint8Array[]): Promise<Batch> {
    const total = bodies.reduce((sum, body) => sum + body.byteLength, 0);
    const share = Math.max(minFileBytes, Math.ceil(total / this.#readers));
    const files: Promise<string>[] = [];
    let group: Uint8Array[] = [];
    let size = 0;
    const endGroup = () => {
      if (group.length > 0) files.push(this.#writeFile(group));
      group = [];
      size = 0;
    };
    for (const body of bodies) {
      const begun = this.#begun.get(body);
      if (begun) {
        endGroup();
        files.push(...begun);
        // The round removes its files; if the body comes again, it is written again.
        this.#begun.delete(body);
        continue;
      }
      group.push(body);
      size += body.byteLength;
      if (size >= share) endGroup();
    }
    endGroup();
    return {
      files: await Promise.all(files),
      longestEventBytes: bodies.reduce((longest, body) => Math.max(longest, longestLine(body)), 0),
      mayHoldLists: bodies.some((body) => body.includes(bracket)),
      hasQuotes: bodies.some((body) => body.includes(quote)),
    };
  }

  /** A body that was begun, and is not to be written after all. */
  forget(body: Uint8Array): void {
    const files = this.#begun.get(body) ?? [];
    this.#begun.delete(body);
    for (const file of files)
      file.then(
        (path) => this.#free([path]),
        // Its own file is gone with the failure.
        () => {},
      );
  }

  /**
   * A file that another thread writes from its start on, and ends: what that says of it. `left` and `unwritten` say that there is nothing in it,
   * the latter that there is no room; `fill` does not reject.
   */
  async lend<Content extends string>(
    fill: (descriptor: number) => Promise<Content | 'left' | 'unwritten'>,
  ): Promise<{ readonly path: string; readonly holds: Content } | undefined> {
    const file = this.#idle.pop() ?? (await this.#create());
    // Who writes next cuts off what is left of this.
    file.sizeBytes = Number.POSITIVE_INFINITY;
    const holds = await fill(file.handle.fd);
    if (holds === 'unwritten') {
      this.#remove(file);
      throw noRoom(file.path);
    }
    if (holds !== 'left') return { path: file.path, holds };
    this.#free([file.path]);
    return undefined;
  }

  /** To be called when the engine is done with them. */
  release({ files, columns }: Batch): void {
    this.#free(columns ? [...columns.paths, ...columns.rowPaths] : files);
  }

  #free(paths: readonly string[]): void {
    for (const path of paths) {
      const file = this.#files.get(path);
      if (file) this.#idle.push(file);
    }
    // The ones used last stay: their memory is the warmest.
    while (this.#idle.length > maxIdleFiles) this.#remove(this.#idle.shift() as OpenFile);
  }

  async close(): Promise<void> {
    for (const { handle } of this.#files.values()) await handle.close();
    await rm(this.#directory, { recursive: true, force: true });
  }

  /** A large body in pieces of whole lines, one at least for each reader. */
  #pieces(body: Uint8Array): Uint8Array[] {
    const pieces: Uint8Array[] = [];
    const isDivided = body.byteLength >= minDividedBytes;
    const share = isDivided ? Math.min(maxPieceBytes, Math.ceil(body.byteLength / this.#readers)) : body.byteLength;
    for (let start = 0; start < body.byteLength; ) {
      const lineEnd = body.indexOf(lineFeed, start + share - 1);
      const end = lineEnd < 0 ? body.byteLength : lineEnd + 1;
      pieces.push(body.subarray(start, end));
      start = end;
    }
    return pieces;
  }

  /** Into a file that was used before where there is one: it has its memory already. */
  async #writeFile(bodies: readonly Uint8Array[]): Promise<string> {
    const file = this.#idle.pop() ?? (await this.#create());
    const sizeBytes = bodies.reduce((sum, body) => sum + body.byteLength, 0);
    try {
      const { bytesWritten } = await file.handle.writev(bodies, 0);
      if (bytesWritten < sizeBytes) throw noRoom(file.path);
      if (sizeBytes < file.sizeBytes) await file.handle.truncate(sizeBytes);
    } catch (error) {
      this.#remove(file);
      throw error;
    }
    file.sizeBytes = sizeBytes;
    return file.path;
  }

  async #create(): Promise<OpenFile> {
    const file = { path: path.join(this.#directory, `${this.#next++}.batch`), sizeBytes: 0 };
    const opened = { ...file, handle: await open(file.path, 'w') };
    this.#files.set(file.path, opened);
    return opened;
  }

  #remove(file: OpenFile): void {
    this.#files.delete(file.path);
    file.handle
      .close()
      .then(() => rm(file.path, { force: true }))
      // It goes with its folder at the latest.
      .catch(() => {});
  }
}

const noRoom = (file: string) =>
  new MillraceError('unavailable', `There is no room for a batch of events in ${path.dirname(file)}. Free some.`, {
    retryAfterSeconds: 10,
  });

interface OpenFile {
  readonly path: string;
  readonly handle: FileHandle;
  sizeBytes: number;
}

/** Upper bound of a body's longest line: how long it is counts only where it would make the engine's buffers large. */
function longestLine(body: Uint8Array): number {
  let longest = 0;
  for (let start = 0; start < body.byteLength; ) {
    const end = lastLineEnd(body, start, start + windowBytes);
    longest = Math.max(longest, end - start);
    start = end;
  }
  return longest;
}

/** The end of the last line that ends before `limit`, or of the one that does not. */
function lastLineEnd(body: Uint8Array, start: number, limit: number): number {
  if (limit >= body.byteLength) return body.byteLength;
  const last = body.lastIndexOf(lineFeed, limit - 1);
  if (last >= start) return last + 1;
  const next = body.indexOf(lineFeed, limit);
  return next < 0 ? body.byteLength : next + 1;
}

async function roomInMemory(): Promise<boolean> {
  try {
    const { bavail, bsize } = await statfs(memoryRoot);
    return bavail * bsize >= minRoomBytes;
  } catch {
    return false;
  }
}

/** What processes left behind that were killed. */
async function removeLeftovers(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    const pid = new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) await rm(path.join(root, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
