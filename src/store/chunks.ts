/** A dataSource's time chunks, those of its segmentGranularity, and what each holds. */
import { sql } from '../sql.ts';
import type { Table } from './schema.ts';
import type { Store } from './store.ts';

export interface Chunk {
  readonly startMs: number;
  readonly endMs: number;
  readonly rows: number;
  /** Those of them that are in no segment yet. */
  readonly liveRows: number;
  /** ISO 8601, of its newest segment; another one once its rows in segments change. Undefined as long as it has none. */
  readonly version: string | undefined;
}

/** Those with rows, the oldest first, all as of one moment. */
export async function listChunks(store: Store, { definition, live, history }: Table): Promise<Chunk[]> {
  const { dataSource, segments } = definition;
  const start = segments.floor(sql`__time`);
  const counted = sql`
    SELECT ${start} AS "start", count(*) AS n, 0 AS live FROM ${history} GROUP BY 1
    UNION ALL SELECT ${start}, count(*), count(*) FROM ${live} GROUP BY 1`;
  const summed = sql`SELECT "start", ${segments.next(sql`"start"`)} AS "end", sum(n) AS n, sum(live) AS live FROM (${counted}) GROUP BY 1`;
  // Segments from before a change of the segmentGranularity may be longer or shorter than a chunk.
  const version = sql`SELECT max(s.version) FROM meta.segments s WHERE s.data_source = ${dataSource} AND s."start" < c."end" AND s."end" > c."start"`;
  const chunks: Chunk[] = [];
  for await (const { columns, rowCount } of store.read(
    sql`SELECT epoch_ms(c."start"), epoch_ms(c."end"), c.n, c.live, (${version}) FROM (${summed}) c ORDER BY 1`,
  )) {
    for (let row = 0; row < rowCount; row++) {
      const [startMs, endMs, rows, liveRows, newest] = columns.map((column) => column[row]);
      chunks.push({
        startMs: Number(startMs),
        endMs: Number(endMs),
        rows: Number(rows),
        liveRows: Number(liveRows),
        version: (newest as string | null) ?? undefined,
      });
    }
  }
  return chunks;
}
