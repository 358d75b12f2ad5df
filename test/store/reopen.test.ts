/** A folder that one process closes and opens again, as the library's users and a store that recovers do. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { readOffsets, writeOffsets } from '../../src/store/offsets.ts';
import { Store } from '../../src/store/store.ts';
import { temporaryFolder } from '../support/engine.ts';

it('what is committed after a folder was opened again stays, also when something of the first time is let go later', async () => {
  await using folder = await temporaryFolder();
  const open = () =>
    Store.open({
      directory: folder.path,
      memoryLimitBytes: 1 << 28,
      threads: 2,
      maxReaders: 2,
      compile: () => assert.fail('there are no dataSources'),
    });
  const commit = (store: Store, position: bigint) =>
    store.transaction((transaction) => writeOffsets(transaction, 'test', new Map([['p', position]])));
  const first = await open();
  await commit(first, 1n);
  // It keeps the first engine alive, as results do that are not collected yet.
  const lasting = await first.connect();
  await first.close();
  const second = await open();
  await commit(second, 2n);
  await second.close();
  lasting.close();
  const third = await open();
  assert.deepEqual(await third.transaction((rows) => readOffsets(rows, 'test')), new Map([['p', 2n]]));
  await third.close();
});
