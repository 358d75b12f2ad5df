/** INFORMATION_SCHEMA.COLUMNS. https://druid.apache.org/docs/latest/querying/sql-metadata-tables#columns-table */
import type { TableView } from '../../../store/table.ts';
import { lookupColumns, tableColumns } from '../table-columns.ts';
import { isArray, nativeType, type SqlType } from '../types.ts';
import { type Row, type SystemColumn, type SystemTable, systemColumns } from './define.ts';
import type { SystemFacts } from './facts.ts';

export const columnsOfColumns: readonly SystemColumn[] =
  systemColumns(`TABLE_CATALOG TABLE_SCHEMA TABLE_NAME COLUMN_NAME
  ORDINAL_POSITION# COLUMN_DEFAULT IS_NULLABLE DATA_TYPE CHARACTER_MAXIMUM_LENGTH? CHARACTER_OCTET_LENGTH? NUMERIC_PRECISION#?
  NUMERIC_PRECISION_RADIX#? NUMERIC_SCALE#? DATETIME_PRECISION#? CHARACTER_SET_NAME? COLLATION_NAME? JDBC_TYPE#`);

/** java.sql.Types */
const jdbcTypes: Partial<Record<SqlType, number>> = {
  VARCHAR: 12,
  BIGINT: -5,
  DOUBLE: 8,
  FLOAT: 6,
  TIMESTAMP: 93,
  OTHER: 1111,
  'VARCHAR ARRAY': 2003,
  'BIGINT ARRAY': 2003,
  'DOUBLE ARRAY': 2003,
};

/** Digits, and digits behind the point: Calcite's word for «not specified». */
const precisions: Partial<Record<SqlType, readonly [number, number]>> = {
  BIGINT: [19, 0],
  DOUBLE: [15, -2147483648],
  FLOAT: [15, -2147483648],
};

interface Described {
  readonly name: string;
  readonly type: SqlType;
  /** Where the type's own name does not say it. */
  readonly typeName?: string;
  readonly nullable: boolean;
}

export function columnRows(
  facts: SystemFacts,
  systemTables: readonly (readonly [schema: string, name: string, table: SystemTable])[],
): Row[] {
  return [
    ...facts.names().flatMap((name) => rowsOf('druid', name, stored(facts.table(name) as TableView))),
    ...facts.lookupNames().flatMap((name) => rowsOf('lookup', name, lookupTable)),
    ...systemTables.flatMap(([schema, name, { columns }]) => rowsOf(schema, name, columns)),
  ];
}

const lookupTable = lookupColumns.map(({ name, expr }): Described => ({ name, type: expr.type, nullable: true }));

const stored = (view: TableView): Described[] =>
  tableColumns(view).map(({ name, expr }) => ({
    name,
    type: expr.type,
    typeName: expr.type === 'OTHER' ? nativeType(expr) : isArray(expr) ? 'ARRAY' : expr.type,
    nullable: expr.type !== 'TIMESTAMP',
  }));

function rowsOf(schema: string, table: string, columns: readonly Described[]): Row[] {
  return columns.map(({ name, type, typeName = type, nullable }, i) => {
    const [precision = null, scale = null] = precisions[type] ?? [];
    const isText = type === 'VARCHAR';
    return [
      ...['druid', schema, table, name, i + 1, '', nullable ? 'YES' : 'NO', typeName],
      ...[null, null, precision, precision === null ? null : 10, scale, type === 'TIMESTAMP' ? 3 : null],
      ...(isText ? ['UTF-16LE', 'UTF-16LE$en_US$primary'] : [null, null]),
      jdbcTypes[type] ?? null,
    ];
  });
}
