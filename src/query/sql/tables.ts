/** What FROM may name: the store's tables, and the tables that tell about them. Nothing else of the database is there. */
import { ident, join, type Sql, sql } from '../../sql.ts';
import { columnSql, type TableView } from '../../store/table.ts';
import type { SqlContext, SqlTables } from './context.ts';
import { type Column, type CompiledQuery, outputColumn } from './scope.ts';
import { type Expr, nativeType, type SqlType, sqlTypeOf } from './types.ts';

/** A dataSource's columns in Druid's order, `__time` first. */
function tableColumns(view: TableView): readonly Column[] {
  return [
    { name: '__time', expr: { sql: ident('__time'), type: 'TIMESTAMP' } },
    ...[...view.columns.values()].map((column): Column => {
      const type = sqlTypeOf(column.type);
      const expr: Expr = {
        sql: columnSql(column),
        type,
        multiValue: column.multiValue,
        ...(type === 'OTHER' ? { native: column.type } : {}),
      };
      return { name: column.name, expr };
    }),
  ];
}

/** Undefined where there is none of that name. The schema's name is case-sensitive for `druid`, not for INFORMATION_SCHEMA. */
export function tableOf(schema: string | undefined, name: string, { tables }: SqlContext): CompiledQuery | undefined {
  if (schema === undefined || schema === 'druid') {
    const view = tables.table(name);
    return view && selectAll(tableColumns(view), sql`FROM ${view.rows} AS r`);
  }
  if (schema.toUpperCase() !== 'INFORMATION_SCHEMA') return undefined;
  return informationSchema[name.toUpperCase()]?.(tables);
}

function selectAll(columns: readonly Column[], from: Sql): CompiledQuery {
  const list = join(columns.map(({ expr }, i) => sql`${expr.sql} AS ${outputColumn(i)}`));
  return {
    sql: sql`SELECT ${list} ${from}`,
    columns: columns.map(({ name, expr }, i) => ({ name, expr: { ...expr, sql: outputColumn(i) } })),
  };
}

/** https://druid.apache.org/docs/latest/querying/sql-metadata-tables#information-schema */
const informationSchema: Readonly<Record<string, (tables: SqlTables) => CompiledQuery>> = {
  SCHEMATA: () =>
    fixed(
      [
        'CATALOG_NAME',
        'SCHEMA_NAME',
        'SCHEMA_OWNER',
        'DEFAULT_CHARACTER_SET_CATALOG',
        'DEFAULT_CHARACTER_SET_SCHEMA',
      ].concat(['DEFAULT_CHARACTER_SET_NAME', 'SQL_PATH']),
      ['INFORMATION_SCHEMA', 'druid'].map((schema) => ['druid', schema, null, null, null, null, null]),
    ),
  TABLES: (tables) =>
    fixed(
      ['TABLE_CATALOG', 'TABLE_SCHEMA', 'TABLE_NAME', 'TABLE_TYPE', 'IS_JOINABLE', 'IS_BROADCAST'],
      [
        ...Object.keys(informationSchema)
          .sort()
          .map((name) => ['druid', 'INFORMATION_SCHEMA', name, 'SYSTEM_TABLE', 'NO', 'NO']),
        ...tables.names().map((name) => ['druid', 'druid', name, 'TABLE', 'NO', 'NO']),
      ],
    ),
  COLUMNS: (tables) =>
    fixed(
      [
        'TABLE_CATALOG',
        'TABLE_SCHEMA',
        'TABLE_NAME',
        'COLUMN_NAME',
        'ORDINAL_POSITION',
        'COLUMN_DEFAULT',
        'IS_NULLABLE',
      ].concat(
        [
          'DATA_TYPE',
          'CHARACTER_MAXIMUM_LENGTH',
          'CHARACTER_OCTET_LENGTH',
          'NUMERIC_PRECISION',
          'NUMERIC_PRECISION_RADIX',
        ],
        ['NUMERIC_SCALE', 'DATETIME_PRECISION', 'CHARACTER_SET_NAME', 'COLLATION_NAME', 'JDBC_TYPE'],
      ),
      tables.names().flatMap((name) => columnRows(name, tables.table(name) as TableView)),
    ),
};

/** java.sql.Types */
const jdbcTypes: Partial<Record<SqlType, number>> = {
  VARCHAR: 12,
  BIGINT: -5,
  DOUBLE: 8,
  FLOAT: 6,
  TIMESTAMP: 93,
  OTHER: 1111,
};

type Row = readonly (string | number | null)[];

function columnRows(table: string, view: TableView): Row[] {
  return tableColumns(view).map(({ name, expr }, i): Row => {
    const numeric = { BIGINT: 19, DOUBLE: 15, FLOAT: 15 }[expr.type as string] ?? null;
    const [isNumeric, isText, isTime] = [numeric !== null, expr.type === 'VARCHAR', expr.type === 'TIMESTAMP'];
    return [
      ...['druid', 'druid', table, name, i + 1, '', isTime ? 'NO' : 'YES'],
      expr.type === 'OTHER' ? nativeType(expr) : expr.type,
      ...[null, null, numeric, isNumeric ? 10 : null, isNumeric ? (expr.type === 'BIGINT' ? 0 : null) : null],
      ...[isTime ? 3 : null, isText ? 'UTF-16LE' : null, isText ? 'UTF-16LE$en_US$primary' : null],
      jdbcTypes[expr.type] ?? null,
    ];
  });
}

const wholeNumbers = new Set(
  `ORDINAL_POSITION CHARACTER_MAXIMUM_LENGTH CHARACTER_OCTET_LENGTH NUMERIC_PRECISION NUMERIC_PRECISION_RADIX NUMERIC_SCALE
  DATETIME_PRECISION JDBC_TYPE`.split(/\s+/),
);

/** Rows that are known while the query is planned. */
function fixed(names: readonly string[], rows: readonly Row[]): CompiledQuery {
  const columns = names.map((name, i): Column => {
    const expr: Expr = { sql: outputColumn(i), type: wholeNumbers.has(name) ? 'BIGINT' : 'VARCHAR' };
    return { name, expr };
  });
  const typed = (row: Row) =>
    join(
      row.map((value, i) => sql`CAST(${value} AS ${columns[i]?.expr.type === 'BIGINT' ? sql`BIGINT` : sql`VARCHAR`})`),
    );
  const none = sql`SELECT ${typed(names.map(() => null))} WHERE false`;
  const all = rows.length === 0 ? none : sql`VALUES ${join(rows.map((row) => sql`(${typed(row)})`))}`;
  const list = join(names.map((_, i) => outputColumn(i)));
  return { sql: sql`SELECT * FROM (${all}) AS v(${list})`, columns };
}
