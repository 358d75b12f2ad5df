/** A dataSource's tables in the database: made, widened, loaded again, and shown to queries. */
import { compileGranularity, specOf } from '../catalog/index.ts';
import { ident, join, type Sql, sql } from '../sql.ts';
import type { Connection } from './engine.ts';
import {
  engineWords,
  listColumn,
  minuteColumn,
  minuteOf,
  physicalNames,
  type TableColumn,
  type TableDefinition,
  type TableView,
} from './table.ts';

export interface StoredDefinition {
  readonly dataSource: string;
  readonly definition: Readonly<Record<string, unknown>>;
  readonly columns: readonly StoredColumnRecord[];
}

/** A column as the database describes it; its SQL is compiled from the definition. */
export type StoredColumnRecord = Omit<TableColumn, 'sqlType' | 'merge'> & { readonly sqlType: string };

/** Compiles what the database keeps of a definition, when a folder is opened again. */
export type Compile = (stored: StoredDefinition) => TableDefinition;

/** A dataSource's tables and what they hold. */
export class Table {
  readonly id: number;
  readonly definition: TableDefinition;
  readonly live: Sql;
  readonly history: Sql;
  readonly view: TableView;

  constructor(id: number, definition: TableDefinition) {
    this.id = id;
    this.definition = definition;
    this.live = sql`live.${ident(tableName(id))}`;
    this.history = sql`history.${ident(tableName(id))}`;
    this.view = viewOf(this);
  }
}

const tableName = (id: number): string => `t${id}`;

function viewOf({ definition, live, history }: Omit<Table, 'view'>): TableView {
  const { segments } = definition;
  const schema = definition.definition;
  const { columns, list } = queriedColumns(definition);
  const granularitySpec = (schema.granularitySpec ?? {}) as Readonly<Record<string, unknown>>;
  const queryGranularity = granularitySpec.queryGranularity ?? 'none';
  const timesRepeat = compileGranularity(specOf('granularity').parse(queryGranularity)).extent !== 'none';
  const liveTimes = sql`(SELECT ${timesRepeat ? sql`DISTINCT` : sql``} __time FROM ${live})`;
  return {
    dataSource: definition.dataSource,
    columns: new Map(inOrder(columns).map((column) => [column.name, column])),
    parts: [
      sql`(SELECT ${minuteColumn}, ${list} FROM ${history})`,
      sql`(SELECT ${minuteOf(sql`__time`)} AS ${minuteColumn}, ${list} FROM ${live})`,
    ],
    minute: minuteColumn,
    segments: sql`(SELECT segment, min(first) AS first, max(last) AS last FROM (
      SELECT "start" AS segment, first_time AS first, last_time AS last FROM meta.segments WHERE data_source = ${definition.dataSource}
      UNION ALL SELECT ${segments.floor(sql`__time`)}, __time, __time FROM ${liveTimes}) GROUP BY segment)`,
    timesRepeat,
    segmentStart: (time) => segments.floor(time),
    segmentEnd: (start) => segments.next(start),
    metricsSpec: (schema.metricsSpec ?? []) as TableView['metricsSpec'],
    rollup: definition.rollup,
    queryGranularity,
    timestampSpec: schema.timestampSpec,
  };
}

/** Dimensions as they are defined, then metrics by their names, as Druid's segments have them. */
function inOrder(columns: readonly TableColumn[]): readonly TableColumn[] {
  const metrics = columns.filter(({ kind }) => kind === 'metric').sort((a, b) => (a.name < b.name ? -1 : 1));
  return [...columns.filter(({ kind }) => kind === 'dimension'), ...metrics];
}

/** A column whose name is a word of the engine's is known to queries by another one. */
function queriedColumns({ columns }: TableDefinition): { columns: readonly TableColumn[]; list: Sql } {
  const taken = [...engineWords, ...columns.map(({ physical }) => physical)];
  const queried = columns.map((column) => {
    if (!engineWords.includes(column.physical.toLowerCase())) return column;
    return { ...column, physical: physicalNames([column.physical], taken)[0] as string };
  });
  const names = queried.flatMap(physicalColumns);
  const fields = columns.flatMap(physicalColumns).map(({ name }, i) => {
    const queriedAs = (names[i] as { name: Sql }).name;
    return name.text === queriedAs.text ? name : sql`${name} AS ${queriedAs}`;
  });
  return { columns: queried, list: join([sql`__time`, ...fields]) };
}

export async function loadTables(connection: Connection, compile: Compile): Promise<Map<string, Table>> {
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

/** Creates the tables or adds what is new, and puts the definition into the map. */
export async function define(
  connection: Connection,
  tables: Map<string, Table>,
  definition: TableDefinition,
): Promise<Table> {
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

/** Takes a dataSource's tables and all that is kept about it out of the database. Its files stay: they are for the caller to delete. */
export async function remove(connection: Connection, tables: Map<string, Table>, dataSource: string): Promise<void> {
  const table = tables.get(dataSource);
  if (!table) return;
  await connection.run(sql`DROP TABLE ${table.live}`);
  await connection.run(sql`DROP TABLE ${table.history}`);
  await connection.run(sql`DELETE FROM meta.data_sources WHERE id = ${table.id}`);
  for (const kept of ['segments', 'receipts', 'rejects', 'promotions', 'promoted_chunks'])
    await connection.run(sql`DELETE FROM meta.${ident(kept)} WHERE data_source = ${dataSource}`);
  tables.delete(dataSource);
}

async function createTables(connection: Connection, table: Table): Promise<void> {
  const columns = table.definition.columns.flatMap(physicalColumns).map(({ name, type }) => sql`${name} ${type}`);
  const named = join([sql`__time TIMESTAMP`, ...columns]);
  await connection.run(sql`CREATE TABLE ${table.history} (${named}, ${minuteColumn} BIGINT)`);
  // How many events a row holds: what ingestion counts by.
  await connection.run(sql`CREATE TABLE ${table.live} (${named}, __rows INTEGER)`);
}

async function addColumns(connection: Connection, before: Table, columns: readonly TableColumn[]): Promise<void> {
  const present = new Map(
    before.definition.columns.flatMap(physicalColumns).map(({ name, type }) => [name.text, type.text]),
  );
  const changed = columns.flatMap(physicalColumns).filter(({ name, type }) => present.get(name.text) !== type.text);
  const remade = changed.filter(({ name, type }) => isRemade(present.get(name.text), type.text));
  for (const table of [before.live, before.history]) {
    for (const { name, type } of changed.filter((column) => !remade.includes(column))) {
      await connection.run(
        present.has(name.text)
          ? sql`ALTER TABLE ${table} ALTER COLUMN ${name} TYPE ${type} USING CAST(${name} AS ${type})`
          : sql`ALTER TABLE ${table} ADD COLUMN ${name} ${type}`,
      );
    }
  }
  if (remade.length === 0) return;
  const values = join(remade.map(({ name, type }) => sql`${remadeValue(name, type)} AS ${name}`));
  await rewrite(connection, 'live', before, sql`* REPLACE (${values})`);
  await rewrite(connection, 'history', before, sql`* REPLACE (${values})`);
}

/** Whether a cast does not do: for JSON, and for a list of what was single. */
const isRemade = (before: string | undefined, type: string) =>
  before !== undefined && (type === 'JSON' || (type.endsWith('[]') && !before.endsWith('[]')));

const remadeValue = (name: Sql, type: Sql) =>
  type.text === 'JSON' ? sql`to_json(${name})` : sql`CASE WHEN ${name} IS NOT NULL THEN CAST([${name}] AS ${type}) END`;

/** The minutes of history's rows, which folders of layout 1 do not have. */
export async function addMinutes(connection: Connection, tables: ReadonlyMap<string, Table>): Promise<void> {
  for (const table of tables.values())
    await rewrite(connection, 'history', table, sql`*, ${minuteOf(sql`__time`)} AS ${minuteColumn}`);
}

/**
 * Puts a second table in the place of one. `ALTER COLUMN … USING to_json(…)` would do to make values JSON, but the engine cannot replay
 * it: while it opens a database it knows no functions, so after a crash the folder would not open any more.
 */
async function rewrite(
  connection: Connection,
  schema: 'live' | 'history',
  { id, [schema]: table }: Table,
  columns: Sql,
): Promise<void> {
  const rewritten = sql`${ident(schema)}.rewritten`;
  await connection.run(sql`CREATE TABLE ${rewritten} AS SELECT ${columns} FROM ${table}`);
  await connection.run(sql`DROP TABLE ${table}`);
  await connection.run(sql`ALTER TABLE ${rewritten} RENAME TO ${ident(tableName(id))}`);
}

/** The names of all columns, lists and `__time` among them, for a SELECT list. */
export function columnList({ columns }: TableDefinition): Sql {
  return join([sql`__time`, ...columns.flatMap(physicalColumns).map(({ name }) => name)]);
}

/** A column's own, and the list beside it when it may hold several values. */
export function physicalColumns(column: TableColumn): { name: Sql; type: Sql }[] {
  const own = { name: ident(column.physical), type: column.sqlType };
  return column.multiValue ? [own, { name: listColumn(column.physical), type: sql`VARCHAR[]` }] : [own];
}
