/** The contract of a query type: native JSON → plan. One file each in `native/`. */
import type { z } from 'zod';
import type { LookupScope } from '../catalog/index.ts';
import type { Interval } from '../catalog/time.ts';
import type { JsonPath } from '../catalog/validate.ts';
import type { Sql } from '../sql.ts';
import type { TableView } from '../store/table.ts';

export interface QueryType<S = unknown> {
  readonly type: string;
  readonly summary: string;
  readonly see: string;
  readonly schema: z.ZodType<S>;
  plan(query: S, context: PlanContext): Plan;
  /** The answer's rows, for a query around it. Absent where such a query is not supported. */
  view?(query: S, context: PlanContext, asker: Asker | undefined): TableView;
}

/** The query around a data source. */
export interface Asker {
  readonly queryType: string;
  readonly intervals: readonly Interval[];
}

/** Query types are kept without their query's own type; only what passed `schema` goes to `plan`. */
export const defineQueryType = <S>(type: QueryType<S>): QueryType => type as unknown as QueryType;

export interface PlanContext extends LookupScope {
  /** Undefined for an unknown dataSource: native queries answer as for an empty one. */
  table(dataSource: string): TableView | undefined;
  readonly nowMs: number;
}

/**
 * Characters of the SQL that a query compiles to. A list of 100,000 values fits; what puts extraction functions into each other
 * without end does not.
 */
export const maxStatementLength = 4 * 1024 * 1024;

export interface Plan {
  /** One SELECT whose rows come in the order of the answer; undefined when the answer needs no rows. */
  readonly statement: Sql | undefined;
  /** Of the statement, where it is known. */
  readonly mostRows?: number | undefined;
  /**
   * Rows → the answer's JSON text in pieces: compact, no white space between values. What else has to be known the reader gives, by
   * statements of their own; the rows begin to be read when the first batch is asked for.
   */
  shape(batches: AsyncIterable<RowBatch>, reader: Reader): AsyncIterable<string>;
}

/** One more SELECT. */
export interface Reader {
  read(statement: Sql, mostRows?: number): AsyncIterable<RowBatch>;
  /** Of a statement that gives one row. */
  row(statement: Sql): Promise<readonly unknown[]>;
}

/** What is wrong with a query and shows only while it is planned; the caller knows the line and column of the path. */
export class QueryMistake extends Error {
  readonly path: JsonPath;
  constructor(path: JsonPath, message: string) {
    super(message);
    this.path = path;
  }
}

/**
 * Some rows by column, in the order of the statement's SELECT list. Values as the store gives them: string, boolean, number,
 * bigint for a BIGINT that is no exact number, null; the plan casts everything else (TIMESTAMP to BIGINT milliseconds by epoch_ms, lists and JSON to VARCHAR JSON text).
 */
export interface RowBatch {
  readonly rowCount: number;
  readonly columns: readonly (readonly unknown[])[];
}
