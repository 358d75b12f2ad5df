/**
 * One DuckDB database file: the truth of a machine. Live rows, segments, offsets and receipts change together in one
 * transaction. One writer at a time; any number of readers, each of which sees one moment.
 */
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { MillraceError } from '../errors.ts';
import { ident, join, literal, type Sql, sql } from '../sql.ts';
import { type DeepStorage, LocalDeepStorage } from './deep-storage.ts';
import { type Connection, Engine, isFatal, type Rows } from './engine.ts';
import { layoutVersion, prepareMetadata } from './metadata.ts';
import { Mutex } from './mutex.ts';
import { ReaderPool } from './reader-pool.ts';
import { listColumn, type TableColumn, type TableDefinition, type TableView } from './table.ts';
import { repairWal, type WalRepair } from './wal.ts';

export interface StoreOptions {
  readonly directory: string;
  readonly memoryLimitBytes: number;
  readonly threads: number;
  /** How many queries run at once; more wait. */
  readonly maxReaders: number;
  readonly deepStorage?: DeepStorage;
  /** Compiles what {@link TableDefinition.definition} and the stored columns say, when a folder is opened again. */
  readonly compile: (stored: StoredDefinition) => TableDefinition;
}

export interface StoredDefinition {
  readonly dataSource: string;
  readonly definition: Readonly<Record<string, unknown>>;
  readonly columns: readonly StoredColumnRecord[];
}

/** A column as the database describes it; its SQL is compiled from the definition. */
export type StoredColumnRecord = Omit<TableColumn, 'sqlType' | 'merge'> & { readonly sqlType: string };

/** A dataSource's tables and what they hold. */
export class Table {
  readonly id: number;
  readonly definition: TableDefinition;
  readonly live: Sql;
  readonly history: Sql;

  constructor(id: number, definition: TableDefinition) {
    this.id = id;
    this.definition = definition;
    this.live = sql`live.${ident(`t${id}`)}`;
    this.history = sql`history.${ident(`t${id}`)}`;
  }
}

/** What one transaction may do. */
export interface Transaction {
  run(statement: Sql): Promise<void>;
  rows(statement: Sql): Promise<readonly (readonly unknown[])[]>;
  /** Creates a dataSource's tables, or adds the columns that are new. The definition counts from the commit on. */
  define(definition: TableDefinition): Promise<Table>;
  table(dataSource: string): Table | undefined;
}

export class Store {
  readonly deepStorage: DeepStorage;
  /** What was cut off the write-ahead log at opening, if it had to be. */
  readonly repair: WalRepair | undefined;
  /** For files that live no longer than a statement or two. */
  readonly temporaryDirectory: string;
  readonly #engine: Engine;
  readonly #writer: Connection;
  readonly #readers: ReaderPool;
  readonly #writing = new Mutex();
  #tables: ReadonlyMap<string, Table>;
  #failure: MillraceError | undefined;

  private constructor(
    engine: Engine,
    writer: Connection,
    options: StoreOptions,
    tables: ReadonlyMap<string, Table>,
    repair: WalRepair | undefined,
  ) {
    this.#engine = engine;
    this.#writer = writer;
    this.#readers = new ReaderPool(() => engine.connect(), options.maxReaders);
    this.#tables = tables;
    this.repair = repair;
    this.deepStorage = options.deepStorage ?? new LocalDeepStorage(path.join(options.directory, 'segments'));
    this.temporaryDirectory = path.join(options.directory, 'tmp');
  }

  static async open(options: StoreOptions): Promise<Store> {
    const temporaryDirectory = path.join(options.directory, 'tmp');
    try {
      await mkdir(temporaryDirectory, { recursive: true });
    } catch (error) {
      throw new MillraceError(
        'environment',
        `Cannot write to the data folder ${options.directory}: ${(error as Error).message}`,
        { cause: error },
      );
    }
    const file = path.join(options.directory, 'millrace.db');
    const engineOptions = {
      file,
      temporaryDirectory,
      memoryLimitBytes: options.memoryLimitBytes,
      threads: options.threads,
    };
    let repair: WalRepair | undefined;
    const engine = await Engine.open(engineOptions).catch(async (error: unknown) => {
      repair = await repairWal(file, error);
      if (!repair) throw error;
      return Engine.open(engineOptions);
    });
    // Only now is the folder ours: what a killed process left there can go.
    for (const name of await readdir(temporaryDirectory))
      await rm(path.join(temporaryDirectory, name), { recursive: true, force: true });
    const writer = await engine.connect();
    const found = await prepareMetadata(writer);
    if (found !== undefined && found > layoutVersion) {
      throw new MillraceError(
        'environment',
        `The data folder ${options.directory} was written by a newer millrace (layout ${found}, this one reads ${layoutVersion}). Use that version, or another folder.`,
      );
    }
    return new Store(engine, writer, options, await loadTables(writer, options.compile), repair);
  }

  get tables(): ReadonlyMap<string, Table> {
    return this.#tables;
  }

  /** Undefined as long as the engine works; it does not work again until the process starts anew. */
  get failure(): MillraceError | undefined {
    return this.#failure;
  }

  view(dataSource: string): TableView | undefined {
    const table = this.#tables.get(dataSource);
    return table && viewOf(table);
  }

  /** One transaction at a time. All of it is durable when this settles, or none of it happened. */
  async transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    using _lock = await this.#writing.acquire();
    if (this.#failure) throw this.#failure;
    const tables = new Map(this.#tables);
    try {
      await this.#writer.run('BEGIN');
      const result = await work({
        run: (statement) => this.#writer.run(statement),
        rows: (statement) => this.#writer.rows(statement),
        define: (definition) => define(this.#writer, tables, definition),
        table: (dataSource) => tables.get(dataSource),
      });
      await this.#writer.run('COMMIT');
      this.#tables = tables;
      return result;
    } catch (error) {
      // After a failed COMMIT there is no transaction left to roll back.
      await this.#writer.run('ROLLBACK').catch(() => {});
      throw this.#noteFailure(error);
    }
  }

  /** Runs a statement for a reader; leaving the loop early, or the signal, stops the work. */
  read(statement: Sql, signal?: AbortSignal): AsyncGenerator<Rows, void, void> {
    return this.#readers.stream(statement, signal);
  }

  /** A connection of one's own, for long work beside the writer. The caller closes it. */
  connect(): Promise<Connection> {
    return this.#engine.connect();
  }

  /** Waits for the writer, then closes everything. Readers are stopped. */
  async close(): Promise<void> {
    using _lock = await this.#writing.acquire();
    await this.#readers.close();
    this.#writer.close();
    this.#engine.close();
  }

  #noteFailure(error: unknown): unknown {
    if (!isFatal(error)) return error;
    const reason = error instanceof Error ? error.message : String(error);
    this.#failure = new MillraceError(
      'unavailable',
      `The engine has stopped after an error (${reason}). Start the process again; nothing acknowledged is lost.`,
      {
        cause: error,
        retryAfterSeconds: 10,
      },
    );
    return this.#failure;
  }
}

function viewOf(table: Table): TableView {
  const { definition } = table;
  const { segments } = definition;
  const schema = definition.definition;
  const granularitySpec = (schema.granularitySpec ?? {}) as Readonly<Record<string, unknown>>;
  return {
    dataSource: definition.dataSource,
    columns: new Map(definition.columns.map((column) => [column.name, column])),
    rows: sql`(SELECT * FROM ${table.history} UNION ALL SELECT * FROM ${table.live})`,
    segmentStart: (time) => segments.floor(time),
    segmentEnd: (start) => segments.next(start),
    metricsSpec: (schema.metricsSpec ?? []) as TableView['metricsSpec'],
    rollup: definition.rollup,
    queryGranularity: granularitySpec.queryGranularity ?? 'none',
    timestampSpec: schema.timestampSpec,
  };
}

async function loadTables(connection: Connection, compile: StoreOptions['compile']): Promise<Map<string, Table>> {
  const tables = new Map<string, Table>();
  for (const [id, name, definition, columns] of await connection.rows(
    'SELECT id, name, definition, columns FROM meta.data_sources ORDER BY id',
  )) {
    const dataSource = name as string;
    tables.set(
      dataSource,
      new Table(
        id as number,
        compile({ dataSource, definition: JSON.parse(definition as string), columns: JSON.parse(columns as string) }),
      ),
    );
  }
  return tables;
}

async function define(connection: Connection, tables: Map<string, Table>, definition: TableDefinition): Promise<Table> {
  const before = tables.get(definition.dataSource);
  const table = new Table(before?.id ?? 1 + Math.max(0, ...[...tables.values()].map(({ id }) => id)), definition);
  if (before) await addColumns(connection, before, definition.columns);
  else await createTables(connection, table);
  const definitionText = JSON.stringify(definition.definition);
  const columns = JSON.stringify(
    definition.columns.map(({ merge, sqlType, ...column }) => ({ ...column, sqlType: sqlType.text })),
  );
  await connection.run(sql`DELETE FROM meta.data_sources WHERE id = ${table.id}`);
  await connection.run(
    sql`INSERT INTO meta.data_sources VALUES (${table.id}, ${definition.dataSource}, ${definitionText}, ${columns})`,
  );
  tables.set(definition.dataSource, table);
  return table;
}

async function createTables(connection: Connection, table: Table): Promise<void> {
  const columns = table.definition.columns.flatMap(physicalColumns).map(({ name, type }) => sql`${name} ${type}`);
  for (const target of [table.live, table.history])
    await connection.run(sql`CREATE TABLE ${target} (${join([sql`__time TIMESTAMP`, ...columns])})`);
}

async function addColumns(connection: Connection, before: Table, columns: readonly TableColumn[]): Promise<void> {
  const present = new Map(
    before.definition.columns.flatMap(physicalColumns).map(({ name, type }) => [name.text, type.text]),
  );
  for (const { name, type } of columns.flatMap(physicalColumns)) {
    const presentType = present.get(name.text);
    if (presentType === type.text) continue;
    for (const target of [before.live, before.history]) {
      await connection.run(
        presentType === undefined
          ? sql`ALTER TABLE ${target} ADD COLUMN ${name} ${type}`
          : sql`ALTER TABLE ${target} ALTER COLUMN ${name} TYPE ${type} USING ${type.text === 'JSON' ? sql`to_json(${name})` : sql`CAST(${name} AS ${type})`}`,
      );
    }
  }
}

/** A column's own, and the list beside it when it may hold several values. */
export function physicalColumns(column: TableColumn): { name: Sql; type: Sql }[] {
  const own = { name: ident(column.physical), type: column.sqlType };
  return column.multiValue ? [own, { name: listColumn(column.physical), type: sql`VARCHAR[]` }] : [own];
}

/** A TIMESTAMP literal of milliseconds since 1970. */
export const timestampLiteral = (millis: number): Sql => sql`make_timestamp_ms(${literal(millis)})`;
