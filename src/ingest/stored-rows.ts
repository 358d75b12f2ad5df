/**
 * Rows as a Druid has stored them → rows of a table. A line is a row as its scan query lists it: a JSON array with the time in
 * milliseconds, and then what each column holds. Nothing is judged, converted by rules of events, or rolled up: metrics are states.
 * https://druid.apache.org/docs/latest/querying/scan-query
 */
import { type ColumnType, specOf } from '../catalog/index.ts';
import { isArrayType } from '../catalog/output-type.ts';
import { readQuantiles, readTheta } from '../catalog/sketches/data-sketches.ts';
import { ident, join, type Sql, sql } from '../sql.ts';
import { listColumn, type TableColumn } from '../store/table.ts';
import type { Batch } from './batch.ts';

/** Why rows of a Druid cannot fill a column of this type, in words; undefined where they can. */
export function whyNotStored(type: ColumnType): string | undefined {
  if (isArrayType(type) || type in cells) return undefined;
  return type === 'COMPLEX<hyperUnique>' || type === 'COMPLEX<HLLSketch>'
    ? 'a HyperLogLog does not hold the hashes that sketches are made of here'
    : 'how Druid writes it is not read here';
}

/** A relation in parentheses: `__time`, the columns by their physical names with lists beside, and `__rows`. */
export function storedRows(columns: readonly TableColumn[], batch: Batch, sample: number): Sql {
  // As text a list of a multi-value dimension would look like a text in brackets, and nested text like a number.
  const asJson = columns.some(({ multiValue, type }) => multiValue || type === 'COMPLEX<json>');
  const outputs = columns.flatMap((column, index) => valuesOf(column, cell(index + 2, asJson)));
  const longest = Math.max(1024 * 1024, batch.longestEventBytes);
  const files = join(batch.files.map((file) => sql`${file}`));
  const type = asJson ? 'JSON[]' : 'VARCHAR[]';
  const lines = sql`read_json([${files}], format = 'newline_delimited', records = false, maximum_object_size = ${longest}, columns = {cells: ${type}})`;
  const time = sql`make_timestamp_ms(CAST(${cell(1, asJson).text} AS BIGINT)) AS __time`;
  return sql`(SELECT ${join([time, ...outputs, sql`1 AS __rows`])} FROM ${lines}${sampled(sample)})`;
}

/** By what a row holds, so that the same rows are in the same sample, however they come. */
function sampled(sample: number): Sql {
  if (sample >= 1) return sql``;
  return sql` WHERE md5_number_lower(CAST(cells AS VARCHAR)) < ${BigInt(Math.round(sample * 2 ** 53)) << 11n}::UBIGINT`;
}

interface Cell {
  /** VARCHAR; arrays and objects as JSON. */
  readonly text: Sql;
  readonly json: Sql;
}

function cell(place: number, asJson: boolean): Cell {
  const value = sql`cells[${place}]`;
  return asJson ? { text: sql`(${value} ->> '$')`, json: value } : { text: value, json: sql`CAST(${value} AS JSON)` };
}

function valuesOf(column: TableColumn, { text, json }: Cell): readonly Sql[] {
  const name = ident(column.physical);
  if (column.multiValue) {
    const isList = sql`json_type(${json}) = 'ARRAY'`;
    const list = sql`CASE WHEN ${isList} THEN CAST(${json} AS VARCHAR[]) END`;
    return [sql`CASE WHEN NOT ${isList} THEN ${text} END AS ${name}`, sql`${list} AS ${listColumn(column.physical)}`];
  }
  if (isArrayType(column.type)) return [sql`CAST(${json} AS ${column.sqlType}) AS ${name}`];
  const read = cells[column.type] as Reader;
  return [sql`${read({ text, json }, column)} AS ${name}`];
}

type Reader = (cell: Cell, column: TableColumn) => Sql;

const cast: Reader = ({ text }, { sqlType }) => sql`CAST(${text} AS ${sqlType})`;

/** The state of first and last: a time, and the value at it. */
const pair: Reader = ({ json }, { sqlType }) =>
  sql`CASE WHEN json_type(${json}) = 'OBJECT' THEN CAST(struct_pack(t := CAST(${json} ->> 'lhs' AS BIGINT), v := ${json} ->> 'rhs') AS ${sqlType}) END`;

const cells: Readonly<Partial<Record<ColumnType, Reader>>> = {
  STRING: ({ text }) => text,
  LONG: cast,
  FLOAT: cast,
  DOUBLE: cast,
  'COMPLEX<json>': ({ json }) => json,
  'COMPLEX<serializablePairLongLong>': pair,
  'COMPLEX<serializablePairLongFloat>': pair,
  'COMPLEX<serializablePairLongDouble>': pair,
  'COMPLEX<serializablePairLongString>': pair,
  'COMPLEX<thetaSketch>': ({ text }) => readTheta(text),
  'COMPLEX<quantilesDoublesSketch>': ({ text }, { aggregator }) =>
    readQuantiles(text, specOf('aggregator').parse(aggregator).spec.k as number),
};
