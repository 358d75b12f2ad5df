import { z } from 'zod';
import type { ColumnType, Value } from '../../catalog/index.ts';
import { asText, toDouble } from '../../catalog/numbers.ts';
import { isNumber } from '../../catalog/ordering.ts';
import { join, type Sql, sql } from '../../sql.ts';
import { columnSql, engineWords, physicalNames, rowsOf, type StoredColumn, type TableView } from '../../store/table.ts';
import { type DataSourceType, dataSourceSchema, type QueriedData, within } from './define.ts';
import { columnFields, isEmptyView } from './view.ts';

export default {
  type: 'union',
  summary:
    'The rows of several data sources. A column that some of them lack is null in their rows; one that is of different types is a DOUBLE where all of them are numbers, and else text.',
  see: 'https://druid.apache.org/docs/latest/querying/datasource#union',
  schema: z
    .object({ type: z.literal('union'), dataSources: z.array(dataSourceSchema).min(1) })
    .transform(({ dataSources }): QueriedData => {
      const name = dataSources.map((one) => one.name).join(', ');
      return {
        name,
        view: (context) =>
          unionOf(
            name,
            dataSources.map((one, i) => within(['dataSources', i], () => one.view(context))),
          ),
      };
    }),
} satisfies DataSourceType;

function unionOf(dataSource: string, all: readonly TableView[]): TableView {
  // What is not there has no segments either, whose buckets would have to be told from those of the others.
  const tables = all.filter((table) => !isEmptyView(table));
  const [first = all[0] as TableView, ...others] = tables;
  if (others.length === 0) return { ...first, dataSource };
  const columns = sharedColumns(tables);
  const parts = tables.map((table) => {
    const fields = columns.flatMap((column) => columnFields(column.physical, valueIn(table, column)));
    return sql`(SELECT ${join([sql`__time`, ...fields])} FROM ${rowsOf(table)} AS t)`;
  });
  return {
    ...first,
    dataSource,
    columns: new Map(columns.map((column) => [column.name, column])),
    minute: undefined,
    parts: parts as [Sql, ...Sql[]],
    segments: sql`(${join(
      tables.map(({ segments }) => sql`SELECT segment, first, last FROM ${segments}`),
      ' UNION ALL ',
    )})`,
    timesRepeat: tables.every((table) => table.timesRepeat),
    segmentStart: (time) => earliest(tables.map((table) => table.segmentStart(time))),
    rollup: tables.every((table) => table.rollup),
  };
}

/** NULL is before all of time. */
function earliest(starts: readonly Sql[]): Sql {
  const different = [...new Map(starts.map((start) => [start.text, start])).values()];
  const [only, ...others] = different as [Sql, ...Sql[]];
  if (others.length === 0) return only;
  const anyNull = join(
    different.map((start) => sql`${start} IS NULL`),
    ' OR ',
  );
  return sql`CASE WHEN NOT (${anyNull}) THEN least(${join(different)}) END`;
}

/** In the order in which they first occur. */
function sharedColumns(tables: readonly TableView[]): readonly StoredColumn[] {
  const byName = Map.groupBy(
    tables.flatMap((table) => [...table.columns.values()]),
    ({ name }) => name,
  );
  const names = physicalNames([...byName.keys()], engineWords);
  return [...byName.values()].map((same, i) => ({
    ...(same[0] as StoredColumn),
    physical: names[i] as string,
    type: sharedType(same),
    multiValue: same.some((column) => column.multiValue),
  }));
}

function sharedType(columns: readonly StoredColumn[]): ColumnType {
  const [type, ...others] = [...new Set(columns.map((column) => column.type))] as [ColumnType, ...ColumnType[]];
  if (others.length === 0) return type;
  return [type, ...others].every((one) => isNumber({ sql: sql`NULL`, type: one })) ? 'DOUBLE' : 'STRING';
}

function valueIn(table: TableView, { name, type, multiValue }: StoredColumn): Value {
  const column = table.columns.get(name);
  const nothing = multiValue ? sql`[NULL]::VARCHAR[]` : type === 'STRING' ? sql`NULL::VARCHAR` : sql`NULL`;
  if (!column) return { sql: nothing, type, multiValue };
  const own: Value = { sql: columnSql(column), type: column.type, multiValue: column.multiValue };
  const converted = own.type === type ? own : type === 'DOUBLE' ? { sql: toDouble(own), type } : asText(own);
  return multiValue && !own.multiValue ? { sql: sql`[${converted.sql}]`, type, multiValue } : converted;
}
