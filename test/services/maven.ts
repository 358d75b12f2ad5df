/** Jars that a pom.xml names, by Maven: fetched once, kept outside of the repository. */
import { execFileSync } from 'node:child_process';
import { cachedFolder } from './cache.ts';

/**
 * The folder that holds the jars of exactly this pom. Takes a download the first time.
 * @throws Error when Maven or Java is missing, or the download fails.
 */
export const jarsOf = (name: string, pom: string): string =>
  cachedFolder(name, [pom], (folder) => {
    const goal = ['-B', '-q', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${folder}`];
    execFileSync('mvn', goal, { stdio: ['ignore', 'ignore', 'inherit'] });
  });
