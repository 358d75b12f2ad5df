/** A connection for statements that only read. */
import type { DuckDBConnection, DuckDBResult } from '@duckdb/node-api';
import type { Sql } from '../sql.ts';
import { columnValues } from './column-values.ts';
import { cancelled, engineError } from './engine-error.ts';
import { Interruption } from './interruption.ts';
import { chunksOf } from './result-chunks.ts';

/** Some rows by column, values as {@link columnValues} gives them. */
export interface Rows {
  readonly rowCount: number;
  readonly columns: readonly (readonly unknown[])[];
}

/** So many are read at once: one way to the engine and back in place of three. */
const fewRows = 10_000;

export class ReadConnection {
  readonly #connection: DuckDBConnection;
  /** A transaction that has read nothing yet, and so sees the state at its first statement. */
  #begun: Promise<unknown>;
  #interrupted = false;
  readonly #interruption: Interruption;

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
    this.#interruption = new Interruption(connection);
    this.#begun = this.#begin();
  }

  /** Rows in batches as the engine yields them, `mostRows` of them; leaving the loop early stops the work. */
  async *stream(statement: Sql, mostRows = Number.POSITIVE_INFINITY): AsyncGenerator<Rows, void, void> {
    this.#interrupted = false;
    this.#interruption.end();
    try {
      // A plan leaves out conditions that all rows meet, so it holds for the state that it was made in only: both are one transaction.
      await this.#begun;
      yield* mostRows <= fewRows ? this.#atOnce(statement) : this.#piecemeal(statement);
    } catch (error) {
      throw engineError(error);
    } finally {
      this.#interruption.end();
      this.#begun = this.#begin('ROLLBACK; ');
    }
  }

  async *#atOnce(statement: Sql): AsyncGenerator<Rows, void, void> {
    const result = await this.#connection.run(statement.text);
    const types = columnTypes(result);
    for (const chunk of chunksOf(result)) yield { rowCount: chunk.rowCount, columns: columnValues(chunk, types) };
  }

  async *#piecemeal(statement: Sql): AsyncGenerator<Rows, void, void> {
    // The client's own `stream` looks for several statements first, one more way to the engine and back.
    const prepared = await this.#connection.prepare(statement.text);
    const result = await prepared.stream().finally(() => prepared.destroySync());
    const types = columnTypes(result);
    // The next one is on its way while one is read: most often it says that there is none.
    const fetched = () => {
      const chunk = result.fetchChunk();
      // It may fail before anybody waits for it.
      chunk.catch(() => {});
      return chunk;
    };
    let next = fetched();
    let isLeft = false;
    try {
      for (;;) {
        const chunk = await next;
        // An interrupted stream ends as if it were drained.
        if (this.#interrupted) throw cancelled();
        if (!chunk || chunk.rowCount === 0) return;
        next = fetched();
        isLeft = true;
        yield { rowCount: chunk.rowCount, columns: columnValues(chunk, types) };
        isLeft = false;
      }
    } finally {
      if (isLeft) {
        this.#interruption.begin();
        await next.catch(() => {});
      }
    }
  }

  /** Makes the running statement fail with code `cancelled`. */
  interrupt(): void {
    this.#interrupted = true;
    this.#interruption.begin();
  }

  /** Beforehand, as it is a way to the engine and back that no answer has to wait for. */
  #begin(after = ''): Promise<unknown> {
    // Where there was none to roll back, the former try did not come to its end.
    const begun = this.#connection.run(`${after}BEGIN`).catch(() => this.#connection.run('BEGIN'));
    // Who reads next is told.
    begun.catch(() => {});
    return begun;
  }

  async close(): Promise<void> {
    this.#interruption.end();
    await this.#begun.catch(() => {});
    this.#connection.disconnectSync();
  }
}

const columnTypes = (result: DuckDBResult) =>
  Array.from({ length: result.columnCount }, (_, column) => result.columnTypeId(column));
