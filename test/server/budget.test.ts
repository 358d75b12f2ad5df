import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MillraceError } from '../../src/errors.ts';
import { Budget } from '../../src/server/budget.ts';

const isFull = (error: unknown) => error instanceof MillraceError && error.code === 'bufferFull';

/** What was admitted so far, in order. */
function asking(budget: Budget, ...sizes: readonly number[]): number[] {
  const admitted: number[] = [];
  for (const bytes of sizes) budget.take(bytes).then(() => admitted.push(bytes));
  return admitted;
}

const turn = () => new Promise(setImmediate);

test('who finds too little left waits, and who comes later waits behind', async () => {
  const budget = new Budget({ maxBytes: 100, maxWaitMs: 60_000, maxWaiting: 10, smallBytes: 5 });
  const admitted = asking(budget, 60, 50, 10, 40);
  await turn();
  assert.deepEqual(admitted, [60]);
  budget.giveBack(20);
  await turn();
  assert.deepEqual(admitted, [60, 50, 10]);
  budget.giveBack(100);
  await turn();
  assert.deepEqual(admitted, [60, 50, 10, 40]);
  assert.equal(budget.takenBytes, 40);
});

test('who asks for little passes those who wait for more', async () => {
  const budget = new Budget({ maxBytes: 100, maxWaitMs: 60_000, maxWaiting: 10, smallBytes: 5 });
  const admitted = asking(budget, 60, 50, 5, 6);
  await turn();
  assert.deepEqual(admitted, [60, 5]);
  budget.giveBack(65);
  await turn();
  assert.deepEqual(admitted, [60, 5, 50, 6]);
});

test('more than there is at all can be had alone', async () => {
  const budget = new Budget({ maxBytes: 100, maxWaitMs: 60_000, maxWaiting: 10, smallBytes: 5 });
  const admitted = asking(budget, 1, 200, 10);
  await turn();
  assert.deepEqual(admitted, [1]);
  budget.giveBack(1);
  await turn();
  assert.deepEqual(admitted, [1, 200]);
  budget.giveBack(200);
  await turn();
  assert.deepEqual(admitted, [1, 200, 10]);
});

test('nobody waits for ever, nor behind too many', async () => {
  const budget = new Budget({ maxBytes: 100, maxWaitMs: 1, maxWaiting: 1, smallBytes: 5 });
  await budget.take(60);
  const waiting = assert.rejects(budget.take(50), isFull);
  await assert.rejects(budget.take(6), isFull);
  await waiting;
  assert.equal(budget.takenBytes, 60);
  await budget.take(40);
});
