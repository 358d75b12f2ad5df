/** What clients have open: connections, which outlive their HTTP requests, and the statements of each. All of it is bounded. */
import type { QueryingBackend } from '../../backend.ts';
import { invalidInput, MillraceError } from '../../errors.ts';
import { Statement } from './statement.ts';

/** Druid's `druid.sql.avatica.maxConnections`, `maxStatementsPerConnection` and `connectionIdleTimeout`. */
export const limits = { connections: 25, statements: 4, idleMs: 5 * 60_000 };

/** Of a connection that there is not, or not any more. A client opens it anew then. */
export class NoSuchConnection extends MillraceError {
  constructor(id: string) {
    super('notFound', `there is no connection '${id}'; open it again`);
  }
}

/** Of a client's settings: what is no part of a query's context. */
const secrets = new Set(['user', 'password']);

export class Connections {
  readonly #backend: QueryingBackend;
  readonly #open = new Map<string, Connection>();

  constructor(backend: QueryingBackend) {
    this.#backend = backend;
  }

  async open(id: string, info: Readonly<Record<string, unknown>>): Promise<void> {
    if (this.#open.has(id)) throw invalidInput(`Connection [${id}] already open.`);
    if (this.#open.size >= limits.connections) {
      const unused = [...this.#open.values()].find((connection) => connection.isUnused);
      if (!unused) throw new MillraceError('capacityExceeded', `Too many connections, limit is ${limits.connections}`);
      await this.close(unused.id);
    }
    const settings = Object.fromEntries(Object.entries(info).filter(([name]) => !secrets.has(name)));
    this.#open.set(id, new Connection(id, this.#backend, settings, () => void this.close(id)));
  }

  /** Does something with a connection, which is not idle meanwhile. */
  async use<T>(id: string, work: (connection: Connection) => Promise<T> | T): Promise<T> {
    const connection = this.#open.get(id);
    if (!connection) throw new NoSuchConnection(id);
    return connection.use(work);
  }

  /** What is not open is closed already. */
  async close(id: string): Promise<void> {
    const connection = this.#open.get(id);
    this.#open.delete(id);
    await connection?.close();
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.#open.keys()].map((id) => this.close(id)));
  }
}

export class Connection {
  readonly id: string;
  readonly #backend: QueryingBackend;
  readonly #settings: Readonly<Record<string, unknown>>;
  readonly #statements = new Map<number, Statement>();
  readonly #idle: () => void;
  #lastStatementId = 0;
  #users = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(id: string, backend: QueryingBackend, settings: Readonly<Record<string, unknown>>, idle: () => void) {
    this.id = id;
    this.#backend = backend;
    this.#settings = settings;
    this.#idle = idle;
    this.#wind();
  }

  get isUnused(): boolean {
    return this.#statements.size === 0 && this.#users === 0;
  }

  createStatement(): Statement {
    if (this.#statements.size >= limits.statements) {
      throw new MillraceError('capacityExceeded', `Too many open statements, limit is ${limits.statements}`);
    }
    const statement = new Statement(++this.#lastStatementId, this.#backend, this.#settings);
    this.#statements.set(statement.id, statement);
    return statement;
  }

  statement(id: number): Statement {
    const statement = this.#statements.get(id);
    if (!statement) throw new MillraceError('notFound', `there is no statement ${id} in this connection`);
    return statement;
  }

  async closeStatement(id: number): Promise<void> {
    const statement = this.#statements.get(id);
    this.#statements.delete(id);
    await statement?.close();
  }

  async use<T>(work: (connection: Connection) => Promise<T> | T): Promise<T> {
    clearTimeout(this.#timer);
    this.#users++;
    try {
      return await work(this);
    } finally {
      if (--this.#users === 0) this.#wind();
    }
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await Promise.all([...this.#statements.keys()].map((id) => this.closeStatement(id)));
  }

  #wind(): void {
    this.#timer = setTimeout(this.#idle, limits.idleMs).unref();
  }
}
