/**
 * The ingestion plan: a batch of lines → judged events → rows. One SQL pipeline, compiled from the definition:
 *
 *     lines ─ reader ─► fields (text or JSON) ─► parsed (time, lists) ─► transforms ─► judged (why not kept) ─► folded rows
 *
 * Events are never touched one by one; what is not kept is found by counting.
 */

import { compileExpression } from '../catalog/expression/index.ts';
import { aggregator, compileFilter, compileGranularity, type Scope, type Value } from '../catalog/index.ts';
import { asText, toDouble, toFloat, toLong } from '../catalog/numbers.ts';
import { isArrayType, outputValue } from '../catalog/output-type.ts';
import type { DataSource, Dimension } from '../spec/data-source.ts';
import { ident, join, type Sql, sql } from '../sql.ts';
import { listColumn, type TableColumn } from '../store/table.ts';
import type { Batch, Clock } from './batch.ts';
import { Conversions } from './conversions.ts';
import { Fields, listSyntax } from './fields.ts';
import { judge } from './judge.ts';
import { numbersOf } from './metric-numbers.ts';
import { placeOf } from './place.ts';
import { type ReaderField, readColumns, readLines } from './reader.ts';
import { segmentBuckets } from './table.ts';
import { commonTimestampSql, timestampSql } from './timestamp.ts';

/**
 * `common`: the short plan that reads the timestamps nearly all events have; what it does not keep, or does not count, the `whole`
 * one may. `columns`: the common one of a batch that was read into columns, times and numbers by their types.
 */
export type Reach = 'columns' | 'common' | 'whole';

export interface PlanOptions {
  readonly reach: Reach;
  /** Whether events with fields that do not become their columns' numbers are told apart. */
  readonly fieldErrors: boolean;
}

export interface IngestPlan {
  /**
   * SELECT of rows ready for the table, with `__rows` (events in each; in the common plan only those without field errors), and in the
   * whole one `__errors` (those with some). Columns by physical name, lists beside. With rollup, rows without a `__time` are not kept.
   */
  readonly rows: Sql;
  /** SELECT of one row an event, in order: n from 1, __time, __reason (NULL if kept), __stamp (the timestamp's text), __errors (of fields, in words; NULL if none). */
  readonly judged: Sql;
  /** SELECT of one row an event, in order: __reason as in `judged`, __key: a hash of the time and the dimensions of its row. A null in it counts for nothing, so that it is the same with list columns and without. */
  readonly keyed: Sql;
  /** Whether `rows` of the whole plan has `__errors`: some field may fail to become its column's number. */
  readonly countsErrors: boolean;
  /** What it reads of an event. */
  readonly fields: readonly ReaderField[];
  /** Physical names of the columns that `rows` yields after `__time`, without lists and `__rows`. */
  readonly columns: readonly TableColumn[];
  /** Of those, the STRING dimensions for which `rows` yields a list column too. */
  readonly listColumns: readonly TableColumn[];
}

export function ingestPlan(
  dataSource: DataSource,
  columns: readonly TableColumn[],
  batch: Batch,
  clock: Clock,
  { reach, fieldErrors }: PlanOptions,
): IngestPlan {
  const conversions = fieldErrors ? new Conversions() : undefined;
  const fields = new Fields(listSyntax(dataSource, batch), columns);
  const transformed = new Map<string, Value>();
  const scope: Scope = {
    time: sql`__ts`,
    column: (name) => {
      if (name === '__time') return { sql: sql`epoch_ms(__ts)`, type: 'LONG' };
      return transformed.get(name) ?? fields.value(name);
    },
    field: (name) => {
      if (dataSource.input.type !== 'json' || name === '__time' || transformed.has(name)) return undefined;
      return { json: fields.json(name), mayHoldList: batch.mayHoldLists };
    },
  };
  // A transform sees the event's fields only, not other transforms.
  const transforms = dataSource.transforms.map(({ name, expression }, index) => {
    const value = transformValue(compileExpression(expression, scope));
    return { name, alias: ident(`x${index}`), value };
  });
  const isTyped = reach === 'columns';
  const stamp = isTyped ? sql`NULL::VARCHAR` : fields.text(dataSource.timestamp.column);
  for (const { name, alias, value } of transforms) transformed.set(name, { ...value, sql: alias });
  const passes = dataSource.filter && compileFilter(dataSource.filter, scope);
  const numbers = (name: string): Value =>
    name === '__time' || transformed.has(name) ? scope.column(name) : { sql: fields.typed(name, 'long'), type: 'LONG' };
  const selection = selectColumns(dataSource, columns, { fields, scope, conversions, ...(isTyped && { numbers }) });
  const common = reach === 'common' ? commonTimestampSql(dataSource.timestamp, stamp) : undefined;
  const time = isTyped
    ? fields.typed(dataSource.timestamp.column, 'time')
    : (common ?? timestampSql(dataSource.timestamp, stamp));
  const wanted = fields.wanted();
  const source = batch.columns
    ? readColumns(batch.columns, wanted)
    : readLines(dataSource.input, batch.files, wanted, {
        hasQuotes: batch.hasQuotes,
        longestEventBytes: batch.longestEventBytes,
      });
  const parsed = sql`SELECT *, ${time} AS __ts FROM ${source}`;
  const withTransforms = transforms.length === 0 ? parsed : transformedRows(parsed, transforms);
  const reason = judge(dataSource, clock, passes);
  const reasoned = sql`SELECT *, ${reason.sql} AS __reason FROM (${reason.prepare(withTransforms)})`;
  const pipeline = conversions?.project(reasoned) ?? reasoned;
  const errors = conversions?.failed
    ? sql`CASE WHEN ${conversions.failed} THEN ${conversions.messages} END`
    : sql`NULL`;
  const keys = [sql`${rowTime(dataSource)} AS __time`, ...selection.keys];
  return {
    rows: foldedRows(pipeline, keys, selection.outputs, {
      rollup: dataSource.rollup,
      judged: !dataSource.rollup || dataSource.window.policy !== 'none' || passes !== undefined,
      counts: counts(conversions?.failed, reach),
    }),
    judged: sql`SELECT row_number() OVER () AS n, __ts AS __time, __reason, ${stamp} AS __stamp, ${errors} AS __errors FROM (${pipeline})`,
    keyed: sql`SELECT __reason, hash(key) AS __key FROM (SELECT __reason, ${join(keys)} FROM (${pipeline})) key`,
    countsErrors: conversions?.failed !== undefined,
    fields: wanted,
    columns: selection.columns,
    listColumns: selection.listColumns,
  };
}

interface Selection {
  /** What rows are grouped by, after the time. */
  readonly keys: readonly Sql[];
  /** Folded metrics. */
  readonly outputs: readonly Sql[];
  readonly columns: readonly TableColumn[];
  readonly listColumns: readonly TableColumn[];
}

interface Inputs {
  readonly fields: Fields;
  readonly scope: Scope;
  readonly conversions: Conversions | undefined;
  /** Fields that nothing but numbers are made of, where they come as such. */
  readonly numbers?: (name: string) => Value;
}

function selectColumns(
  dataSource: DataSource,
  columns: readonly TableColumn[],
  { fields, scope, conversions, numbers }: Inputs,
): Selection {
  const handling = new Map(dataSource.dimensions.map((dimension) => [dimension.name, dimension.multiValueHandling]));
  const places = new Map(dataSource.dimensions.flatMap(({ name, dims }) => (dims ? [[name, dims] as const] : [])));
  const metrics = new Map(dataSource.metrics.map((checked) => [checked.spec.name, checked]));
  const selection = {
    keys: [] as Sql[],
    outputs: [] as Sql[],
    columns: [] as TableColumn[],
    listColumns: [] as TableColumn[],
  };
  for (const column of columns) {
    const name = ident(column.physical);
    if (column.kind === 'metric') {
      const metric = metrics.get(column.name);
      // A metric that the definition has dropped stays in the table, empty from now on.
      if (!metric) continue;
      const input = numbersOf(metric, column, { scope, conversions, ...(numbers && { numbers }) });
      selection.outputs.push(sql`${aggregator(metric).fold({ scope: input })} AS ${name}`);
    } else if (column.type === 'COMPLEX<json>') selection.keys.push(sql`${fields.json(column.name)} AS ${name}`);
    else if (isArrayType(column.type)) {
      const { sql: list } = outputValue(column.type, { sql: fields.json(column.name), type: 'COMPLEX<json>' });
      selection.keys.push(sql`${list} AS ${name}`);
    } else {
      const dims = places.get(column.name);
      const plain = column.type === 'STRING' || !numbers ? scope.column : numbers;
      const value = dims ? placeOf(column.name, dims, scope) : plain(column.name);
      if (column.type === 'STRING' && value.multiValue) {
        const { single, list } = splitList(value.sql, handling.get(column.name) ?? 'sorted_array');
        selection.listColumns.push(column);
        selection.keys.push(sql`${single} AS ${name}`, sql`${list} AS ${listColumn(column.physical)}`);
      } else {
        const key = dimensionValue(column, firstOf(value));
        const number = column.type === 'STRING' ? key : (conversions?.add(column.name, value, column.type, key) ?? key);
        selection.keys.push(sql`${number} AS ${name}`);
      }
    }
    selection.columns.push(column);
  }
  return selection;
}

/** A dimension that is no STRING holds the first of several values. */
function firstOf(value: Value): Value {
  return value.multiValue ? { sql: sql`(${value.sql})[1]`, type: 'STRING' } : value;
}

/** The event's time at the queryGranularity. Druid gives rows of `all` the start of their segment. */
function rowTime(dataSource: DataSource): Sql {
  const query = compileGranularity(dataSource.queryGranularity);
  if (query.extent !== 'all') return query.floor(sql`__ts`);
  return sql`CASE WHEN __ts IS NOT NULL THEN ${segmentBuckets(dataSource).floor(sql`__ts`)} END`;
}

/** An array becomes a multi-value dimension. */
function transformValue(value: Value): Value {
  if (!value.type.startsWith('ARRAY')) return value;
  return { sql: sql`coalesce(nullif(CAST(${value.sql} AS VARCHAR[]), []), [NULL])`, type: 'STRING', multiValue: true };
}

interface TransformColumn {
  readonly name: string;
  readonly alias: Sql;
  readonly value: Value;
}

/** A transform of the name `__time` replaces the event's time. */
function transformedRows(parsed: Sql, transforms: readonly TransformColumn[]): Sql {
  const time = transforms.findLast(({ name }) => name === '__time');
  const replaced = time ? sql` REPLACE (TRY(make_timestamp_ms(${toLong(time.value)})) AS __ts)` : sql``;
  const columns = join(transforms.map(({ alias, value }) => sql`${value.sql} AS ${alias}`));
  return sql`SELECT *${replaced}, ${columns} FROM (${parsed})`;
}

/**
 * Rolled up, rows are groups of equal time and dimensions; else each event is a group of its own, if there are metrics to fold.
 * `judged`: whether more than the lack of a time keeps an event out; a condition would have the time computed twice.
 */
function foldedRows(
  pipeline: Sql,
  keys: readonly Sql[],
  outputs: readonly Sql[],
  { rollup, judged, counts }: { rollup: boolean; judged: boolean; counts: Counts },
): Sql {
  const conditions = [
    ...(judged ? [sql`__reason IS NULL`] : []),
    // Rows of one event each are counted by the insertion.
    ...(!rollup && counts.only ? [counts.only] : []),
  ];
  const kept = conditions.length > 0 ? sql` WHERE ${join(conditions, ' AND ')}` : sql``;
  if (!rollup && outputs.length === 0)
    return sql`SELECT ${join([...keys, ...counts.ofEach])} FROM (${pipeline})${kept}`;
  const source = rollup ? pipeline : sql`SELECT *, row_number() OVER () AS __n FROM (${pipeline})`;
  const groups = [...keys.map((_, index) => sql`${index + 1}`), ...(rollup ? [] : [sql`__n`])];
  return sql`SELECT ${join([...keys, ...outputs, ...counts.ofGroups])} FROM (${source})${kept} GROUP BY ${join(groups)}`;
}

/** Columns that count events: those of a group, or of a row that is one event. */
interface Counts {
  readonly ofGroups: readonly Sql[];
  readonly ofEach: readonly Sql[];
  /** Which events have a row of their own at all. */
  readonly only?: Sql;
}

function counts(failed: Sql | undefined, reach: Reach): Counts {
  const each = sql`1::BIGINT AS __rows`;
  if (failed === undefined) return { ofGroups: [sql`count(*) AS __rows`], ofEach: [each] };
  const sound = sql`NOT ${failed}`;
  if (reach !== 'whole')
    return { ofGroups: [sql`count(*) FILTER (WHERE ${sound}) AS __rows`], ofEach: [each], only: sound };
  return {
    ofGroups: [sql`count(*) AS __rows`, sql`count(*) FILTER (WHERE ${failed}) AS __errors`],
    ofEach: [each, sql`CAST(${failed} AS BIGINT) AS __errors`],
  };
}

function dimensionValue(column: TableColumn, value: Value): Sql {
  switch (column.type) {
    case 'LONG':
      // JSON's true and false are 1 and 0 in a LONG dimension.
      return sql`coalesce(${toLong(value)}, CASE ${asText(value).sql} WHEN 'true' THEN 1 WHEN 'false' THEN 0 END)`;
    case 'FLOAT':
      return toFloat(value);
    case 'DOUBLE':
      return toDouble(value);
    default:
      return asText(value).sql;
  }
}

/** A list of one value is that value, an empty one is null; longer ones go to the list column. */
function splitList(list: Sql, handling: Dimension['multiValueHandling']): { single: Sql; list: Sql } {
  const ordered = {
    array: list,
    sorted_array: sql`list_sort(${list}, 'ASC', 'NULLS FIRST')`,
    sorted_set: sql`list_sort(list_distinct(${list}), 'ASC', 'NULLS FIRST')`,
  }[handling];
  return {
    single: sql`CASE WHEN len(${list}) = 1 THEN ${list}[1] END`,
    list: sql`CASE WHEN len(${list}) > 1 THEN ${ordered} END`,
  };
}
