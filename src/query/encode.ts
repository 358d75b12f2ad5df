/** Values as Druid prints them in JSON, column by column. */
import type { Value } from '../catalog/index.ts';
import { doubleJson } from '../catalog/numbers.ts';
import { type Sql, sql } from '../sql.ts';
import type { RowBatch } from './define.ts';
import { instantEncoder } from './instant-encoder.ts';

export type Encode = (value: unknown) => string;

/** A column of an answer: where its values come from and how they are printed. */
export interface Column {
  readonly name: string;
  readonly sql: Sql;
  readonly encode: Encode;
}

export function columnOf(name: string, value: Value): Column {
  if (value.multiValue) return { name, sql: listJson(value), encode: encodeJson };
  switch (value.type) {
    case 'STRING':
      return { name, sql: value.sql, encode: encodeString };
    case 'LONG':
      return { name, sql: value.sql, encode: encodeLong };
    case 'DOUBLE':
      return { name, sql: value.sql, encode: encodeDouble };
    case 'FLOAT':
      return { name, sql: value.sql, encode: encodeFloat };
    case 'ARRAY<DOUBLE>':
      return { name, sql: doublesJson(value.sql), encode: encodeJson };
    default:
      return {
        name,
        sql: sql`CAST(to_json(${isPair(value) ? pair(value) : value.sql}) AS VARCHAR)`,
        encode: encodeJson,
      };
  }
}

/** What an aggregator or post-aggregator made: of whole floats Druid prints all digits where it combined them of several segments. */
export function measureColumn(name: string, value: Value): Column {
  if (value.type !== 'FLOAT') return columnOf(name, value);
  return {
    name,
    sql: value.sql,
    encode: (float) => (Number.isInteger(float) ? encodeDouble(float) : encodeFloat(float)),
  };
}

/** The states of first and last aggregators: Druid calls the time `lhs` and the value `rhs`. */
const isPair = ({ type }: Value) => type.startsWith('COMPLEX<serializablePair');
const pair = ({ sql: state }: Value) =>
  sql`CASE WHEN ${state} IS NOT NULL THEN struct_pack(lhs := (${state}).t, rhs := (${state}).v) END`;

/** A multi-value dimension's row: a list, but one value alone stands plain, and none is null. */
function listJson({ sql: list, mayBeEmpty }: Value): Sql {
  const none = mayBeEmpty ? sql`WHEN len(${list}) = 0 THEN NULL ` : sql``;
  return sql`CAST(CASE ${none}WHEN len(${list}) = 1 THEN to_json(${list}[1]) ELSE to_json(${list}) END AS VARCHAR)`;
}

const doublesJson = (list: Sql): Sql =>
  sql`CAST(to_json(list_transform(${list}, lambda v: ${doubleJson(sql`v`)})) AS VARCHAR)`;

/** A TIMESTAMP as ISO 8601 with milliseconds, on a zone's clock. */
export function instantColumn(name: string, time: Sql, timeZone: string): Column {
  return { name, sql: sql`epoch_ms(${time})`, encode: instantEncoder(timeZone) };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what JSON escapes
const escaped = /["\\\u0000-\u001f]/;

export const encodeString: Encode = (value) => {
  if (value === null) return 'null';
  const text = value as string;
  return escaped.test(text) ? JSON.stringify(text) : `"${text}"`;
};

/** A bigint or number with all its digits. */
export const encodeLong: Encode = (value) => String(value);

const encodeDouble: Encode = (value) => (value === null ? 'null' : doubleText(value as number));

/** A float has fewer digits than the double that holds it: 0.1, not 0.10000000149011612. */
const encodeFloat: Encode = (value) => (value === null ? 'null' : doubleText(javaFloat(value as number)));

/** The double that has the digits which Java prints of a float. */
function javaFloat(float: number): number {
  if (!Number.isFinite(float)) return float;
  const size = Math.abs(float);
  if (Number.isInteger(float) && size < 2 ** 63) {
    // So many of a whole number's last digits are beyond what a float's 24 bits tell apart; Java rounds them away.
    const spare = Math.floor((Math.floor(Math.log2(size)) - 25) * Math.log10(2));
    return spare > 0 ? Number(float.toPrecision(size.toFixed(0).length - spare)) : float;
  }
  for (let decimals = 5; decimals < 8; decimals++) {
    const shorter = Number(float.toExponential(decimals));
    if (Math.fround(shorter) !== float) continue;
    // In the middle of two: Java takes the even one.
    const longer = float.toExponential(decimals + 1);
    return /[02468]5e/.test(longer) && Number(longer) === float ? Number(longer.replace('5e', 'e')) : shorter;
  }
  return Number(float.toExponential(8));
}

/** Already JSON. */
const encodeJson: Encode = (value) => (value === null ? 'null' : (value as string));

/** As Java prints a double: whole ones with `.0`, and what JSON has no number for as text. */
function doubleText(value: number): string {
  if (!Number.isFinite(value)) return `"${value}"`;
  if (Object.is(value, -0)) return '-0.0';
  const text = String(value);
  return Number.isInteger(value) && !text.includes('e') ? `${text}.0` : text;
}

/** Prints one row of a batch. */
export type PrintRow = (batch: RowBatch, row: number) => string;

/** `{"name":value,…}` from the columns of a statement's SELECT list, of which the first has the index `first`. */
export function objectPrinter(columns: readonly Column[], first = 0): PrintRow {
  const labels = columns.map(({ name }, i) => `${i === 0 ? '{' : ','}${JSON.stringify(name)}:`);
  const encoders = columns.map(({ encode }) => encode);
  return (batch, row) => {
    let text = '';
    for (let i = 0; i < encoders.length; i++) {
      text += (labels[i] as string) + (encoders[i] as Encode)((batch.columns[first + i] as readonly unknown[])[row]);
    }
    return encoders.length === 0 ? '{}' : `${text}}`;
  };
}

/** `[value,…]`. */
export function arrayPrinter(columns: readonly Column[], first = 0): PrintRow {
  const encoders = columns.map(({ encode }) => encode);
  return (batch, row) => {
    let text = '[';
    for (let i = 0; i < encoders.length; i++) {
      text += (i === 0 ? '' : ',') + (encoders[i] as Encode)((batch.columns[first + i] as readonly unknown[])[row]);
    }
    return `${text}]`;
  };
}

/** A JSON array with an element for each row, a piece for each batch. */
export async function* printArray(batches: AsyncIterable<RowBatch>, print: PrintRow): AsyncGenerator<string> {
  let separator = '[';
  for await (const batch of batches) {
    let text = '';
    for (let row = 0; row < batch.rowCount; row++) {
      text += separator + print(batch, row);
      separator = ',';
    }
    if (text !== '') yield text;
  }
  yield separator === '[' ? '[]' : ']';
}

/** The answer of one bucket, whose start is given as JSON: an array of an object with an array in it. Without a bucket there are no rows, and the answer is empty. */
export async function* printBucket(
  start: string | undefined,
  batches: AsyncIterable<RowBatch>,
  print: PrintRow,
): AsyncGenerator<string> {
  let head = start === undefined ? '' : `[{"timestamp":${start},"result":`;
  for await (const piece of printArray(batches, print)) {
    yield head + piece;
    head = '';
  }
  if (start !== undefined) yield '}]';
}
