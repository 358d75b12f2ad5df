/** https://druid.apache.org/docs/latest/querying/sql-metadata-tables#information-schema */
import { columnRows, columnsOfColumns } from './columns.ts';
import { type SystemTable, systemColumns } from './define.ts';
import { routines } from './routines.ts';
import { sys } from './sys.ts';

const catalog = 'druid';

const schemata: SystemTable = {
  columns:
    systemColumns(`CATALOG_NAME SCHEMA_NAME SCHEMA_OWNER DEFAULT_CHARACTER_SET_CATALOG DEFAULT_CHARACTER_SET_SCHEMA
    DEFAULT_CHARACTER_SET_NAME SQL_PATH`),
  rows: () =>
    ['druid', 'INFORMATION_SCHEMA', 'lookup', 'sys', 'view'].map((name) => [
      catalog,
      name,
      null,
      null,
      null,
      null,
      null,
    ]),
};

const tables: SystemTable = {
  columns: systemColumns('TABLE_CATALOG TABLE_SCHEMA TABLE_NAME TABLE_TYPE IS_JOINABLE IS_BROADCAST'),
  rows: (facts) => [
    ...facts.names().map((name) => [catalog, 'druid', name, 'TABLE', 'NO', 'NO']),
    ...systemTables().map(([schema, name]) => [catalog, schema, name, 'SYSTEM_TABLE', 'NO', 'NO']),
    ...facts.lookupNames().map((name) => [catalog, 'lookup', name, 'TABLE', 'YES', 'YES']),
  ],
};

const columns: SystemTable = {
  columns: columnsOfColumns,
  rows: (facts) => columnRows(facts, systemTables()),
};

export const informationSchema: ReadonlyMap<string, SystemTable> = new Map(
  Object.entries({ COLUMNS: columns, ROUTINES: routines, SCHEMATA: schemata, TABLES: tables }),
);

/** Schema, name, table; in the order of the names. */
function systemTables(): readonly (readonly [string, string, SystemTable])[] {
  const schemas = { INFORMATION_SCHEMA: informationSchema, sys };
  return Object.entries(schemas).flatMap(([schema, all]) =>
    [...all].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, table]) => [schema, name, table] as const),
  );
}
