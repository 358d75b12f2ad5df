/** What the store tells of a dataSource's tables. */
import type { Buckets, ColumnType } from '../catalog/index.ts';
import { ident, join, type Sql, sql } from '../sql.ts';

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

/** A column as the store keeps it. */
export interface TableColumn extends StoredColumn {
  /** The engine's type. */
  readonly sqlType: Sql;
  /** For a metric: an SQL aggregate that combines stored states. */
  readonly merge?: (state: Sql) => Sql;
  /** For a metric: the aggregator's JSON, from which `merge` is compiled. */
  readonly aggregator?: Readonly<Record<string, unknown>>;
}

/** What the store must know of a dataSource to keep, combine and show its rows. */
export interface TableDefinition {
  readonly dataSource: string;
  readonly columns: readonly TableColumn[];
  readonly rollup: boolean;
  readonly segments: Buckets;
  /** Kept with the table, opaque to the store: what the definition is compiled from when the folder is opened again. */
  readonly definition: Readonly<Record<string, unknown>>;
}

/** A dataSource as a query sees it: live rows and segments as one relation. */
export interface TableView {
  readonly dataSource: string;
  /** By logical name, in the order in which they are shown; without `__time`, which every table has as a TIMESTAMP in UTC. */
  readonly columns: ReadonlyMap<string, StoredColumn>;
  /** `(SELECT …)` each: relations of rows under their physical names, `__time` among them, that are the table together. */
  readonly parts: readonly [Sql, ...Sql[]];
  /** A BIGINT beside `__time`, where the rows have it: {@link minuteOf} it. */
  readonly minute: Sql | undefined;
  /**
   * `(SELECT segment, first, last …)`: for each segment its bucket's start (NULL where one holds all of time) and the times of its
   * first and last row. Cheap: of the segments in history it reads the description only.
   */
  readonly segments: Sql;
  /** Whether its rows have no time of their own: that of all is 1970. */
  readonly isTimeless?: boolean;
  /** Whether the query's intervals were applied already: rows without a time are there as well. */
  readonly isCut?: boolean;
  /** Whether rows share their times, as a queryGranularity makes them: grouping by the time itself then leaves few groups. */
  readonly timesRepeat: boolean;
  /** The segment's bucket that a time falls into. */
  readonly segmentStart: (time: Sql) => Sql;
  readonly segmentEnd: (segmentStart: Sql) => Sql;
  /** The metric columns' aggregators, whether rows were rolled up, and the queryGranularity, as the definition has them in JSON. */
  readonly metricsSpec: readonly Readonly<Record<string, unknown>>[];
  readonly rollup: boolean;
  readonly queryGranularity: unknown;
  readonly timestampSpec: unknown;
}

/** A column of history. No event's field has its name. */
export const minuteColumn: Sql = ident('__time#minute');

/** The whole minutes since 1970, negative before. Division alone would round towards 0. */
export const minuteOf = (time: Sql): Sql =>
  sql`((epoch_us(${time}) - CASE WHEN epoch_us(${time}) < 0 THEN 59999999 ELSE 0 END) // 60000000)`;

/** The parts as one relation. */
export function rowsOf({ parts }: TableView): Sql {
  return parts.length === 1 ? parts[0] : sql`(${join(parts, ' UNION ALL ')})`;
}

/** A stored column as an SQL value: a list when the dimension may hold several values. */
export function columnSql(column: StoredColumn): Sql {
  const single = ident(column.physical);
  if (!column.multiValue) return single;
  return sql`coalesce(${listColumn(column.physical)}, [${single}])`;
}

/** What the engine takes, inside of a subquery, for something of its own rather than for a column around it. */
export const engineWords: readonly string[] =
  `user current_user session_user current_role current_catalog current_schema current_date current_time current_timestamp localtime
  localtimestamp rowid`.split(/\s+/);

/** Physical names for new columns, different from each other and from those taken in any letter case. */
export function physicalNames(names: readonly string[], taken: Iterable<string>): string[] {
  const used = new Set([
    '__time',
    '__time#minute',
    '__rows',
    '__key',
    '__value',
    '__position',
    ...[...taken].map((name) => name.toLowerCase()),
  ]);
  return names.map((name) => {
    let physical = name;
    for (let n = 2; used.has(physical.toLowerCase()) || used.has(`${physical.toLowerCase()}[]`); n++)
      physical = `${name}#${n}`;
    used.add(physical.toLowerCase());
    return physical;
  });
}
