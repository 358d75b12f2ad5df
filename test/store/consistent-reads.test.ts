/** What a statement is planned by, and what it reads, is the same state: the engine leaves out a condition that all rows meet when it plans. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { tableDefinition } from '../../src/ingest/table.ts';
import { readDataSource } from '../../src/spec/data-schema.ts';
import { sql } from '../../src/sql.ts';
import { pageViews } from '../support/backend.ts';
import { temporaryFolder } from '../support/engine.ts';
import { openStore } from '../support/store.ts';

const commits = 150;

it('a commit between planning and reading does not let rows through that a condition keeps out', async () => {
  await using folder = await temporaryFolder();
  const store = await openStore(folder.path);
  const definition = tableDefinition(readDataSource(pageViews()), []);
  const { live } = await store.transaction((transaction) => transaction.define(definition));
  const insert = (bytes: number) =>
    store.transaction((transaction) =>
      transaction.run(sql`INSERT INTO ${live} (__time, views, bytes) VALUES (TIMESTAMP '2026-06-01', 1, ${bytes})`),
    );
  const below = async (bytes: number) => {
    for await (const { columns } of store.read(sql`SELECT count(*) FROM ${live} WHERE bytes < ${bytes}`))
      return Number(columns[0]?.[0]);
    return undefined;
  };
  await insert(0);
  for (let commit = 1; commit <= commits; commit++) {
    let isDone = false;
    const inserted = insert(commit).finally(() => {
      isDone = true;
    });
    // All rows but the one that comes now are below it.
    while (!isDone) assert.equal(await below(commit), commit);
    await inserted;
  }
  await store.close();
});
