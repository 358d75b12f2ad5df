/** How many threads the engine has: while much comes in, on few cores, it leaves one to those who read the events. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { sql } from '../../src/sql.ts';
import { until } from '../services/druid/until.ts';
import { temporaryFolder } from '../support/engine.ts';
import { openStore } from '../support/store.ts';

const threadsNow = sql`SELECT current_setting('threads')`;

for (const { threads, inBulk } of [
  { threads: 1, inBulk: 1 },
  { threads: 2, inBulk: 1 },
  { threads: 4, inBulk: 4 },
])
  it(`of ${threads} threads a bulk transaction has ${inBulk}, another one and who comes later have all`, async () => {
    await using folder = await temporaryFolder();
    const store = await openStore(folder.path, { threads });
    const inTransaction = async (isBulk: boolean) => {
      const [found] = await store.transaction((transaction) => transaction.column(threadsNow), { isBulk });
      return Number(found);
    };
    const seen = [await inTransaction(true), await inTransaction(false), await inTransaction(true)];
    assert.deepEqual(seen, [inBulk, threads, inBulk]);
    const reader = await store.connect();
    await until(
      'a reader has all threads',
      10_000,
      async () => Number((await reader.column(threadsNow))[0]) === threads,
    );
    reader.close();
    await store.close();
  });
