/** The contract of a table that tells about the others: its columns, and its rows as they are while a query is planned. */
import { join, type Sql, sql } from '../../../sql.ts';
import { type Column, type CompiledQuery, outputColumn } from '../scope.ts';
import type { SystemFacts } from './facts.ts';

export interface SystemColumn {
  readonly name: string;
  readonly type: 'VARCHAR' | 'BIGINT';
  /** `IS_NULLABLE` of INFORMATION_SCHEMA.COLUMNS. */
  readonly nullable: boolean;
}

export interface SystemTable {
  readonly columns: readonly SystemColumn[];
  /** Either the rows, or a SELECT of them whose output is named `c0`, `c1`, …. */
  rows(facts: SystemFacts): readonly Row[] | Sql;
}

export type Row = readonly (string | number | null)[];

/** Names, one after another; those that end in `#` hold whole numbers, those with a `?` may be null. */
export function systemColumns(text: string): readonly SystemColumn[] {
  return text
    .trim()
    .split(/\s+/)
    .map((word) => {
      const [, name = '', marks = ''] = /^(\w+)([#?]*)$/.exec(word) ?? [];
      return { name, type: marks.includes('#') ? 'BIGINT' : 'VARCHAR', nullable: marks.includes('?') };
    });
}

export function queryOf({ columns, rows }: SystemTable, facts: SystemFacts): CompiledQuery {
  const found = rows(facts);
  const from = Array.isArray(found) ? valuesOf(found as readonly Row[], columns.length) : (found as Sql);
  const list = join(
    columns.map(({ type }, i) => sql`CAST(${outputColumn(i)} AS ${type === 'BIGINT' ? sql`BIGINT` : sql`VARCHAR`})`),
  );
  const named = join(columns.map((_, i) => outputColumn(i)));
  return {
    sql: sql`SELECT * FROM (SELECT ${list} FROM (${from}) AS v(${named})) AS v(${named})`,
    columns: columns.map(({ name, type }, i): Column => ({ name, expr: { sql: outputColumn(i), type } })),
  };
}

/** As one JSON literal: a literal for each value would take the engine's planner long. */
function valuesOf(rows: readonly Row[], width: number): Sql {
  const list = sql`from_json(${JSON.stringify(rows)}, '[["VARCHAR"]]')`;
  const values = Array.from({ length: width }, (_, i) => sql`r[${i + 1}]`);
  return sql`SELECT ${join(values)} FROM (SELECT unnest(${list}) AS r)`;
}
