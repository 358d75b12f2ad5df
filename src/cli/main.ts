#!/usr/bin/env node
/** Kept to what any Node with ES modules can read, so that an old one says what is missing rather than a syntax error. */
import module from 'node:module';
import v8 from 'node:v8';
import { v8Flags } from './v8-flags.ts';

const oldestNode = 24;

if (Number(process.versions.node.split('.')[0]) < oldestNode) {
  console.error(
    `millrace: needs Node.js ${oldestNode} or newer, and this is ${process.versions.node}; install a newer one`,
  );
  process.exit(1);
}
// A reader that has seen enough (`| head`) is no error, and a server goes on without it.
process.stdout.on('error', (error) => {
  if (!('code' in error) || error.code !== 'EPIPE') throw error;
});
for (const flag of v8Flags) v8.setFlagsFromString(flag);
module.enableCompileCache();
const { run } = await import('./program.ts');
process.exitCode = await run(process.argv.slice(2));
