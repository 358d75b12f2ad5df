/**
 * A bounded number of queries at work; who comes when all are taken waits its turn. A query whose client takes its time to
 * read the answer lends its turn to others, so that slow clients hold up no one, and one whose answer is long gives way to those
 * who wait, again and again.
 */
import { MillraceError } from '../errors.ts';
import type { Sql } from '../sql.ts';
import type { ReadConnection, Rows } from './read-connection.ts';
import { type Turn, Turns } from './turns.ts';

export interface ReaderPoolOptions {
  readonly connect: () => Promise<ReadConnection>;
  /** Queries at work at once. */
  readonly size: number;
  /** How long a reader may take for a batch of rows before its turn is lent. */
  readonly patienceMs: number;
  /** How long an answer may go on while others wait. */
  readonly sliceMs: number;
}

/** Beyond this many waiting queries a new one is refused. */
const maxWaiting = 1000;

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
  /** Of the statement, where it is known. */
  readonly mostRows?: number | undefined;
}

interface Reading {
  readonly connection: ReadConnection;
  readonly turn: Turn;
}

export class ReaderPool {
  readonly #options: ReaderPoolOptions;
  readonly #turns: Turns;
  readonly #idle: ReadConnection[] = [];
  /** Stops each of the running queries. */
  readonly #running = new Set<() => void>();
  #closed = false;

  constructor(options: ReaderPoolOptions) {
    this.#options = options;
    this.#turns = new Turns(options.size);
  }

  /** Rejects with the signal's reason once it is aborted; what the query holds is let go then, read or not. */
  async *stream(statement: Sql, { signal, mostRows }: ReadOptions = {}): AsyncGenerator<Rows, void, void> {
    const { connection, turn } = await this.#take(signal);
    const rows = connection.stream(statement, mostRows);
    let working = true;
    const stop = () => (working ? connection.interrupt() : void end());
    let ending = false;
    const end = async () => {
      if (ending) return;
      ending = true;
      await rows.return();
      this.#release(connection);
      turn.leave();
      this.#running.delete(stop);
    };
    this.#running.add(stop);
    signal?.addEventListener('abort', stop);
    try {
      for (;;) {
        this.#throwIfStopped(signal);
        const next = await rows.next();
        if (next.done) return;
        working = false;
        turn.pause(this.#options.patienceMs);
        yield next.value;
        this.#throwIfStopped(signal);
        working = true;
        await turn.resume();
        await turn.giveWay(this.#options.sliceMs);
      }
    } finally {
      signal?.removeEventListener('abort', stop);
      await end();
    }
  }

  /** Stops the running queries and refuses new ones. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#turns.letAllIn();
    for (const stop of this.#running) stop();
    // A stopped query still has to come back from the engine before its connection may be closed.
    while (this.#running.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await Promise.all(this.#idle.splice(0).map((connection) => connection.close()));
  }

  async #take(signal: AbortSignal | undefined): Promise<Reading> {
    if (this.#turns.waiting >= maxWaiting) {
      throw new MillraceError(
        'capacityExceeded',
        `${maxWaiting} queries are waiting already. Send fewer at once, or try again.`,
        { retryAfterSeconds: 1 },
      );
    }
    const turn = await this.#turns.take(signal);
    try {
      this.#throwIfStopped(signal);
      return { turn, connection: this.#idle.pop() ?? (await this.#options.connect()) };
    } catch (error) {
      turn.leave();
      throw error;
    }
  }

  #throwIfStopped(signal: AbortSignal | undefined): void {
    if (this.#closed) throw new MillraceError('unavailable', 'millrace is shutting down.');
    signal?.throwIfAborted();
  }

  #release(connection: ReadConnection): void {
    // Slow readers may have brought more connections than there are turns.
    if (this.#closed || this.#idle.length >= this.#options.size) void connection.close();
    else this.#idle.push(connection);
  }
}
