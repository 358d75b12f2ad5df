/** What is fetched or made for tests once, and kept outside of the repository. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The folder of what exactly these files ask for; `fill` makes it the first time. */
export function cachedFolder(name: string, files: readonly string[], fill: (folder: string) => void): string {
  const caches = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'millrace');
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file));
  const version = hash.digest('hex').slice(0, 12);
  const folder = join(caches, `${name}-${version}`);
  if (existsSync(folder)) return folder;
  mkdirSync(caches, { recursive: true });
  // Test files run beside each other: whoever is done first has fetched it for all.
  const fetched = `${folder}.${process.pid}`;
  fill(fetched);
  try {
    renameSync(fetched, folder);
  } catch {
    rmSync(fetched, { recursive: true, force: true });
  }
  return folder;
}
