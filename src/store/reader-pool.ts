/** A bounded number of connections for queries; who comes when all are taken waits its turn. */
import { MillraceError } from '../errors.ts';
import type { Sql } from '../sql.ts';
import type { Connection, Rows } from './engine.ts';

/** Beyond this many waiting queries a new one is refused. */
const maxWaiting = 1000;

export class ReaderPool {
  readonly #connect: () => Promise<Connection>;
  readonly #size: number;
  readonly #idle: Connection[] = [];
  readonly #busy = new Set<Connection>();
  readonly #waiting: (() => void)[] = [];
  #taken = 0;
  #closed = false;

  constructor(connect: () => Promise<Connection>, size: number) {
    this.#connect = connect;
    this.#size = size;
  }

  async *stream(statement: Sql, signal?: AbortSignal): AsyncGenerator<Rows, void, void> {
    const connection = await this.#take(signal);
    const stop = () => connection.interrupt();
    signal?.addEventListener('abort', stop);
    try {
      signal?.throwIfAborted();
      yield* connection.stream(statement);
    } finally {
      signal?.removeEventListener('abort', stop);
      this.#release(connection);
    }
  }

  /** Stops the running queries and refuses new ones. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const wake of this.#waiting.splice(0)) wake();
    for (const connection of this.#busy) connection.interrupt();
    // A stopped query still has to come back from the engine before its connection may be closed.
    while (this.#busy.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    for (const connection of this.#idle.splice(0)) connection.close();
  }

  async #take(signal: AbortSignal | undefined): Promise<Connection> {
    if (this.#taken >= this.#size) await this.#wait(signal);
    else this.#taken++;
    if (this.#closed) throw new MillraceError('unavailable', 'millrace is shutting down.');
    try {
      const connection = this.#idle.pop() ?? (await this.#connect());
      this.#busy.add(connection);
      return connection;
    } catch (error) {
      this.#passOn();
      throw error;
    }
  }

  /** Settles when a place was passed on to this caller. */
  async #wait(signal: AbortSignal | undefined): Promise<void> {
    if (this.#waiting.length >= maxWaiting) {
      throw new MillraceError(
        'capacityExceeded',
        `${maxWaiting} queries are waiting already. Send fewer at once, or try again.`,
        { retryAfterSeconds: 1 },
      );
    }
    await new Promise<void>((resolve, reject) => {
      this.#waiting.push(resolve);
      signal?.addEventListener('abort', () => {
        const index = this.#waiting.indexOf(resolve);
        if (index < 0) return;
        this.#waiting.splice(index, 1);
        reject(signal.reason);
      });
    });
  }

  #release(connection: Connection): void {
    this.#busy.delete(connection);
    if (this.#closed) connection.close();
    else this.#idle.push(connection);
    this.#passOn();
  }

  #passOn(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#taken--;
  }
}
