/** Bodies → files that the engine reads: its JSON reader takes bytes from files only. In memory where the system has such a place. */
import { mkdtemp, open, readdir, rm, statfs } from 'node:fs/promises';
import path from 'node:path';
import type { Batch } from './plan.ts';

/** One thread reads one small file; below this a second file costs more than it gains. */
const minFileBytes = 256 * 1024;

/** A folder in memory, on systems that have one. */
const memoryRoot = '/dev/shm';
const minRoomBytes = 256 * 1024 * 1024;
const prefix = 'millrace-';

const smallBodyBytes = 2 * 1024 * 1024;
const lineFeed = 0x0a;
const bracket = '['.charCodeAt(0);
const quote = '"'.charCodeAt(0);

export class BatchFiles {
  readonly #directory: string;
  readonly #readers: number;
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

  /** Spreads bodies over files, in their order. */
  async write(bodies: readonly Uint8Array[]): Promise<Batch> {
    const total = bodies.reduce((sum, body) => sum + body.byteLength, 0);
    const share = Math.max(minFileBytes, Math.ceil(total / this.#readers));
    const groups: Uint8Array[][] = [];
    let size = share;
    for (const body of bodies) {
      if (size >= share) {
        groups.push([]);
        size = 0;
      }
      groups.at(-1)?.push(body);
      size += body.byteLength;
    }
    const files = await Promise.all(groups.map((group) => this.#writeFile(group)));
    return {
      files,
      longestEventBytes: bodies.reduce((longest, body) => Math.max(longest, longestLine(body)), 0),
      mayHoldLists: bodies.some((body) => body.includes(bracket)),
      hasQuotes: bodies.some((body) => body.includes(quote)),
    };
  }

  async remove(batch: Batch): Promise<void> {
    await Promise.all(batch.files.map((file) => rm(file, { force: true })));
  }

  async close(): Promise<void> {
    await rm(this.#directory, { recursive: true, force: true });
  }

  async #writeFile(bodies: readonly Uint8Array[]): Promise<string> {
    const file = path.join(this.#directory, `${this.#next++}.batch`);
    const handle = await open(file, 'w');
    try {
      await handle.writev(bodies);
    } finally {
      await handle.close();
    }
    return file;
  }
}

/** Upper bound of a body's longest line; looked for only where the body's own size would make the engine's buffers large. */
function longestLine(body: Uint8Array): number {
  if (body.byteLength <= smallBodyBytes) return body.byteLength;
  let longest = 0;
  for (let start = 0; start < body.byteLength; ) {
    const end = body.indexOf(lineFeed, start);
    const next = end < 0 ? body.byteLength : end + 1;
    longest = Math.max(longest, next - start);
    start = next;
  }
  return longest;
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
