import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Patience, patiently } from '../../src/cluster/patience.ts';
import { invalidInput, MillraceError } from '../../src/errors.ts';
import { createLogger } from '../../src/observe/log.ts';

const patience = (given: Partial<Patience> = {}): Patience => ({
  log: createLogger('silent'),
  signal: new AbortController().signal,
  what: "defining 'd'",
  patienceMs: 60_000,
  ...given,
});

const away = () => new MillraceError('unavailable', 'no overlord');

/** Fails with these, then succeeds. */
function attempts(...errors: readonly Error[]) {
  let made = 0;
  return {
    count: () => made,
    make: async () => {
      const error = errors[made++];
      if (error) throw error;
      return 'done';
    },
  };
}

test('what may pass is tried again', async () => {
  const tried = attempts(away(), new MillraceError('timeout', 'slow'));
  assert.equal(await patiently(patience(), tried.make), 'done');
  assert.equal(tried.count(), 3);
});

test('a mistake is told at once, and anything when the patience is over or nobody waits any more', async () => {
  const mistaken = attempts(invalidInput('wrong'));
  await assert.rejects(patiently(patience(), mistaken.make), { code: 'invalidInput' });
  assert.equal(mistaken.count(), 1);
  const short = attempts(away(), away());
  await assert.rejects(patiently(patience({ patienceMs: 0 }), short.make), { message: 'no overlord' });
  assert.equal(short.count(), 1);
  const given = attempts(away(), away());
  await assert.rejects(patiently(patience({ signal: AbortSignal.abort() }), given.make), { code: 'cancelled' });
  assert.equal(given.count(), 0);
});

test('an attempt that hangs, and a pause, are not waited for once it is given up', async () => {
  for (const attempt of [() => new Promise<never>(() => {}), () => Promise.reject(away())]) {
    const abort = new AbortController();
    const trying = patiently(patience({ signal: abort.signal }), attempt);
    setImmediate(() => abort.abort());
    await assert.rejects(trying, { code: 'cancelled', message: "defining 'd' was given up" });
  }
});
