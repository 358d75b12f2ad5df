/** One statement of a client: its text, and the answer that it is taking. One request at a time. */
import type { QueryingBackend, QueryOptions, SqlColumn } from '../../backend.ts';
import { Cursor } from './cursor.ts';
import type { Frame } from './protocol.ts';

export interface SqlRequest {
  readonly query: string;
  readonly parameters?: readonly { readonly type: string; readonly value: unknown }[];
}

export interface Execution {
  readonly request: SqlRequest;
  /** Of the whole answer; Infinity for all. */
  readonly maxRows: number;
  /** Of the first frame; -1 leaves it to us. */
  readonly firstFrameRows: number;
}

/** Who asks: `signal` says that they have gone. */
export type Client = Required<Pick<QueryOptions, 'signal' | 'server'>>;

export interface Executed {
  readonly columns: readonly SqlColumn[];
  readonly firstFrame: Frame;
}

export class Statement {
  readonly id: number;
  readonly #backend: QueryingBackend;
  readonly #context: Readonly<Record<string, unknown>>;
  #cursor: Cursor | undefined;
  /** Of the query that is running or being read. */
  #abort = new AbortController();
  #turn: Promise<unknown> = Promise.resolve();
  /** What `prepare` was given. */
  preparedSql: string | undefined;

  constructor(id: number, backend: QueryingBackend, context: Readonly<Record<string, unknown>>) {
    this.id = id;
    this.#backend = backend;
    this.#context = context;
  }

  /** Begins a query; the one before it ends. */
  execute({ request, maxRows, firstFrameRows }: Execution, client: Client): Promise<Executed> {
    this.#abort.abort();
    return this.#inTurn(client, async () => {
      await this.#end();
      client.signal.throwIfAborted();
      const abort = new AbortController();
      this.#abort = abort;
      const answer = await this.#backend.sql(
        { ...request, context: this.#context },
        { signal: abort.signal, server: client.server, typed: true },
      );
      this.#cursor = new Cursor(answer, abort, maxRows);
      return { columns: answer.columns, firstFrame: await this.#cursor.frame(0, firstFrameRows) };
    });
  }

  /** Undefined when there is nothing to fetch from. */
  fetch(offset: number, rows: number, client: Client): Promise<Frame | undefined> {
    return this.#inTurn(client, async () => this.#cursor?.frame(offset, rows));
  }

  /** Whether rows are left at the offset. */
  moreAt(offset: number, client: Client): Promise<boolean | undefined> {
    return this.#inTurn(client, async () => (this.#cursor?.offset === offset ? this.#cursor.more() : undefined));
  }

  async close(): Promise<void> {
    this.#abort.abort();
    await this.#turn.catch(() => {});
    await this.#end();
  }

  async #end(): Promise<void> {
    await this.#cursor?.close();
    this.#cursor = undefined;
  }

  #inTurn<T>({ signal }: Client, work: () => Promise<T>): Promise<T> {
    const stop = () => this.#abort.abort();
    const result = this.#turn
      .catch(() => {})
      .then(async () => {
        signal.addEventListener('abort', stop);
        try {
          return await work();
        } catch (error) {
          await this.#end();
          throw error;
        } finally {
          signal.removeEventListener('abort', stop);
        }
      });
    this.#turn = result;
    return result;
  }
}
