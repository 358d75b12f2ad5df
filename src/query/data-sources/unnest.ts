import { z } from 'zod';
import { compileFilter, specOf, type Value } from '../../catalog/index.ts';
import { ident, type Sql, sql } from '../../sql.ts';
import { physicalNames, rowsOf, type StoredColumn, type TableView } from '../../store/table.ts';
import { tableScope } from '../source.ts';
import { type DataSourceType, dataSourceSchema, type QueriedData, within } from './define.ts';
import { filteredView } from './view.ts';

export default {
  type: 'unnest',
  summary:
    "A data source's rows, each as often as a virtual column has values in it, with one of them beside the row's columns. An empty array leaves the row out; a dimension without a value is one null.",
  see: 'https://druid.apache.org/docs/latest/querying/datasource#unnest',
  schema: z
    .object({
      type: z.literal('unnest'),
      base: dataSourceSchema,
      virtualColumn: specOf('virtualColumn'),
      unnestFilter: specOf('filter').nullish(),
    })
    .transform(
      ({ base, virtualColumn: { entry, spec }, unnestFilter }): QueriedData => ({
        name: base.name,
        view: (context, asker) => {
          const table = within(['base'], () => base.view(context, asker));
          const all = unnestedView(table, entry.outputName(spec), entry.compile(spec, tableScope(table, context)));
          if (!unnestFilter) return all;
          const condition = compileFilter(unnestFilter, tableScope(all, context));
          return filteredView(all, condition);
        },
      }),
    ),
} satisfies DataSourceType;

/** A column of the same name is hidden. */
function unnestedView(table: TableView, name: string, value: Value): TableView {
  const taken = [...table.columns.values()].map(({ physical }) => physical);
  const [physical] = physicalNames(['unnested'], taken) as [string];
  const { list, type } = elementsOf(value);
  const column: StoredColumn = { name, physical, kind: 'dimension', type, multiValue: false };
  return {
    ...table,
    columns: new Map([...table.columns, [name, column]]),
    parts: [sql`(SELECT *, unnest(${list}) AS ${ident(physical)} FROM ${rowsOf(table)} AS t)`],
  };
}

function elementsOf({ sql: value, type, multiValue }: Value): { readonly list: Sql; readonly type: Value['type'] } {
  if (multiValue) return { list: value, type };
  const element = /^ARRAY<(.*)>$/.exec(type)?.[1] as Value['type'] | undefined;
  return element ? { list: value, type: element } : { list: sql`[${value}]`, type };
}
