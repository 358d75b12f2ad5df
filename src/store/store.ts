/**
 * One DuckDB database file: the truth of a machine. Live rows, segments, offsets and receipts change together in one
 * transaction. One writer at a time; any number of readers, each of which sees one moment.
 */
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { MillraceError } from '../errors.ts';
import type { Sql } from '../sql.ts';
import { type DeepStorage, LocalDeepStorage } from './deep-storage.ts';
import { type Connection, Engine, type Pace, usualPace } from './engine.ts';
import { isFatal } from './engine-error.ts';
import { layoutVersion, noteLayout, prepareMetadata } from './metadata.ts';
import { Mutex } from './mutex.ts';
import type { Rows } from './read-connection.ts';
import { ReaderPool, type ReadOptions } from './reader-pool.ts';
import { RememberedRows } from './remembered-rows.ts';
import { addMinutes, type Compile, define, loadTables, remove, type Table } from './schema.ts';
import type { TableDefinition, TableView } from './table.ts';
import { repairWal, type WalRepair } from './wal.ts';

export interface StoreOptions {
  readonly directory: string;
  readonly memoryLimitBytes: number;
  readonly threads: number;
  /** How many queries run at once; more wait. */
  readonly maxReaders: number;
  readonly deepStorage?: DeepStorage;
  readonly compile: Compile;
}

/** How long a client may take for a piece of its answer before its query's place goes to another. */
const readerPatienceMs = 500;

/** How long an answer may go on while other queries wait: a few batches of rows. */
const readerSliceMs = 25;

/** So long after the last transaction of another pace the engine has its usual one again. */
const calmMs = 500;

export type TransactionOptions = Partial<Pace>;

/** What one transaction may do. */
export interface Transaction {
  /** How many rows the statement changed. */
  run(statement: Sql): Promise<number>;
  /** The sum of the result's first column, of INTEGERs. */
  sum(statement: Sql): Promise<number>;
  /** The values of the result's first column. */
  column(statement: Sql): Promise<readonly unknown[]>;
  rows(statement: Sql): Promise<readonly (readonly unknown[])[]>;
  /** Creates a dataSource's tables, or adds the columns that are new. The definition counts from the commit on. */
  define(definition: TableDefinition): Promise<Table>;
  /** Drops a dataSource's tables, and all that is known of it; from the commit on it is not there. */
  remove(dataSource: string): Promise<void>;
  table(dataSource: string): Table | undefined;
}

export class Store {
  readonly deepStorage: DeepStorage;
  /** What was cut off the write-ahead log at opening, if it had to be. */
  readonly repair: WalRepair | undefined;
  /** For files that live no longer than a statement or two. */
  readonly temporaryDirectory: string;
  readonly #options: StoreOptions;
  readonly #writing = new Mutex();
  #engine: Engine;
  #writer: Connection;
  #readers: ReaderPool;
  #tables: ReadonlyMap<string, Table>;
  #failure: MillraceError | undefined;
  readonly #remembered = new RememberedRows();
  #calm: NodeJS.Timeout | undefined;

  private constructor(options: StoreOptions, opened: Opened, repair: WalRepair | undefined) {
    this.#options = options;
    this.#engine = opened.engine;
    this.#writer = opened.writer;
    this.#readers = opened.readers;
    this.#tables = opened.tables;
    this.repair = repair;
    this.deepStorage = options.deepStorage ?? new LocalDeepStorage(path.join(options.directory, 'segments'));
    this.temporaryDirectory = temporaryDirectoryOf(options);
  }

  static async open(options: StoreOptions): Promise<Store> {
    try {
      await mkdir(temporaryDirectoryOf(options), { recursive: true });
    } catch (error) {
      throw new MillraceError(
        'environment',
        `Cannot write to the data folder ${options.directory}: ${(error as Error).message}`,
        { cause: error },
      );
    }
    let repair: WalRepair | undefined;
    const opened = await openDatabase(options).catch(async (error: unknown) => {
      repair = await repairWal(databaseFileOf(options), error);
      if (!repair) throw error;
      return openDatabase(options);
    });
    // Only now is the folder ours: what a killed process left there can go.
    const temporaryDirectory = temporaryDirectoryOf(options);
    for (const name of await readdir(temporaryDirectory))
      await rm(path.join(temporaryDirectory, name), { recursive: true, force: true });
    return new Store(options, opened, repair);
  }

  get tables(): ReadonlyMap<string, Table> {
    return this.#tables;
  }

  /** Undefined as long as the engine works; after a failure {@link recover} may bring it back. */
  get failure(): MillraceError | undefined {
    return this.#failure;
  }

  view(dataSource: string): TableView | undefined {
    return this.#tables.get(dataSource)?.view;
  }

  /** One transaction at a time. All of it is durable when this settles, or none of it happened. */
  async transaction<T>(work: (transaction: Transaction) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    using _lock = await this.#writing.acquire();
    if (this.#failure) throw this.#failure;
    const tables = new Map(this.#tables);
    clearTimeout(this.#calm);
    try {
      await this.#engine.setPace(this.#writer, { ...usualPace, ...options });
      await this.#writer.run('BEGIN');
      const result = await work({
        run: (statement) => this.#writer.run(statement),
        rows: (statement) => this.#writer.rows(statement),
        sum: (statement) => this.#writer.sum(statement),
        column: (statement) => this.#writer.column(statement),
        define: (definition) => define(this.#writer, tables, definition),
        remove: (dataSource) => remove(this.#writer, tables, dataSource),
        table: (dataSource) => tables.get(dataSource),
      });
      await this.#writer.run('COMMIT');
      this.#tables = tables;
      this.noteChange();
      return result;
    } catch (error) {
      // After a failed COMMIT there is no transaction left to roll back.
      await this.#writer.run('ROLLBACK').catch(() => {});
      throw this.#noteFailure(error);
    } finally {
      if (options.isReadBefore) this.#calm = setTimeout(() => this.#calmDown(), calmMs).unref();
    }
  }

  /** Queries that come when all is in have the engine as it is otherwise. */
  async #calmDown(): Promise<void> {
    using _lock = await this.#writing.acquire();
    // A failure is the next transaction's to note.
    await this.#engine.setPace(this.#writer, usualPace).catch(() => {});
  }

  /** Runs a statement for a reader; leaving the loop early, or the signal, stops the work. */
  read(statement: Sql, options?: ReadOptions): AsyncGenerator<Rows, void, void> {
    return this.#readers.stream(statement, options);
  }

  /** The row of a statement that gives one; remembered until something changes. */
  row(statement: Sql, signal?: AbortSignal): Promise<readonly unknown[]> {
    return this.#remembered.get(statement, async () => {
      let row: readonly unknown[] = [];
      for await (const { columns } of this.read(statement, { signal, mostRows: 1 }))
        row = columns.map((column) => column[0]);
      return row;
    });
  }

  /** To be called after a change by another connection than the writer's. */
  noteChange(): void {
    this.#remembered.forget();
  }

  /** A connection of one's own, for long work beside the writer. The caller closes it. */
  connect(): Promise<Connection> {
    return this.#engine.connect();
  }

  /** After a {@link failure}: opens the database again, as a new process would. Throws while that is not possible. */
  async recover(): Promise<void> {
    using _lock = await this.#writing.acquire();
    await this.#closeDatabase();
    const opened = await openDatabase(this.#options);
    this.#engine = opened.engine;
    this.#writer = opened.writer;
    this.#readers = opened.readers;
    this.#tables = opened.tables;
    this.#failure = undefined;
    this.noteChange();
  }

  /** Waits for the writer, then closes everything. Readers are stopped. */
  async close(): Promise<void> {
    using _lock = await this.#writing.acquire();
    await this.#closeDatabase();
  }

  async #closeDatabase(): Promise<void> {
    clearTimeout(this.#calm);
    await this.#readers.close();
    // A failed engine cannot; the write-ahead log has everything then, as after a kill.
    await this.#writer.run('CHECKPOINT').catch(() => {});
    this.#writer.close();
    this.#engine.close();
  }

  #noteFailure(error: unknown): unknown {
    if (!isFatal(error)) return error;
    const reason = error instanceof Error ? error.message : String(error);
    this.#failure = new MillraceError(
      'unavailable',
      `The engine has stopped after an error (${reason}) and is opened again as soon as that is possible; nothing acknowledged is lost.`,
      {
        cause: error,
        retryAfterSeconds: 10,
      },
    );
    return this.#failure;
  }
}

interface Opened {
  readonly engine: Engine;
  readonly writer: Connection;
  readonly readers: ReaderPool;
  readonly tables: ReadonlyMap<string, Table>;
}

const databaseFileOf = (options: StoreOptions) => path.join(options.directory, 'millrace.db');
const temporaryDirectoryOf = (options: StoreOptions) => path.join(options.directory, 'tmp');

async function openDatabase(options: StoreOptions): Promise<Opened> {
  const { directory, memoryLimitBytes, threads, maxReaders, compile } = options;
  const temporaryDirectory = temporaryDirectoryOf(options);
  const engine = await Engine.open({ file: databaseFileOf(options), temporaryDirectory, memoryLimitBytes, threads });
  const writer = await engine.connect();
  // The engine lives on until the last of its handles is collected: if it wrote into the file then, it would undo what was committed
  // since the folder was opened again.
  await writer.run('PRAGMA disable_checkpoint_on_shutdown');
  const found = await prepareMetadata(writer);
  if (found !== undefined && found > layoutVersion) {
    throw new MillraceError(
      'environment',
      `The data folder ${directory} was written by a newer millrace (layout ${found}, this one reads ${layoutVersion}). Use that version, or another folder.`,
    );
  }
  const tables = await loadTables(writer, compile);
  if (found !== undefined && found < layoutVersion) {
    await writer.run('BEGIN');
    await addMinutes(writer, tables);
    await noteLayout(writer);
    await writer.run('COMMIT');
  }
  return {
    engine,
    writer,
    readers: new ReaderPool({
      connect: () => engine.connectToRead(),
      size: maxReaders,
      patienceMs: readerPatienceMs,
      sliceMs: readerSliceMs,
    }),
    tables,
  };
}
