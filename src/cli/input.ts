/** Files that a command line names. */
import { readFileSync } from 'node:fs';
import { MillraceError } from '../errors.ts';

/** The text of a file, or of standard input for `-`. */
export function readInput(file: string): string {
  try {
    return readFileSync(file === '-' ? process.stdin.fd : file, 'utf8');
  } catch (error) {
    const reason =
      (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : (error as Error).message;
    throw new MillraceError('environment', `cannot read '${file}': ${reason}`);
  }
}
