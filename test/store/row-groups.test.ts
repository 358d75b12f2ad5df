/** What checkpoints do with small row groups: they merge them, but not while so much comes that this would be done over and over. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { tableDefinition } from '../../src/ingest/table.ts';
import { readDataSource } from '../../src/spec/data-schema.ts';
import { literal, sql } from '../../src/sql.ts';
import { pageViews } from '../support/backend.ts';
import { temporaryFolder } from '../support/engine.ts';
import { openStore } from '../support/store.ts';

const definition = tableDefinition(readDataSource(pageViews()), []);
const commits = 12;
const rowsPerCommit = 20_000;
/** So that every few commits bring enough for a checkpoint, but not for a row group. */
const longAddress = '/'.padEnd(1000, 'x');

/** How many row groups some commits leave, and how many events. */
async function rowGroups(isBulk: boolean): Promise<readonly number[]> {
  await using folder = await temporaryFolder();
  const store = await openStore(folder.path);
  const { live } = await store.transaction((transaction) => transaction.define(definition));
  const rows = sql`SELECT TIMESTAMP '2026-06-01', ${longAddress} || i, NULL, 1, i FROM range(${rowsPerCommit}) r(i)`;
  for (let commit = 0; commit < commits; commit++)
    await store.transaction(
      (transaction) => transaction.run(sql`INSERT INTO ${live} (__time, url, "user", views, bytes) ${rows}`),
      { isBulk },
    );
  const name = literal(live.text.replaceAll('"', ''));
  const [counts = []] = await store.transaction((transaction) =>
    transaction.rows(
      sql`SELECT (SELECT count(DISTINCT row_group_id) FROM pragma_storage_info(${name})), sum(views)::BIGINT FROM ${live}`,
    ),
  );
  await store.close();
  return counts.map(Number);
}

it('commits that bring little at a time share row groups; those of who catches up keep theirs', async () => {
  const events = commits * rowsPerCommit;
  const [left = Number.NaN, ...keptOfBulk] = await rowGroups(true);
  const [merged = Number.NaN, ...kept] = await rowGroups(false);
  assert.ok(left >= 2 * merged, `${left} row groups, and merged ${merged}`);
  assert.deepEqual([keptOfBulk, kept], [[events], [events]]);
});
