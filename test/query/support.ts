/** Small tables, and the answers of native queries over them. */
import { after, before } from 'node:test';
import type { ColumnType } from '../../src/catalog/index.ts';
import type { RowBatch } from '../../src/query/define.ts';
import { planNativeQuery } from '../../src/query/native.ts';
import { ident, join, Sql, sql } from '../../src/sql.ts';
import { listColumn, physicalNames, type StoredColumn, type TableView } from '../../src/store/table.ts';

import { temporaryEngine } from '../support/engine.ts';

export type Row = Readonly<Record<string, unknown>>;

export interface TableSpec {
  readonly dataSource?: string;
  readonly dimensions?: Readonly<Record<string, ColumnType>>;
  readonly metrics?: Readonly<Record<string, ColumnType>>;
  /** `__time` as ISO text; a list in a STRING dimension makes it a multi-value one. */
  readonly rows: readonly Row[];
  /** Unit of date_trunc. */
  readonly segment?: 'hour' | 'day' | 'month';
  readonly metricsSpec?: readonly Row[];
}

const sqlTypes: Readonly<Record<string, string>> = {
  STRING: 'VARCHAR',
  LONG: 'BIGINT',
  FLOAT: 'FLOAT',
  DOUBLE: 'DOUBLE',
};

/** A table of its own rows, without an engine's table behind it. */
export function tableOf(spec: TableSpec): TableView {
  const columns: StoredColumn[] = [];
  const declared = { dimension: spec.dimensions ?? {}, metric: spec.metrics ?? {} };
  for (const kind of ['dimension', 'metric'] as const) {
    const entries = Object.entries(declared[kind]);
    for (const [name, type] of kind === 'metric' ? entries.sort() : entries) {
      const [physical] = physicalNames(
        [name],
        columns.map((column) => column.physical),
      ) as [string];
      columns.push({ name, physical, kind, type, multiValue: spec.rows.some((row) => Array.isArray(row[name])) });
    }
  }
  const segment = spec.segment ?? 'day';
  const rows = relation(spec.rows, columns);
  return {
    dataSource: spec.dataSource ?? 'test',
    columns: new Map(columns.map((column) => [column.name, column])),
    parts: [rows],
    minute: undefined,
    segments: segmentsOf(rows, sql`date_trunc(${segment}, __time)`),
    timesRepeat: false,
    segmentStart: (time) => sql`date_trunc(${segment}, ${time})`,
    segmentEnd: (start) => sql`(${start} + CAST(${`1 ${segment}`} AS INTERVAL))`,
    metricsSpec: spec.metricsSpec ?? [],
    rollup: true,
    queryGranularity: 'none',
    timestampSpec: { column: 'time', format: 'auto' },
  };
}

/** What the store's descriptions of segments would say. */
export const segmentsOf = (rows: Sql, segment: Sql): Sql =>
  sql`(SELECT ${segment} AS segment, min(__time) AS first, max(__time) AS last FROM ${rows} GROUP BY 1)`;

function relation(rows: readonly Row[], columns: readonly StoredColumn[]): Sql {
  const fields = (row: Row) => [
    sql`make_timestamp_ms(epoch_ms(CAST(${String(row.__time ?? '2000-01-01T00:00:00.000Z')} AS TIMESTAMPTZ))) AS __time`,
    ...columns.flatMap((column) => columnFields(column, row[column.name])),
  ];
  const none = sql`(SELECT ${join(fields({}))} WHERE false)`;
  return rows.length === 0
    ? none
    : sql`(${join(
        rows.map((row) => sql`SELECT ${join(fields(row))}`),
        ' UNION ALL ',
      )})`;
}

function columnFields({ physical, type, multiValue }: StoredColumn, value: unknown): Sql[] {
  const single = Array.isArray(value) ? null : (value ?? null);
  const written = single === null ? sql`NULL` : sql`${String(single)}`;
  const plain = sql`CAST(${written} AS ${sqlTypeOf(type)}) AS ${ident(physical)}`;
  if (!multiValue) return [plain];
  const values = Array.isArray(value) ? value : undefined;
  const list = values ? sql`[${join(values.map((element) => sql`${element as string | null}`))}]` : sql`NULL`;
  return [plain, sql`CAST(${list} AS VARCHAR[]) AS ${listColumn(physical)}`];
}

function sqlTypeOf(type: ColumnType): Sql {
  const known = sqlTypes[type];
  if (!known) throw new Error(`no engine type for ${type}`);
  return new Sql(known);
}

type Engine = Awaited<ReturnType<typeof temporaryEngine>>;

async function answerText(engine: Engine, tables: readonly TableView[], query: unknown): Promise<string> {
  const { plan } = planNativeQuery(query, {
    table: (name) => tables.find((table) => table.dataSource === name),
    nowMs: Date.UTC(2020, 0, 1),
  });
  let text = '';
  async function* read(statement: Sql) {
    const connection = await engine.connectToRead();
    try {
      yield* connection.stream(statement);
    } finally {
      await connection.close();
    }
  }
  const row = async (statement: Sql) => {
    let only: readonly unknown[] = [];
    for await (const { columns } of read(statement)) only = columns.map((column) => column[0]);
    return only;
  };
  const batches = plan.statement ? read(plan.statement) : noRows();
  for await (const piece of plan.shape(batches, { read, row })) text += piece;
  return text;
}

async function* noRows(): AsyncGenerator<RowBatch> {}

async function answer(engine: Engine, tables: readonly TableView[], query: unknown): Promise<unknown> {
  return JSON.parse(await answerText(engine, tables, query));
}

/** A table of events whose columns have the types of their values: text and lists STRING, whole numbers LONG, others DOUBLE. */
export function eventTable(events: readonly Row[]): TableView {
  const names = [...new Set(events.flatMap((event) => Object.keys(event)))].filter((name) => name !== '__time');
  const dimensions = names.map((name): [string, ColumnType] => {
    const numbers = events.map((event) => event[name]).filter((value) => typeof value === 'number');
    return [name, numbers.length === 0 ? 'STRING' : numbers.every(Number.isInteger) ? 'LONG' : 'DOUBLE'];
  });
  return tableOf({ dimensions: Object.fromEntries(dimensions), rows: events });
}

/** `ask(query)` over some tables, in an engine for one test file. */
export function queryHarness(...tables: readonly TableView[]) {
  let engine: Engine;
  before(async () => {
    engine = await temporaryEngine();
  });
  after(() => engine[Symbol.asyncDispose]());
  return {
    ask: (query: Row) => answer(engine, tables, query),
    askText: (query: Row) => answerText(engine, tables, query),
  };
}
