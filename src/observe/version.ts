import { readFileSync } from 'node:fs';

/** This package's version, as package.json has it, which stands beside both `src` and `dist`. */
export const version: string = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version;
