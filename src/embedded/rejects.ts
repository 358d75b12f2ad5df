/** The last rejected events of a dataSource, newest first. */
import type { Reject } from '../backend.ts';
import { maxRejects } from '../ingest/rejects.ts';
import { sql } from '../sql.ts';
import type { Store } from '../store/store.ts';

export async function readRejects(store: Store, dataSource: string): Promise<readonly Reject[]> {
  const statement = sql`
    SELECT epoch_ms(rejected_at), reason, detail, event FROM meta.rejects WHERE data_source = ${dataSource}
    ORDER BY rejected_at DESC, rowid DESC LIMIT ${maxRejects}`;
  const rejects: Reject[] = [];
  for await (const { columns, rowCount } of store.read(statement)) {
    for (let row = 0; row < rowCount; row++) {
      const [at, reason, detail, event] = columns.map((column) => column[row]) as [
        number,
        Reject['reason'],
        string,
        string,
      ];
      rejects.push({ rejectedAt: new Date(Number(at)).toISOString(), reason, detail, event });
    }
  }
  return rejects;
}
