/** A source's position and the rows that it brought are there together, or neither is. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { BatchFiles } from '../../src/ingest/batch-files.ts';
import { ColumnReader } from '../../src/ingest/columns/column-reader.ts';
import { Committer } from '../../src/ingest/committer.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import { readDataSource } from '../../src/spec/data-schema.ts';
import { sql } from '../../src/sql.ts';
import { Store } from '../../src/store/store.ts';
import { pageViews } from '../support/backend.ts';
import { temporaryFolder } from '../support/engine.ts';

it('events that do not continue where the source stands are refused whole', async () => {
  await using folder = await temporaryFolder();
  const store = await Store.open({
    directory: folder.path,
    memoryLimitBytes: 1 << 28,
    threads: 2,
    maxReaders: 2,
    compile: () => assert.fail('opened once only'),
  });
  const files = await BatchFiles.open(2, store.temporaryDirectory);
  const committer = await Committer.open({
    store,
    files,
    columns: new ColumnReader(),
    metrics: createMetrics(),
    maxPendingBytes: 1 << 24,
    deadLetters: undefined,
    now: Date.now,
  });
  const dataSource = readDataSource(pageViews());
  const submit = (url: string, from: bigint, to: bigint) =>
    committer.submit({
      parts: [
        {
          dataSource,
          format: 'text',
          lines: Buffer.from(`{"time":"2026-06-01T00:00:00Z","url":"${url}"}\n`),
          events: 1,
        },
      ],
      progress: { source: 'supervisor', partitions: new Map([['topic/0', { from, to }]]) },
    });
  const stored = async () => {
    const rows: unknown[] = [];
    const statement = sql`SELECT (SELECT list(url ORDER BY url) FROM ${store.tables.get('pageviews')?.live ?? sql``})::VARCHAR, (SELECT position FROM meta.offsets WHERE source = 'supervisor')`;
    for await (const { columns } of store.read(statement)) rows.push(...columns.map(([value]) => value));
    return rows;
  };
  await submit('a', 0n, 10n);
  await submit('b', 10n, 25n);
  assert.deepEqual(await stored(), ['[a, b]', 25]);
  // The same again, as after a crash between the commit and its acknowledgement; and a gap.
  await assert.rejects(submit('b', 10n, 25n), { code: 'conflict' });
  await assert.rejects(submit('d', 30n, 40n), { code: 'conflict', message: /stands at 25; events from 30/ });
  assert.deepEqual(await stored(), ['[a, b]', 25]);
  // A body that is refused beside one that continues takes nothing of that one with it.
  const both = await Promise.allSettled([submit('c', 25n, 30n), submit('x', 99n, 100n)]);
  assert.deepEqual(
    both.map(({ status }) => status),
    ['fulfilled', 'rejected'],
  );
  assert.deepEqual(await stored(), ['[a, b, c]', 30]);
  await committer.close();
  await files.close();
  await store.close();
});
