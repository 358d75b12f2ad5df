/** The readers' pool: turns, loans, and what an abort lets go. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from '../../src/sql.ts';
import { Engine } from '../../src/store/engine.ts';
import { ReaderPool } from '../../src/store/reader-pool.ts';
import { temporaryFolder } from '../support/engine.ts';

const never = 2 ** 31 - 1;
const rowCount = 100_000;
const many = sql`SELECT range FROM range(${rowCount})`;

async function temporaryPool(patienceMs: number, sliceMs = never) {
  const folder = await temporaryFolder();
  const engine = await Engine.open({
    file: `${folder.path}/test.db`,
    temporaryDirectory: `${folder.path}/tmp`,
    memoryLimitBytes: 1 << 28,
    threads: 2,
  });
  const pool = new ReaderPool({ connect: () => engine.connectToRead(), size: 1, patienceMs, sliceMs });
  return {
    pool,
    [Symbol.asyncDispose]: async () => {
      await pool.close();
      engine.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function count(rows: AsyncIterable<{ readonly rowCount: number }>): Promise<number> {
  let total = 0;
  for await (const batch of rows) total += batch.rowCount;
  return total;
}

test('a reader that takes its time lends its turn, and reads all rows afterwards', async () => {
  await using temporary = await temporaryPool(0);
  const slow = temporary.pool.stream(many);
  const first = await slow.next();
  assert.ok(!first.done);
  assert.equal(await count(temporary.pool.stream(many)), rowCount);
  assert.equal(first.value.rowCount + (await count(slow)), rowCount);
  assert.equal(await count(temporary.pool.stream(many)), rowCount);
});

test('a long answer gives way to those who wait, and goes on after them', async () => {
  await using temporary = await temporaryPool(never, 0);
  const order: string[] = [];
  const long = temporary.pool.stream(many);
  const first = await long.next();
  assert.ok(!first.done);
  const short = count(temporary.pool.stream(sql`SELECT 1`)).then(() => order.push('short'));
  const rest = await count(long);
  order.push('long');
  await short;
  assert.deepEqual(order, ['short', 'long']);
  assert.equal(first.value.rowCount + rest, rowCount);
});

test('an answer that has given way ends with its signal', async () => {
  await using temporary = await temporaryPool(never, 0);
  const abort = new AbortController();
  const gaveWay = temporary.pool.stream(many, { signal: abort.signal });
  await gaveWay.next();
  const other = temporary.pool.stream(many);
  const otherFirst = other.next();
  const ended = assert.rejects(gaveWay.next(), { message: 'enough' });
  await otherFirst;
  abort.abort(new Error('enough'));
  await ended;
  await other.return();
  assert.equal(await count(temporary.pool.stream(many)), rowCount);
});

test('readers beyond the number of turns wait, and give up with their signal', async () => {
  await using temporary = await temporaryPool(never);
  const reading = temporary.pool.stream(many);
  await reading.next();
  const order: string[] = [];
  const waiting = count(temporary.pool.stream(many)).then((rows) => order.push(`second read ${rows}`));
  const abort = new AbortController();
  const givingUp = assert.rejects(count(temporary.pool.stream(many, { signal: abort.signal })), { message: 'enough' });
  abort.abort(new Error('enough'));
  await givingUp;
  order.push('third gave up');
  await reading.return();
  await waiting;
  assert.deepEqual(order, ['third gave up', `second read ${rowCount}`]);
});

test('an abort frees the turn although no one reads on', async () => {
  for (const patienceMs of [0, never]) {
    await using temporary = await temporaryPool(patienceMs);
    const abort = new AbortController();
    const abandoned = temporary.pool.stream(many, { signal: abort.signal });
    await abandoned.next();
    abort.abort(new Error('enough'));
    assert.equal(await count(temporary.pool.stream(many)), rowCount);
    await assert.rejects(abandoned.next(), { message: 'enough' });
    assert.equal(await count(temporary.pool.stream(many)), rowCount);
  }
});

test('closing does not wait for readers that do not read on, and lets no one else in', async () => {
  await using temporary = await temporaryPool(never);
  const abandoned = temporary.pool.stream(many);
  await abandoned.next();
  const waiting = assert.rejects(count(temporary.pool.stream(many)), { code: 'unavailable' });
  await temporary.pool.close();
  await waiting;
  await assert.rejects(abandoned.next(), { code: 'unavailable' });
  await assert.rejects(count(temporary.pool.stream(many)), { code: 'unavailable' });
});
