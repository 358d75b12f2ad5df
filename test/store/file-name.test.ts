import assert from 'node:assert/strict';
import { it } from 'node:test';
import { fileName } from '../../src/store/file-name.ts';

it('names that differ have files that differ, whatever they hold and however long they are', () => {
  const long = 'ü'.repeat(126);
  const names = ['a', 'a:b', 'ab', 'a b', '%61', 'a%3Ab', '*', `${long}x`, `${long}y`, 'a'.repeat(255)];
  const files = names.map(fileName);
  assert.equal(new Set(files).size, names.length);
  for (const file of files) {
    assert.match(file, /^[^/:\0]+$/);
    assert.ok(Buffer.byteLength(file) <= 200, file);
  }
});
