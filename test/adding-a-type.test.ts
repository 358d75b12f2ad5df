/** The guide's new type, written as the guide says into a copy of the sources, runs its examples there. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const guide = readFileSync(join(root, 'docs/guides/adding-a-type.md'), 'utf8');

test('the filter of the guide is one written file', async (t) => {
  const [, file, source] = /^```ts file=(\S+)\n([\s\S]*?)^```$/m.exec(guide) ?? [];
  assert.ok(file && source, 'the guide shows a file');

  // Inside the checkout, where the copy finds the installed packages.
  mkdirSync(join(root, '.tmp'), { recursive: true });
  const copy = mkdtempSync(join(root, '.tmp/adding-a-type-'));
  t.after(() => rmSync(copy, { recursive: true, force: true }));
  for (const part of ['src', 'scripts', 'test/catalog', 'test/query/support.ts', 'test/support', 'package.json']) {
    cpSync(join(root, part), join(copy, part), { recursive: true });
  }
  writeFileSync(join(copy, file), source);

  const node = async (...args: string[]) => {
    // The copy's runner is not this one's child.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    return (await promisify(execFile)(process.execPath, args, { cwd: copy, env })).stdout;
  };
  await node('scripts/catalog.ts');
  const examples = `test/catalog/${basename(dirname(file))}.test.ts`;
  const report = await node('--test', '--test-reporter=tap', '--test-name-pattern=startsWith', examples);
  assert.match(report, /ok \d+ - .*startsWith/, report);
  assert.match(report, /# fail 0$/m);
});
