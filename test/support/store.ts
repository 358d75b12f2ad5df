/** A store of a folder, for tests that look below the backend. */
import assert from 'node:assert/strict';
import { Store } from '../../src/store/store.ts';

type Options = Parameters<typeof Store.open>[0];

export const openStore = (directory: string, more: Partial<Options> = {}): Promise<Store> =>
  Store.open({
    directory,
    memoryLimitBytes: 1 << 28,
    threads: 2,
    maxReaders: 4,
    compile: () => assert.fail('opened once only'),
    ...more,
  });
