/** Rows as they are stored, for whom wants to have them elsewhere: which there are, and files of them. */
import { open, rm } from 'node:fs/promises';
import path from 'node:path';
import { formatInterval, type Interval, timestampLiteral } from '../../catalog/time.ts';
import { MillraceError, notFound } from '../../errors.ts';
import { sql } from '../../sql.ts';
import { type Chunk, listChunks } from '../../store/chunks.ts';
import { Mutex } from '../../store/mutex.ts';
import type { Table } from '../../store/schema.ts';
import type { RowFile, SegmentChunk, Segments } from '../../store/segments.ts';
import type { Store } from '../../store/store.ts';
import { eventForm } from './form.ts';

/** Each waits for all before it. */
const maxWaiting = 64;

export class EmbeddedSegments implements Segments {
  readonly #store: Store;
  /** One file is written at a time, as that takes all cores. */
  readonly #writing = new Mutex();
  #waiting = 0;
  #files = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  async list(dataSource: string): Promise<readonly SegmentChunk[]> {
    return (await listChunks(this.#store, this.#table(dataSource))).map(shownChunk);
  }

  async file(dataSource: string, interval: Interval, signal: AbortSignal): Promise<RowFile> {
    const table = this.#table(dataSource);
    if (this.#waiting >= maxWaiting)
      throw new MillraceError(
        'capacityExceeded',
        `${maxWaiting} requests for rows are waiting already; ask for fewer at once`,
        {
          retryAfterSeconds: 5,
        },
      );
    const file = path.join(this.#store.temporaryDirectory, `rows-${this.#files++}.json.zst`);
    this.#waiting++;
    try {
      using _turn = await this.#writing.acquire();
      signal.throwIfAborted();
      await this.#write(table, interval, file, signal);
      const handle = await open(file);
      return { stream: handle.createReadStream(), sizeBytes: (await handle.stat()).size };
    } finally {
      this.#waiting--;
      // What has it open can read it to its end.
      await rm(file, { force: true });
    }
  }

  /** One statement, so that the file holds the rows of one moment, those of segments and those that are live. */
  async #write(table: Table, { start, end }: Interval, file: string, signal: AbortSignal): Promise<void> {
    const { fields } = eventForm(table.definition);
    const within = sql`__time >= ${timestampLiteral(start)} AND __time < ${timestampLiteral(end)}`;
    const rows = [table.history, table.live].map((rows) => sql`SELECT ${fields} FROM ${rows} WHERE ${within}`);
    const connection = await this.#store.connect();
    const stop = () => connection.interrupt();
    signal.addEventListener('abort', stop);
    try {
      await connection.run(
        sql`COPY (${rows[0] ?? sql``} UNION ALL ${rows[1] ?? sql``}) TO ${file} (FORMAT json, COMPRESSION zstd)`,
      );
    } finally {
      signal.removeEventListener('abort', stop);
      connection.close();
    }
  }

  #table(dataSource: string): Table {
    const table = this.#store.tables.get(dataSource);
    if (table) return table;
    throw notFound(`there is no dataSource '${dataSource}' here`);
  }
}

const shownChunk = ({ startMs, endMs, rows, liveRows, version }: Chunk): SegmentChunk => ({
  interval: formatInterval({ start: startMs, end: endMs }),
  rows,
  liveRows,
  version: version ?? null,
});
