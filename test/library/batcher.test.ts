import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DroppedEvent, PushOutcome } from '../../src/backend.ts';
import { Batcher, type BatchLimits } from '../../src/library/batcher.ts';
import { BufferFullError } from '../../src/library/errors.ts';

const limits: BatchLimits = { maxBatchSize: 3, maxPendingBatches: 2, lingerMillis: 0, blockOnFull: true };

/** A batcher whose pushes are answered when the test says so. */
function setUp(changes: Partial<BatchLimits> = {}) {
  const pushes: {
    events: readonly string[];
    resolve: (outcome: PushOutcome) => void;
    reject: (error: unknown) => void;
  }[] = [];
  const batcher = new Batcher('d', { ...limits, ...changes }, (events) => {
    return new Promise((resolve, reject) => pushes.push({ events, resolve, reject }));
  });
  const told: string[] = [];
  const add = (...events: string[]) =>
    batcher.add(events, {
      sent: (index) => told.push(`sent ${events[index]}`),
      dropped: (index, reason) => told.push(`${reason} ${events[index]}`),
      failed: (index, error) => told.push(`${error} ${events[index]}`),
    });
  const answer = async (push: number, droppedEvents: readonly DroppedEvent[] = []) => {
    const received = pushes[push]?.events.length ?? 0;
    pushes[push]?.resolve({ received, sent: received - droppedEvents.length, dropped: {}, droppedEvents });
    await nextTurn();
  };
  return { batcher, pushes, told, add, answer, batches: () => pushes.map(({ events }) => events.join('')) };
}

test('events of one turn share a batch, and a full batch does not wait', async () => {
  const { add, batches } = setUp();
  for (const event of ['a', 'b', 'c', 'd']) add(event);
  assert.deepEqual(batches(), ['abc']);
  await nextTurn();
  assert.deepEqual(batches(), ['abc', 'd']);
});

test('no more batches than allowed are under way; what comes meanwhile waits in its order', async () => {
  const { add, answer, batches } = setUp();
  add('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j');
  await nextTurn();
  assert.deepEqual(batches(), ['abc', 'def']);
  await answer(1);
  assert.deepEqual(batches(), ['abc', 'def', 'ghi']);
  await answer(0);
  assert.deepEqual(batches(), ['abc', 'def', 'ghi', 'j']);
});

test('each event is told its own fate', async () => {
  const { add, answer, told, pushes } = setUp();
  add('a', 'b', 'c');
  add('d');
  await nextTurn();
  await answer(0, [{ event: 1, reason: 'late' }]);
  assert.deepEqual(told, ['sent a', 'late b', 'sent c']);
  pushes[1]?.reject('down');
  await nextTurn();
  assert.deepEqual(told.slice(3), ['down d']);
});

test('drops without their places are a failure of the whole batch, not a guess', async () => {
  const { add, pushes, told } = setUp();
  add('a', 'b', 'c');
  pushes[0]?.resolve({ received: 3, sent: 2, dropped: { late: 1 }, droppedEvents: [] });
  await nextTurn();
  assert.equal(told.length, 3);
  for (const line of told) assert.match(line, /received 3 and kept 2, without saying which/);
});

test('full batches only, with a lingering of −1; a flush sends the rest and waits for all of it', async () => {
  const { batcher, add, answer, batches } = setUp({ lingerMillis: -1 });
  add('a', 'b');
  await nextTurn();
  assert.deepEqual(batches(), []);
  let flushed = false;
  const flush = batcher.flush().then(() => {
    flushed = true;
  });
  assert.deepEqual(batches(), ['ab']);
  await nextTurn();
  assert.equal(flushed, false);
  await answer(0);
  await flush;
});

test('a flush reaches events that wait for room, and leaves later ones alone', async () => {
  const { batcher, add, answer, batches } = setUp({ lingerMillis: -1, maxPendingBatches: 1 });
  add('a', 'b', 'c', 'd');
  const flush = batcher.flush();
  await answer(0);
  assert.deepEqual(batches(), ['abc', 'd']);
  add('e');
  await answer(1);
  await flush;
  assert.deepEqual(batches(), ['abc', 'd']);
});

test('full and not blocking: the events are refused, all or none of them', async () => {
  const { add, answer, batches } = setUp({ blockOnFull: false });
  add('a', 'b', 'c', 'd', 'e', 'f', 'g');
  assert.throws(() => add('h', 'i', 'j'), BufferFullError);
  add('h', 'i');
  assert.throws(() => add('j'), BufferFullError);
  await answer(0);
  assert.deepEqual(batches(), ['abc', 'def', 'ghi']);
});
