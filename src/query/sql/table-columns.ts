/** A stored table's columns, typed. */
import { ident } from '../../sql.ts';
import { columnSql, type TableView } from '../../store/table.ts';
import type { Column } from './scope.ts';
import { type Expr, sqlTypeOf } from './types.ts';

/** In Druid's order: `__time`, the dimensions, the metrics by name. */
export function tableColumns(view: TableView): readonly Column[] {
  const stored = [...view.columns.values()];
  const metrics = stored.filter(({ kind }) => kind === 'metric').sort((a, b) => (a.name < b.name ? -1 : 1));
  return [
    { name: '__time', expr: timeOf(view) },
    ...[...stored.filter(({ kind }) => kind === 'dimension'), ...metrics].map((column): Column => {
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

function timeOf({ minute }: TableView): Expr {
  const time = ident('__time');
  return { sql: time, type: 'TIMESTAMP', ...(minute ? { minutes: { from: minute, value: time } } : {}) };
}

/** Of a lookup as a table. */
export const lookupColumns: readonly Column[] = ['k', 'v'].map((name) => ({
  name,
  expr: { sql: ident(name), type: 'VARCHAR' },
}));
