import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { aborted, backoffAfter, pause } from '../src/waiting.ts';

const longMs = 3_600_000;

test('an abort ends a pause, and a wait for it, without an error', async () => {
  const controller = new AbortController();
  const waits = [pause(longMs, controller.signal), aborted(controller.signal)];
  controller.abort(new Error('of no interest'));
  await Promise.all(waits);
  await pause(longMs, controller.signal);
  await aborted(controller.signal);
});

test('a pause that is over leaves nothing at its signal', async () => {
  const { signal } = new AbortController();
  await pause(1, signal);
  assert.deepEqual(getEventListeners(signal, 'abort'), []);
});

test('pauses double from the first to the longest; before a failure there is none', () => {
  const settings = { backoffMs: 100, maxBackoffMs: 1000 };
  const pauses = [0, 1, 2, 3, 4, 5, 2000].map((failures) => backoffAfter(failures, settings));
  assert.deepEqual(pauses, [0, 100, 200, 400, 800, 1000, 1000]);
});
