/** The young generation grows to what is asked for, or to V8's own limit; each in a process of its own. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';

const megabyte = 2 ** 20;
const script = `
  import v8 from 'node:v8';
  import { growYoungGeneration } from '${new URL('../../src/cli/v8-flags.ts', import.meta.url).href}';
  const size = () => v8.getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').space_size;
  const bytes = 16 * ${megabyte};
  const before = size();
  growYoungGeneration(bytes);
  const used = process.memoryUsage().heapUsed;
  growYoungGeneration(bytes);
  console.log(JSON.stringify({ before, after: size(), allocatedAgain: process.memoryUsage().heapUsed - used }));`;

const grown = (...flags: readonly string[]): { before: number; after: number; allocatedAgain: number } =>
  JSON.parse(
    execFileSync(process.execPath, [...flags, '--input-type=module-typescript', '--eval', script], {
      encoding: 'utf8',
    }),
  );

test('it grows once', () => {
  const { before, after, allocatedAgain } = grown();
  assert.ok(before < 16 * megabyte, `${before} bytes before`);
  assert.equal(after, 16 * megabyte);
  assert.ok(allocatedAgain < megabyte, `${allocatedAgain} bytes`);
});

test('where V8 allows less, it is not tried with each answer', () => {
  const { after, allocatedAgain } = grown('--max-semi-space-size=2');
  assert.ok(after < 16 * megabyte, `${after} bytes`);
  assert.ok(allocatedAgain < megabyte, `${allocatedAgain} bytes`);
});
