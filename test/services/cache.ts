/** What is fetched for tests once, and kept outside of the repository. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The folder of what exactly this file asks for; `fill` fetches it into a folder the first time. */
export function cachedFolder(name: string, file: string, fill: (folder: string) => void): string {
  const caches = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'millrace');
  const version = createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 12);
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
