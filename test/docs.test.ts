/** The commands of the README and the guides, and the links. */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { documents, follow, root } from './support/documents.ts';

for (const document of documents.alone) test(`the commands of ${document} do what it says`, (t) => follow(document, t));

test('every link to a file leads to one', () => {
  const pages = globSync(['*.md', 'docs/**/*.md'], { cwd: root });
  const broken = pages.flatMap((page) =>
    [...readFileSync(join(root, page), 'utf8').matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)]
      .map(([, target]) => target as string)
      .filter((target) => !existsSync(join(root, dirname(page), target)))
      .map((target) => `${page} links to ${target}`),
  );
  assert.deepEqual(broken, []);
});
