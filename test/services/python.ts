/** Python's packages that a requirements.txt names, by pip: fetched once, kept outside of the repository. */
import { execFileSync } from 'node:child_process';
import { cachedFolder } from './cache.ts';

/**
 * The folder for PYTHONPATH. Takes a download the first time.
 * @throws Error when Python or pip is missing, or the download fails.
 */
export const packagesOf = (name: string, requirements: string): string =>
  cachedFolder(name, [requirements], (folder) => {
    const install = ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', '-r', requirements];
    execFileSync('python3', [...install, '--target', folder], { stdio: ['ignore', 'ignore', 'inherit'] });
  });
