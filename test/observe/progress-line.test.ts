import assert from 'node:assert/strict';
import { test } from 'node:test';
import { progressText } from '../../src/observe/progress-line.ts';

test('how much is done, how fast, and what is left', () => {
  const total = 2_000_000;
  assert.equal(
    progressText({ done: 1_200_000, total, since: 200_000, seconds: 4 }),
    '1,200,000 of 2,000,000 rows · 60 % · 250,000 rows/s · 4 s left',
  );
  assert.equal(progressText({ done: 0, total, since: 0, seconds: 0 }), '0 of 2,000,000 rows · 0 % · 0 rows/s');
  assert.match(progressText({ done: 10_000, total, since: 0, seconds: 1 }), /· 4 min left$/);
  assert.match(progressText({ done: 100, total, since: 0, seconds: 1 }), /· 6 h left$/);
});
