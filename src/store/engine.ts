/** DuckDB as the store uses it: one database file, its settings, its connections. */
import { isDeepStrictEqual } from 'node:util';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { MillraceError } from '../errors.ts';
import type { Sql } from '../sql.ts';
import { engineError, firstLine } from './engine-error.ts';
import { Interruption } from './interruption.ts';
import { ReadConnection } from './read-connection.ts';
import { chunksOf } from './result-chunks.ts';

export interface EngineOptions {
  readonly file: string;
  /** For what does not fit into memory; emptied by the engine. */
  readonly temporaryDirectory: string;
  readonly memoryLimitBytes: number;
  readonly threads: number;
}

/** Of small row groups of a table into larger ones, at one checkpoint: each takes a fraction of a second. */
const mostMerges = 4;

/** What the engine is prepared for. */
export interface Pace {
  /** Whether much comes in. Then checkpoints merge no small row groups: with one each second that is more than what has come since, and commits wait. */
  readonly isBulk: boolean;
  /** Whether other threads have read what comes in, and need the cores: on few of them it is inserted by one thread. */
  readonly isReadBefore: boolean;
}

export const usualPace: Pace = { isBulk: false, isReadBefore: false };

/** Of so many threads, one that waits for the other looks for work all the time: on two cores that is a quarter of the engine's CPU. */
const fewThreads = 2;

export class Engine {
  readonly #instance: DuckDBInstance;
  readonly #threads: number;
  /** As a new one has it. */
  #pace: Pace = usualPace;

  private constructor(instance: DuckDBInstance, threads: number) {
    this.#instance = instance;
    this.#threads = threads;
  }

  static async open(options: EngineOptions): Promise<Engine> {
    try {
      const instance = await DuckDBInstance.create(options.file, {
        threads: String(options.threads),
        memory_limit: `${Math.floor(options.memoryLimitBytes / 1_048_576)}MiB`,
        temp_directory: options.temporaryDirectory,
        // Nothing is downloaded at run time, and a query can reach no file of the machine's but those it is given.
        autoinstall_known_extensions: 'false',
        autoload_known_extensions: 'false',
        // Large enough to be rare under load, small enough that replaying it at start takes a fraction of a second.
        checkpoint_threshold: '16MiB',
        max_vacuum_tasks: String(mostMerges),
        // Files are written anew under the same names.
        enable_external_file_cache: 'false',
        // A thread that is to end does so after a part of its task, rather than after all of a query.
        scheduler_process_partial: 'true',
        default_null_order: 'nulls_first_on_asc_last_on_desc',
        preserve_insertion_order: 'true',
        allocator_background_threads: 'false',
      });
      return new Engine(instance, options.threads);
    } catch (error) {
      throw openError(error, options.file);
    }
  }

  async connect(): Promise<Connection> {
    return new Connection(await this.#connected());
  }

  async connectToRead(): Promise<ReadConnection> {
    const connection = await this.#connected();
    // Of the range of whole numbers that are grouped by their places in an array: the minutes of three weeks.
    await connection.run('SET perfect_ht_threshold = 15');
    return new ReadConnection(connection);
  }

  async #connected(): Promise<DuckDBConnection> {
    const connection = await this.#instance.connect();
    // The process-wide setting is not there at creation, as the time zones come with a linked-in extension.
    await connection.run("SET TimeZone = 'UTC'");
    return connection;
  }

  /** To be called before what it is for begins; nothing is done where it is as wanted. */
  async setPace(connection: Connection, pace: Pace): Promise<void> {
    if (isDeepStrictEqual(pace, this.#pace)) return;
    const threads = pace.isReadBefore && this.#threads <= fewThreads ? 1 : this.#threads;
    await connection.run(`SET max_vacuum_tasks = ${pace.isBulk ? 0 : mostMerges}; SET threads = ${threads}`);
    this.#pace = pace;
  }

  close(): void {
    this.#instance.closeSync();
  }
}

export class Connection {
  readonly #connection: DuckDBConnection;
  readonly #interruption: Interruption;

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
    this.#interruption = new Interruption(connection);
  }

  /** Runs one statement for its effect; how many rows it changed. */
  async run(statement: Sql | string): Promise<number> {
    try {
      return (await this.#connection.run(textOf(statement))).rowsChanged;
    } catch (error) {
      throw engineError(error);
    }
  }

  /** The values of a result's first column, without a JavaScript object for each row. */
  async column(statement: Sql): Promise<readonly unknown[]> {
    try {
      const chunks = chunksOf(await this.#connection.run(statement.text));
      return [...chunks].flatMap((chunk) => chunk.getColumnValues(0));
    } catch (error) {
      throw engineError(error);
    }
  }

  /** A result's only column, of INTEGERs that are not null, without a JavaScript value for each. */
  async integers(statement: Sql): Promise<Int32Array> {
    try {
      const result = await this.#connection.run(statement.text);
      const integers = new Int32Array(result.rowCount);
      let at = 0;
      for (const chunk of chunksOf(result)) {
        const vector = chunk.getColumnVector(0);
        for (let row = 0; row < chunk.rowCount; row++) integers[at++] = vector.getItem(row) as number;
      }
      return integers;
    } catch (error) {
      throw engineError(error);
    }
  }

  /** The sum of a result's first column, of INTEGERs. Its values are never in an array: those of many rows would fill the heap. */
  async sum(statement: Sql): Promise<number> {
    try {
      let sum = 0;
      for (const chunk of chunksOf(await this.#connection.run(statement.text))) {
        const values = chunk.getColumnVector(0);
        for (let row = 0; row < values.itemCount; row++) sum += Number(values.getItem(row));
      }
      return sum;
    } catch (error) {
      throw engineError(error);
    }
  }

  /** All rows of a small result, as arrays of values. */
  async rows(statement: Sql | string): Promise<readonly (readonly unknown[])[]> {
    try {
      const chunks = chunksOf(await this.#connection.run(textOf(statement)));
      return [...chunks].flatMap((chunk) => chunk.getRows());
    } catch (error) {
      throw engineError(error);
    }
  }

  /** Makes the running statement fail with code `cancelled`, and any other until it is closed. */
  interrupt(): void {
    this.#interruption.begin();
  }

  close(): void {
    this.#interruption.end();
    this.#connection.disconnectSync();
  }
}

const textOf = (statement: Sql | string) => (typeof statement === 'string' ? statement : statement.text);

function openError(error: unknown, file: string): MillraceError {
  const message = error instanceof Error ? error.message : String(error);
  if (/lock/i.test(message)) {
    const holder = /PID (\d+)/.exec(message)?.[1];
    return new MillraceError(
      'environment',
      `Another process${holder ? ` (PID ${holder})` : ''} has the data folder open (${file}). Stop it, or give this one its own folder with --data.`,
      { cause: error },
    );
  }
  return new MillraceError('environment', `Cannot open the database ${file}: ${firstLine(message)}`, { cause: error });
}
