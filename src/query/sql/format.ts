/** Rows in Druid's result formats. Every one ends with a line feed, the line formats and csv with one more. */
import { doubleText } from '../../catalog/numbers.ts';
import { toLocal } from '../../catalog/zone.ts';
import { type Sql, sql } from '../../sql.ts';
import type { RowBatch } from '../define.ts';
import {
  arrayPrinter,
  columnOf,
  type Column as Encoded,
  encodeLong,
  encodeString,
  instantColumn,
  objectPrinter,
  type PrintRow,
} from '../encode.ts';
import type { ResultFormat } from './request.ts';
import type { Column } from './scope.ts';
import { catalogValue, type Expr, isArray, nativeType, sqlTypeName } from './types.ts';

export interface Headers {
  readonly names: boolean;
  readonly types: boolean;
  readonly sqlTypes: boolean;
}

export const contentTypes: Readonly<Record<ResultFormat, string>> = {
  object: 'application/json',
  array: 'application/json',
  objectLines: 'text/plain',
  arrayLines: 'text/plain',
  csv: 'text/csv',
};

export interface Printing {
  readonly zone: string;
  /** Arrays as the text of their JSON. */
  readonly stringifyArrays: boolean;
}

/** How a column is read from the engine and printed. Lists are JSON text, but one value alone stands plain. */
export function encodedColumn({ name, expr }: Column, { zone, stringifyArrays }: Printing): Encoded {
  if (expr.multiValue) return columnOf(name, { sql: plainList(expr.sql), type: 'STRING' });
  if (isArray(expr)) {
    return stringifyArrays
      ? columnOf(name, { sql: arrayText(expr), type: 'STRING' })
      : columnOf(name, catalogValue(expr));
  }
  if (expr.type === 'TIMESTAMP' || expr.type === 'DATE') return instantColumn(name, expr.sql, zone);
  // What is computed of floats is a double to the engine.
  if (expr.type === 'FLOAT') return columnOf(name, { sql: sql`CAST(${expr.sql} AS FLOAT)`, type: 'FLOAT' });
  if (expr.type === 'BOOLEAN') return { name, sql: expr.sql, encode: String };
  const column = columnOf(name, catalogValue(expr));
  return expr.type === 'OTHER' ? { ...column, encode: encodeString } : column;
}

/** The same in the values of clients that have types: milliseconds and days since 1970, on the zone's clock. */
export function typedColumn(column: Column, printing: Printing): Encoded {
  const { zone } = printing;
  const { name, expr } = column;
  if (isArray(expr)) return columnOf(name, catalogValue(expr));
  // What has no type of SQL's is the text of its JSON.
  if (expr.type === 'OTHER') return { ...columnOf(name, catalogValue(expr)), encode: encodeString };
  if (expr.type !== 'TIMESTAMP' && expr.type !== 'DATE') return encodedColumn(column, printing);
  const ms = sql`epoch_ms(${toLocal(zone, expr.sql)})`;
  return { name, sql: expr.type === 'DATE' ? sql`(${ms} // 86400000)` : ms, encode: encodeLong };
}

/** JSON, with doubles as Java writes them. */
function arrayText({ sql: list, type }: Expr): Sql {
  if (type !== 'DOUBLE ARRAY') return sql`CAST(to_json(${list}) AS VARCHAR)`;
  const texts = sql`list_transform(${list}, lambda e: CASE WHEN isfinite(e) THEN ${doubleText(sql`e`)} ELSE coalesce('"' || ${doubleText(sql`e`)} || '"', 'null') END)`;
  return sql`CASE WHEN ${list} IS NOT NULL THEN '[' || coalesce(array_to_string(${texts}, ','), '') || ']' END`;
}

const plainList = (list: Sql): Sql =>
  sql`CASE WHEN len(${list}) = 1 THEN ${list}[1] ELSE CAST(to_json(${list}) AS VARCHAR) END`;

export interface PrintOptions {
  readonly format: ResultFormat;
  readonly headers: Headers;
  /** The columns as they are read from the engine. */
  readonly encoded: readonly Encoded[];
}

/** The text in pieces, a piece for each batch. */
export async function* printRows(
  batches: AsyncIterable<RowBatch>,
  columns: readonly Column[],
  options: PrintOptions,
): AsyncGenerator<string> {
  const { format, encoded } = options;
  const lines = format !== 'object' && format !== 'array';
  const print = printers[format](encoded);
  const head = headerRows(columns, options.headers, format);
  let separator = lines ? '' : '[';
  const join = (texts: readonly string[]) => {
    let piece = '';
    for (const text of texts) {
      piece += lines ? `${text}\n` : separator + text;
      if (!lines) separator = ',';
    }
    return piece;
  };
  if (head.length > 0) yield join(head);
  for await (const batch of batches) {
    yield join(Array.from({ length: batch.rowCount }, (_, row) => print(batch, row)));
  }
  yield lines ? '\n' : `${separator === '[' ? '[' : ''}]\n`;
}

const printers: Readonly<Record<ResultFormat, (columns: readonly Encoded[]) => PrintRow>> = {
  object: (columns) => objectPrinter(columns),
  objectLines: (columns) => objectPrinter(columns),
  array: (columns) => arrayPrinter(columns),
  arrayLines: (columns) => arrayPrinter(columns),
  csv: (columns) => (batch, row) =>
    columns.map(({ encode }, i) => csvField(encode((batch.columns[i] as readonly unknown[])[row]))).join(','),
};

/** JSON → a field of csv. Null is empty, and so is ''. */
function csvField(json: string): string {
  if (json === 'null') return '';
  const text = json.startsWith('"') ? String(JSON.parse(json)) : json;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function headerRows(columns: readonly Column[], { names, types, sqlTypes }: Headers, format: ResultFormat): string[] {
  if (!names) return [];
  const native = columns.map(({ expr }) => nativeType(expr));
  const sqlNames = columns.map(({ expr }) => sqlTypeName(expr));
  if (format === 'object' || format === 'objectLines') {
    const member = ({ name }: Column, i: number) => {
      const told = { ...(types ? { type: native[i] } : {}), ...(sqlTypes ? { sqlType: sqlNames[i] } : {}) };
      return `${JSON.stringify(name)}:${types || sqlTypes ? JSON.stringify(told) : 'null'}`;
    };
    return [`{${columns.map(member).join(',')}}`];
  }
  const rows = [columns.map(({ name }) => name), ...(types ? [native] : []), ...(sqlTypes ? [sqlNames] : [])];
  return rows.map((row) =>
    format === 'csv' ? row.map((text) => csvField(JSON.stringify(text))).join(',') : JSON.stringify(row),
  );
}
