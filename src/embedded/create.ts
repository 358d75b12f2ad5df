/** A dataSource from the fields that its first body has. */
import type { BatchFiles } from '../ingest/batch-files.ts';
import { eventFields } from '../ingest/reader.ts';
import type { DataSource } from '../spec/data-source.ts';
import { dataSourceOfFields, validateDataSourceName } from '../spec/discovered.ts';
import { sql } from '../sql.ts';
import type { Store } from '../store/store.ts';

export async function discover(store: Store, files: BatchFiles, name: string, lines: Uint8Array): Promise<DataSource> {
  validateDataSourceName(name);
  const batch = await files.write([lines]);
  try {
    const fields = new Set<unknown>();
    const events = eventFields(batch.files, batch.longestEventBytes, 'text');
    const statement = sql`SELECT DISTINCT unnest(map_keys(fields)) FROM ${events} LIMIT 10000`;
    for await (const { columns } of store.read(statement)) for (const field of columns[0] ?? []) fields.add(field);
    return dataSourceOfFields(name, fields);
  } finally {
    files.release(batch);
  }
}
