/**
 * Rows of another Druid come in, part by part, where a part is an interval. What has come is in the database, so that an import that was
 * stopped goes on with the part that it was at; only after the last one is all of it handed off.
 */
import { MillraceError } from '../errors.ts';
import type { BatchFiles } from '../ingest/batch-files.ts';
import { storedRows } from '../ingest/stored-rows.ts';
import { type FoundDimension, tableDefinition } from '../ingest/table.ts';
import type { DataSource } from '../spec/data-source.ts';
import { validateDataSourceName } from '../spec/discovered.ts';
import { type Sql, sql } from '../sql.ts';
import { deleteOffsets, readOffsets, readOrigins, writeOffsets } from '../store/offsets.ts';
import type { Store, Transaction } from '../store/store.ts';
import { readSupervisors } from '../store/supervisors.ts';
import type { TableColumn } from '../store/table.ts';
import type { Definitions } from './definitions.ts';
import type { Housekeeping } from './housekeeping.ts';

export interface ImportContext {
  readonly store: Store;
  readonly files: BatchFiles;
  readonly definitions: Definitions;
  readonly housekeeping: Housekeeping;
}

export interface ImportOptions {
  readonly dataSource: DataSource;
  /** Dimensions that the definition does not name, or that hold several values. */
  readonly found: readonly FoundDimension[];
  /** What is brought, as text: an import of the same into the same goes on where it was stopped. */
  readonly origin: string;
  /** Whether a dataSource of this name that is there goes. */
  readonly replace: boolean;
  /** Of the rows, those that are taken: 0.1 is a tenth, 1 all. */
  readonly sample: number;
}

/** In milliseconds, the end exclusive. */
export interface Part {
  readonly start: number;
  readonly end: number;
}

/** Under which the parts that are done are kept, beside {@link begun}. */
const sourceOf = (dataSource: string): string => `import/${dataSource}`;
const begun = '';
const nameOf = ({ start, end }: Part): string => `${start}/${end}`;

export class RowImport implements AsyncDisposable {
  /** All columns that there are, in which rows may come. */
  readonly columns: readonly TableColumn[];
  readonly #context: ImportContext;
  readonly #options: ImportOptions;
  /** Rows by the names of the parts that are done. */
  readonly #done: ReadonlyMap<string, bigint>;
  readonly #pause: Disposable;

  private constructor(context: ImportContext, options: ImportOptions, opened: Opened, pause: Disposable) {
    this.#context = context;
    this.#options = options;
    this.columns = opened.columns;
    this.#done = opened.done;
    this.#pause = pause;
  }

  /** @throws MillraceError `conflict` when the dataSource is there, and neither to be replaced nor an import that was stopped. */
  static async open(context: ImportContext, options: ImportOptions): Promise<RowImport> {
    validateDataSourceName(options.dataSource.name);
    const pause = await context.housekeeping.pause();
    try {
      const opened = await context.store.transaction((transaction) => open(transaction, options));
      for (const location of opened.stale) await context.store.deepStorage.delete(location);
      context.definitions.note(options.dataSource);
      return new RowImport(context, options, opened, pause);
    } catch (error) {
      pause[Symbol.dispose]();
      throw error;
    }
  }

  /** How many rows a part has brought that is done; undefined when it is not. */
  rowsOf(part: Part): number | undefined {
    const rows = this.#done.get(nameOf(part));
    return rows === undefined ? undefined : Number(rows);
  }

  /** Before a part's first rows: those of an earlier try go. */
  async begin({ start, end }: Part): Promise<void> {
    await this.#run((live) => {
      return sql`DELETE FROM ${live} WHERE __time >= make_timestamp_ms(${start}) AND __time < make_timestamp_ms(${end})`;
    });
  }

  /**
   * @param lines rows as a Druid's scan query lists them: JSON arrays of the time and these columns, each ended by a line break.
   * @returns how many are taken.
   */
  async add(columns: readonly TableColumn[], lines: Uint8Array): Promise<number> {
    const { files } = this.#context;
    const batch = await files.write([lines]);
    try {
      const rows = storedRows(columns, batch, this.#options.sample);
      return await this.#run((live) => sql`INSERT INTO ${live} BY NAME SELECT * FROM ${rows}`);
    } finally {
      files.release(batch);
    }
  }

  async end(part: Part, rows: number): Promise<void> {
    const source = sourceOf(this.#options.dataSource.name);
    await this.#context.store.transaction((transaction) =>
      writeOffsets(transaction, source, new Map([[nameOf(part), BigInt(rows)]])),
    );
  }

  /** After the last part: its rows become segments, and it is a dataSource like others. */
  async finish(): Promise<void> {
    const { name } = this.#options.dataSource;
    await this.#context.store.transaction((transaction) => deleteOffsets(transaction, sourceOf(name)));
    this.#pause[Symbol.dispose]();
    await this.#context.housekeeping.handOff(name);
  }

  /** A statement over the live rows; how many it changed. */
  #run(statement: (live: Sql) => Sql): Promise<number> {
    const { name } = this.#options.dataSource;
    return this.#context.store.transaction((transaction) => {
      const table = transaction.table(name);
      if (!table) throw new MillraceError('conflict', `dataSource '${name}' was removed while rows came into it`);
      return transaction.run(statement(table.live));
    });
  }

  /** What is not finished can go on later. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#pause[Symbol.dispose]();
  }
}

interface Opened {
  readonly columns: readonly TableColumn[];
  readonly done: ReadonlyMap<string, bigint>;
  /** Files of what is replaced. */
  readonly stale: readonly string[];
}

async function open(transaction: Transaction, options: ImportOptions): Promise<Opened> {
  const { dataSource, found, origin, replace } = options;
  const { name } = dataSource;
  const source = sourceOf(name);
  const present = transaction.table(name);
  const wasBegun = (await readOrigins(transaction, source)).get(begun);
  const stale = await transaction.column(sql`SELECT location FROM meta.segments WHERE data_source = ${name}`);
  // Once rows of it are segments, a part's cannot be told apart any more.
  const goesOn = present !== undefined && wasBegun === origin && stale.length === 0;
  if (goesOn) {
    const { definition } = await transaction.define(tableDefinition(dataSource, present.definition.columns, found));
    return { columns: definition.columns, done: await readOffsets(transaction, source), stale: [] };
  }
  if (present) {
    if (!replace && wasBegun !== origin) throw isThere(name);
    if ((await readSupervisors(transaction)).some(({ id }) => id === name)) throw isSupervised(name);
    await transaction.remove(name);
  }
  await deleteOffsets(transaction, source);
  await writeOffsets(transaction, source, new Map([[begun, 0n]]), new Map([[begun, origin]]));
  const { definition } = await transaction.define(tableDefinition(dataSource, [], found));
  return { columns: definition.columns, done: new Map(), stale: stale.map(String) };
}

const isThere = (name: string) =>
  new MillraceError(
    'conflict',
    `there is a dataSource '${name}' already, and what comes is not added to it; replace it (--replace), or give this one another name (--as)`,
  );

const isSupervised = (name: string) =>
  new MillraceError('conflict', `dataSource '${name}' has a supervisor, which writes to it; terminate that first`);
