/** Jars that a pom.xml names, by Maven: fetched once, kept outside of the repository. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * The folder that holds the jars of exactly this pom. Takes a download the first time.
 * @throws Error when Maven or Java is missing, or the download fails.
 */
export function jarsOf(name: string, pom: string): string {
  const caches = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const version = createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 12);
  const folder = join(caches, 'millrace', `${name}-${version}`);
  if (existsSync(folder)) return folder;
  mkdirSync(join(caches, 'millrace'), { recursive: true });
  // Test files run beside each other: whoever is done first has fetched them for all.
  const fetched = `${folder}.${process.pid}`;
  const goal = ['-B', '-q', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${fetched}`];
  execFileSync('mvn', goal, { stdio: ['ignore', 'ignore', 'inherit'] });
  try {
    renameSync(fetched, folder);
  } catch {
    rmSync(fetched, { recursive: true, force: true });
  }
  return folder;
}
