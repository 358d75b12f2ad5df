/** How many threads the engine has: on few cores it leaves one to those who read events, while it inserts what they have read. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { sql } from '../../src/sql.ts';
import { until } from '../services/druid/until.ts';
import { temporaryFolder } from '../support/engine.ts';
import { openStore } from '../support/store.ts';

const threadsNow = sql`SELECT current_setting('threads')`;

for (const { threads, inserting } of [
  { threads: 1, inserting: 1 },
  { threads: 2, inserting: 1 },
  { threads: 4, inserting: 4 },
])
  it(`of ${threads} threads one that inserts what others have read has ${inserting}, another one and who comes later have all`, async () => {
    await using folder = await temporaryFolder();
    const store = await openStore(folder.path, { threads });
    const inTransaction = async (isReadBefore: boolean) => {
      const [found] = await store.transaction((transaction) => transaction.column(threadsNow), { isReadBefore });
      return Number(found);
    };
    const seen = [await inTransaction(true), await inTransaction(false), await inTransaction(true)];
    assert.deepEqual(seen, [inserting, threads, inserting]);
    const reader = await store.connect();
    await until(
      'a reader has all threads',
      10_000,
      async () => Number((await reader.column(threadsNow))[0]) === threads,
    );
    reader.close();
    await store.close();
  });
