#!/usr/bin/env node
/** Kept to what any Node with ES modules can read, so that an old one says what is missing rather than a syntax error. */
import module from 'node:module';
import v8 from 'node:v8';

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
// Bodies arrive in pieces outside of the heap, which only a collection frees. A young generation that stays small is
// collected often and cheaply; left to grow, it lets the pieces pile up until the whole heap is marked, which cost a fifth of all pushes.
v8.setFlagsFromString('--semi-space-growth-factor=1');
module.enableCompileCache();
const { run } = await import('./program.ts');
process.exitCode = await run(process.argv.slice(2));
