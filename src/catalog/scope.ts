/** Typed SQL, and what an expression may refer to. */
import type { Sql } from '../sql.ts';

/** Druid's type signatures. https://druid.apache.org/docs/latest/querying/sql-data-types */
export type ColumnType = 'STRING' | 'LONG' | 'FLOAT' | 'DOUBLE' | `ARRAY<${string}>` | `COMPLEX<${string}>`;

/** A typed SQL expression. */
export interface Value {
  /** VARCHAR for STRING (VARCHAR[] if `multiValue`), BIGINT, FLOAT, DOUBLE, JSON for COMPLEX<json>; else the state's type. */
  readonly sql: Sql;
  readonly type: ColumnType;
  /** A STRING column of which some row holds several values: the SQL is a VARCHAR[], never NULL, `[NULL]` where empty. */
  readonly multiValue?: boolean;
  /** The list of some row may be empty, as it has no value that passes; it is not the `[NULL]` that a row without values has. */
  readonly mayBeEmpty?: boolean;
  /** Of a STRING that is text of values of several types: the values themselves, as JSON. */
  readonly json?: Sql;
  /** There is no such column; it reads as null. */
  readonly missing?: boolean;
  /** Of a list that is made of another one: how. */
  readonly made?: MadeList;
}

/** A list whose elements are made one by one of another list's, under a name. */
export interface MadeList {
  /** What it is when it is made. Where a value's SQL is another one, this says nothing about it. */
  readonly sql: Sql;
  readonly list: Sql;
  readonly name: Sql;
  readonly body: Sql;
}

/** Where registered lookups are found: at query time. */
export interface LookupScope {
  /** The relation that `lookedUp` asks; undefined where no lookup has that name. */
  readonly lookup?: ((name: string) => Sql | undefined) | undefined;
}

/** What an expression may refer to: the columns of a table at query time, the fields of an event at ingestion. */
export interface Scope extends LookupScope {
  /** The row's time, a TIMESTAMP in UTC. */
  readonly time: Sql;
  /** A column by its logical name, case-sensitive; `__time` is a LONG of milliseconds; an unknown name is a NULL STRING. */
  column(name: string): Value;
  /** At ingestion of JSON: the field as the engine's JSON, for expressions, which go by each value's own type. */
  field?(name: string): EventField | undefined;
}

export interface EventField {
  readonly json: Sql;
  /** False when no row of the batch has a list. */
  readonly mayHoldList: boolean;
}
