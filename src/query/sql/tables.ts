/** What FROM may name: the store's tables, and the tables that tell about them. Nothing else of the database is there. */
import { join, type Sql, sql } from '../../sql.ts';
import { rowsOf } from '../../store/table.ts';
import type { SqlContext } from './context.ts';
import { queryOf } from './metadata/define.ts';
import { systemTable, systemTableNames } from './metadata/index.ts';
import { type Column, type CompiledQuery, outputColumn } from './scope.ts';
import { lookupColumns, tableColumns } from './table-columns.ts';

/** The names of their tables, by schema. */
export const schemas: ReadonlyMap<string, (context: SqlContext) => readonly string[]> = new Map([
  ['druid', ({ system }: SqlContext) => system.names()],
  ['INFORMATION_SCHEMA', () => systemTableNames('INFORMATION_SCHEMA')],
  ['sys', () => systemTableNames('sys')],
  ['lookup', () => []],
  ['view', () => []],
]);

/** Undefined where there is none of that name. */
export function tableOf(schema: string | undefined, name: string, context: SqlContext): CompiledQuery | undefined {
  const { system, sources } = context;
  if (schema === undefined || schema === 'druid') {
    const view = system.table(name);
    if (view) sources.add(name);
    return view && selectAll(tableColumns(view), sql`FROM ${rowsOf(view)} AS r`);
  }
  if (schema === 'lookup') {
    const entries = system.lookup(name);
    return entries && selectAll(lookupColumns, sql`FROM ${entries} AS r`);
  }
  const table = systemTable(schema, name);
  return table && queryOf(table, system);
}

/** Beside the columns the minutes of a `__time`, which have no name. */
function selectAll(columns: readonly Column[], from: Sql): CompiledQuery {
  const list = columns.map(({ expr }, i) => sql`${expr.sql} AS ${outputColumn(i)}`);
  const shown = columns.map(({ name, expr: { minutes, ...expr } }, i): Column => {
    const value = outputColumn(i);
    if (!minutes) return { name, expr: { ...expr, sql: value } };
    const from = outputColumn(list.length);
    list.push(sql`${minutes.from} AS ${from}`);
    return { name, expr: { ...expr, sql: value, minutes: { from, value } } };
  });
  return { sql: sql`SELECT ${join(list)} ${from}`, columns: shown };
}
