import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { referenceFiles } from '../scripts/docs.ts';

const folder = fileURLToPath(new URL('../docs/reference/', import.meta.url));

test('the reference is the one that the catalogue gives', async () => {
  const written = globSync('*.md', { cwd: folder }).map(
    (file) => [file, readFileSync(join(folder, file), 'utf8')] as const,
  );
  assert.deepEqual(Object.fromEntries(written), Object.fromEntries(await referenceFiles()), 'run: npm run docs');
});
