/** The rows that a query reads: a dataSource's table, cut to intervals and a filter. */

import { bind, madeOfSingles } from '../catalog/bound.ts';
import { type Checked, compileFilter, type LookupScope, type Scope, type Value } from '../catalog/index.ts';
import { neverEmpty } from '../catalog/multi-value.ts';
import { condenseIntervals, eternity, type Interval, withinIntervals } from '../catalog/time.ts';
import { invalidInput } from '../errors.ts';
import { and, ident, type Sql, sql } from '../sql.ts';
import { columnSql, rowsOf, type TableView } from '../store/table.ts';
import { type QueriedData, within } from './data-sources/define.ts';
import type { PlanContext } from './define.ts';
import { withVirtualColumns } from './virtual-columns.ts';

export interface Source {
  readonly table: TableView;
  /** Condensed: sorted, none touching another. */
  readonly intervals: readonly Interval[];
  /** Milliseconds at which the first interval starts. */
  readonly startMs: number;
  readonly scope: Scope;
  /** Names of the virtual columns, which the scope has beside the table's. */
  readonly virtualColumns: readonly string[];
  /** `FROM … WHERE …`: the intervals' rows that pass the filter. */
  readonly from: Sql;
  /** The same of each of the table's parts. */
  parts(): readonly Sql[];
}

export interface SourceSpec {
  /** Of the query that asks, which some data sources go by. */
  readonly queryType: string;
  readonly dataSource: QueriedData;
  readonly intervals: readonly Interval[];
  readonly filter?: Checked<'filter'> | null | undefined;
  readonly virtualColumns?: readonly Checked<'virtualColumn'>[];
}

/** Each costs the engine a look of its own at the table. */
const maxIntervals = 1000;

export const timeColumn: Sql = ident('__time');

export function sourceOf(spec: SourceSpec, context: PlanContext): Source {
  const table = within(['dataSource'], () => spec.dataSource.view(context, spec));
  const extended = withVirtualColumns(spec.virtualColumns ?? [], tableScope(table, context), table);
  const { scope, names } = extended;
  const intervals = condenseIntervals(spec.intervals);
  if (intervals.length > maxIntervals)
    throw invalidInput(`the query has ${intervals.length} separate intervals; expected at most ${maxIntervals}`);
  const conditions = table.isCut ? [] : [withinIntervals(timeColumn, intervals)];
  if (spec.filter) conditions.push(compileFilter(spec.filter, scope));
  const passing = (rows: Sql) => sql`FROM ${extended.around(rows)} AS t WHERE ${and(conditions)}`;
  return {
    table,
    intervals,
    startMs: (intervals[0] ?? spec.intervals[0] ?? eternity).start,
    scope,
    virtualColumns: names,
    from: passing(rowsOf(table)),
    parts: () => table.parts.map(passing),
  };
}

/** Columns by their logical names. */
export function tableScope(table: TableView, lookups: LookupScope): Scope {
  return {
    lookup: lookups.lookup,
    time: timeColumn,
    column: (name) => {
      if (name === '__time') return { sql: sql`epoch_ms(${timeColumn})`, type: 'LONG' };
      const column = table.columns.get(name);
      if (!column) return { sql: sql`NULL::VARCHAR`, type: 'STRING', missing: true };
      return { sql: columnSql(column), type: column.type, multiValue: column.multiValue };
    },
  };
}

/**
 * Rows with a value in place of a list: a row for each combination of the multi-value dimensions' values, as Druid groups them.
 * Where a list is empty, groupBy takes it for null; elsewhere the row is left out.
 */
export function unnested(
  source: Source,
  values: readonly Value[],
  whereEmpty: 'null' | 'left out' = 'left out',
): { from: Sql; values: readonly Value[] } {
  const taken = new Set([...source.table.columns.values()].map(({ physical }) => physical.toLowerCase()));
  let from = source.from;
  const singles = values.map((value, i): Value => {
    if (!value.multiValue) return value;
    const name = ident(freshName(`single${i}`, taken));
    const made = madeOfSingles(value);
    const all = made?.list ?? value.sql;
    const list = value.mayBeEmpty && whereEmpty === 'null' ? neverEmpty(all) : all;
    from = sql`FROM (SELECT *, unnest(${list}) AS ${name} ${from}) AS t`;
    return { sql: made ? bind(made.name, name, made.body) : name, type: value.type };
  });
  return { from, values: singles };
}

function freshName(name: string, taken: ReadonlySet<string>): string {
  return taken.has(name) ? freshName(`${name}_`, taken) : name;
}
