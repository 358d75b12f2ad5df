/** Packages of npm that a package.json of its own names: fetched once, kept outside of the repository. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { cachedFolder } from './cache.ts';

/** The folder for NODE_PATH. Takes a download the first time; throws when that fails. */
export function modulesOf(name: string, packageJson: string): string {
  const folder = cachedFolder(name, [packageJson], (fetched) => {
    mkdirSync(fetched);
    cpSync(packageJson, join(fetched, 'package.json'));
    const install = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'];
    execFileSync('npm', install, { cwd: fetched, stdio: ['ignore', 'ignore', 'inherit'] });
  });
  return join(folder, 'node_modules');
}
