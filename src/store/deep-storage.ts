/** Where segments are kept outside the database, as Parquet. */
import { constants } from 'node:fs';
import { access, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';

export interface DeepStorage {
  /** Takes a local file under a key of `/`-separated parts; durable when settled. The local file is gone afterwards. */
  put(localFile: string, key: string): Promise<{ readonly location: string; readonly sizeBytes: number }>;
  /** Removes it; a missing one is no error. */
  delete(key: string): Promise<void>;
  /** Keys below a prefix that ends with `/`. */
  list(prefix: string): AsyncIterable<string>;
}

/** A folder of this machine, on the same file system as the data folder. */
export class LocalDeepStorage implements DeepStorage {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  async put(localFile: string, key: string) {
    const target = this.#fileOf(key);
    await mkdir(path.dirname(target), { recursive: true });
    await sync(localFile);
    await rename(localFile, target);
    await sync(path.dirname(target));
    return { location: target, sizeBytes: (await stat(target)).size };
  }

  async delete(key: string): Promise<void> {
    await rm(this.#fileOf(key), { force: true });
  }

  async *list(prefix: string): AsyncGenerator<string> {
    const root = this.#fileOf(prefix);
    if (!(await exists(root))) return;
    for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
      if (entry.isFile())
        yield path.relative(this.#directory, path.join(entry.parentPath, entry.name)).split(path.sep).join('/');
    }
  }

  #fileOf(key: string): string {
    return path.join(this.#directory, ...key.split('/'));
  }
}

async function sync(file: string): Promise<void> {
  const handle = await open(file, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const exists = (file: string) =>
  access(file, constants.F_OK).then(
    () => true,
    () => false,
  );
