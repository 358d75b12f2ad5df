/** Rows that no table holds, seen as a table. */
import type { Value } from '../../catalog/index.ts';
import { eternity, timestampLiteral } from '../../catalog/time.ts';
import { ident, join, type Sql, sql } from '../../sql.ts';
import { listColumn, rowsOf, type StoredColumn, type TableView } from '../../store/table.ts';

export interface DerivedColumn {
  readonly name: string;
  readonly kind: StoredColumn['kind'];
  readonly value: Value;
}

export interface DerivedRows {
  readonly name: string;
  readonly columns: readonly DerivedColumn[];
  /** A TIMESTAMP. */
  readonly time: Sql;
  /** The rows have no time of their own. */
  readonly isTimeless?: boolean;
  /** `FROM …`, in terms of which the columns and the time are written. */
  readonly from: Sql;
}

/** The time of rows that have none. */
export const epoch: Sql = timestampLiteral(0);

const noSegment = sql`NULL::TIMESTAMP`;

/** Where nothing tells in what segments rows lie: in one, which holds all of time, so that every bucket of an interval is filled. */
const anySegments = {
  segments: sql`(SELECT ${noSegment} AS segment, ${timestampLiteral(eternity.start)} AS first, ${timestampLiteral(eternity.end)} AS last)`,
  minute: undefined,
  timesRepeat: false,
  segmentStart: () => noSegment,
  segmentEnd: () => noSegment,
  metricsSpec: [],
  rollup: false,
  queryGranularity: null,
  timestampSpec: null,
};

export function derivedView({ name, columns, time, isTimeless = false, from }: DerivedRows): TableView {
  const stored = columns.map(({ name, kind, value }, i): StoredColumn => {
    return { name, physical: `c${i}`, kind, type: value.type, multiValue: value.multiValue ?? false };
  });
  const fields = columns.flatMap(({ value }, i) => columnFields((stored[i] as StoredColumn).physical, value));
  return {
    ...anySegments,
    dataSource: name,
    isTimeless,
    columns: new Map(stored.map((column) => [column.name, column])),
    parts: [sql`(SELECT ${join([sql`${time} AS __time`, ...fields])} ${from})`],
  };
}

/** As the store keeps a column: a multi-value one has its lists in a column beside it. */
export function columnFields(physical: string, value: Value): Sql[] {
  if (!value.multiValue) return [sql`${value.sql} AS ${ident(physical)}`];
  return [sql`NULL::VARCHAR AS ${ident(physical)}`, sql`${value.sql} AS ${listColumn(physical)}`];
}

const noRows = sql`(SELECT NULL::TIMESTAMP AS __time WHERE false)`;

/** An unknown dataSource answers as one without rows. */
export const emptyView = (dataSource: string): TableView => ({
  ...anySegments,
  dataSource,
  columns: new Map(),
  parts: [noRows],
  segments: sql`(SELECT NULL::TIMESTAMP AS segment, NULL::TIMESTAMP AS first, NULL::TIMESTAMP AS last WHERE false)`,
});

export const isEmptyView = ({ parts }: TableView): boolean => parts[0] === noRows;

/** The rows that pass a condition. */
export const filteredView = (table: TableView, condition: Sql): TableView => ({
  ...table,
  parts: [sql`(SELECT * FROM ${rowsOf(table)} AS t WHERE ${condition})`],
});
