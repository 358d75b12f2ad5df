import type { DuckDBConnection } from '@duckdb/node-api';

const againMs = 20;

/** Of a connection's statement, until it has ended: an interrupt that comes before the statement is at work is forgotten by the engine. */
export class Interruption {
  readonly #connection: DuckDBConnection;
  #timer: NodeJS.Timeout | undefined;

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  begin(): void {
    this.#connection.interrupt();
    this.#timer ??= setInterval(() => this.#connection.interrupt(), againMs);
  }

  end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
