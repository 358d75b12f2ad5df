import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { PushTarget } from '../../src/cluster/context.ts';
import { TargetCache } from '../../src/cluster/target-cache.ts';
import { invalidInput, MillraceError } from '../../src/errors.ts';
import { createLogger } from '../../src/observe/log.ts';
import { discoveredDataSource } from '../../src/spec/discovered.ts';

const target = (partitions: number): PushTarget => ({
  dataSource: discoveredDataSource('d', 'time'),
  topic: 'millrace-d',
  partitions,
});

/** An overlord that answers what it is told to, and a clock. */
function opened() {
  const overlord = { answer: (): PushTarget | undefined => undefined, asked: 0 };
  const clock = { ms: 0 };
  const find = async () => {
    overlord.asked++;
    return overlord.answer();
  };
  const cache = new TargetCache(find, { log: createLogger('silent'), now: () => clock.ms });
  /** What a push finds after a time, and after the overlord was asked beside it. */
  const later = async (ms: number) => {
    clock.ms += ms;
    await cache.get('d');
    await setImmediate();
    return (await cache.get('d'))?.partitions;
  };
  return { overlord, cache, later };
}

const away = () => {
  throw new MillraceError('unavailable', 'nobody is there');
};

test('bodies that come together ask once, and what is known is not asked for', async () => {
  const { overlord, cache, later } = opened();
  overlord.answer = () => target(1);
  const found = await Promise.all([cache.get('d'), cache.get('d'), cache.get('d')]);
  assert.deepEqual(
    found.map((one) => one?.partitions),
    [1, 1, 1],
  );
  assert.equal(await later(10_000), 1);
  assert.equal(overlord.asked, 1);
});

test('another definition is noticed beside the pushes', async () => {
  const { overlord, cache, later } = opened();
  overlord.answer = () => target(1);
  await cache.get('d');
  overlord.answer = () => target(3);
  assert.equal(await later(20_000), 3);
});

test('pushes go on while the overlord is away, or has not heard of it for a moment', async () => {
  const { overlord, cache, later } = opened();
  overlord.answer = () => target(1);
  await cache.get('d');
  overlord.answer = away;
  assert.equal(await later(20_000), 1);
  assert.equal(await later(20_000), 1);
  overlord.answer = () => undefined;
  assert.equal(await later(20_000), 1);
  overlord.answer = () => target(1);
  assert.equal(await later(20_000), 1);
});

test('one that was terminated, or that others took, is forgotten', async () => {
  const { overlord, cache, later } = opened();
  overlord.answer = () => target(1);
  await cache.get('d');
  overlord.answer = () => undefined;
  assert.equal(await later(20_000), 1);
  assert.equal(await later(20_000), undefined);
  overlord.answer = () => target(1);
  assert.equal(await later(20_000), 1);
  overlord.answer = () => {
    throw invalidInput('it takes no pushes');
  };
  await assert.rejects(later(20_000), { message: 'it takes no pushes' });
});

test('an unknown one is asked for again after a second, and a failure is the answer', async () => {
  const { overlord, cache, later } = opened();
  assert.equal(await cache.get('d'), undefined);
  assert.equal(await cache.get('d'), undefined);
  assert.equal(overlord.asked, 1);
  overlord.answer = () => target(2);
  assert.equal(await later(2_000), 2);
  const other = opened();
  other.overlord.answer = away;
  await assert.rejects(other.cache.get('d'), { code: 'unavailable' });
  other.overlord.answer = () => target(1);
  assert.equal((await other.cache.get('d'))?.partitions, 1);
});
