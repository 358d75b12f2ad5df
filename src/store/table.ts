/** What the store tells of a dataSource's tables. */
import type { ColumnType } from '../catalog/index.ts';
import { ident, type Sql, sql } from '../sql.ts';

export interface StoredColumn {
  /** Logical name, case-sensitive. */
  readonly name: string;
  /** Name in the engine, whose names are not case-sensitive. */
  readonly physical: string;
  readonly kind: 'dimension' | 'metric';
  readonly type: ColumnType;
  /** A column beside it, {@link listColumn}, holds the rows with several values (NULL elsewhere; this one is NULL there). */
  readonly multiValue: boolean;
}

/** The VARCHAR[] column beside a multi-value dimension. */
export const listColumn = (physical: string): Sql => ident(`${physical}[]`);

/** A dataSource as a query sees it: live rows and segments as one relation. */
export interface TableView {
  readonly dataSource: string;
  /** By logical name, in the order of the schema; without `__time`, which every table has as a TIMESTAMP in UTC. */
  readonly columns: ReadonlyMap<string, StoredColumn>;
  /** `(SELECT … UNION ALL …)`: the rows under their physical names, `__time` among them. */
  readonly rows: Sql;
  /** The segment's bucket that a time falls into. */
  readonly segmentStart: (time: Sql) => Sql;
  readonly segmentEnd: (segmentStart: Sql) => Sql;
  /** The metric columns' aggregators, whether rows were rolled up, and the queryGranularity, as the definition has them in JSON. */
  readonly metricsSpec: readonly Readonly<Record<string, unknown>>[];
  readonly rollup: boolean;
  readonly queryGranularity: unknown;
  readonly timestampSpec: unknown;
}

/** A stored column as an SQL value: a list when the dimension may hold several values. */
export function columnSql(column: StoredColumn): Sql {
  const single = ident(column.physical);
  if (!column.multiValue) return single;
  return sql`coalesce(${listColumn(column.physical)}, [${single}])`;
}
