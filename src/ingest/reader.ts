/**
 * Lines → fields. Each way of reading yields one row for each line that is not blank, in order, with one column for each
 * wanted field; a line that cannot be read yields a row of NULLs, which the plan then finds to have no timestamp.
 */
import { memberPointer } from '../catalog/json-path.ts';
import type { FlattenField, InputFormat, ValueFormat } from '../spec/data-source.ts';
import { isKafkaColumn, recordValue } from '../spec/kafka-format.ts';
import { ident, join, literal, type Sql, sql } from '../sql.ts';
import type { ColumnFiles } from './batch.ts';

export interface ReaderField {
  /** The field's name in the event. */
  readonly name: string;
  readonly as: Sql;
  /** VARCHAR (arrays and objects as JSON text), or the engine's JSON; of columns also BIGINT and TIMESTAMP. */
  readonly want: 'text' | 'json' | 'long' | 'time';
}

export interface ReadOptions {
  /** Whether a `"` may occur. Not knowing is true. */
  readonly hasQuotes: boolean;
  readonly longestEventBytes: number;
}

/** A relation in parentheses, for FROM. */
export function readLines(
  input: InputFormat,
  files: readonly string[],
  fields: readonly ReaderField[],
  options: ReadOptions,
): Sql {
  switch (input.type) {
    case 'json':
      return readJson(input, files, fields, options.longestEventBytes);
    case 'delimited':
    case 'regex':
      return readText(input, files, fields, options);
  }
}

/** What was read into columns already, these fields in this order. */
export function readColumns({ paths }: ColumnFiles, fields: readonly ReaderField[]): Sql {
  const outputs = fields.map(({ as }, index) => sql`${ident(`c${index}`)} AS ${as}`);
  return sql`(SELECT ${join(outputs)} FROM ${parquetRows(paths)})`;
}

/** A relation: the files' columns, c0, c1, … */
export const parquetRows = (paths: readonly string[]): Sql => sql`read_parquet(${list(paths)})`;

/** Columns of lines of text, or of records that hold a text; an empty value is null. */
function readText(
  input: TextFormat & InputFormat,
  files: readonly string[],
  fields: readonly ReaderField[],
  { hasQuotes, longestEventBytes }: ReadOptions,
): Sql {
  const { kafka, columns } = input;
  const ofRecord = kafka ? fields.filter(({ name }) => !columns.includes(name)) : [];
  const outputs = fields.map((field) => {
    if (ofRecord.includes(field)) return field.as;
    const index = columns.indexOf(field.name);
    const text = index < 0 ? sql`NULL::VARCHAR` : sql`nullif(fields[${index + 1}], '')`;
    return sql`${field.want === 'json' ? sql`to_json(${text})` : text} AS ${field.as}`;
  });
  const line: ReaderField = { name: recordValue, as: sql`line`, want: 'text' };
  const source = kafka
    ? readJson({ type: 'json', rootFields: true, flatten: [], kafka }, files, [line, ...ofRecord], longestEventBytes)
    : rawLines(files);
  return sql`(SELECT ${join(outputs)} FROM (SELECT *, ${valuesOf(input, sql`line`, hasQuotes)} AS fields FROM ${source}))`;
}

type TextFormat = Exclude<ValueFormat, { readonly type: 'json' }>;

/** The values of a text's columns as a VARCHAR[]; NULL where it is not of the format. */
function valuesOf(format: TextFormat, text: Sql, hasQuotes: boolean): Sql {
  if (format.type === 'regex') return groupsOf(format.pattern, format.columns.length, text);
  const { delimiter, quote } = format;
  return quote !== undefined && hasQuotes
    ? splitQuoted(delimiter, quote, text)
    : sql`string_split(${text}, ${delimiter})`;
}

/** A relation with a column `line`: the lines that are not blank, in order, without their line breaks. */
export function rawLines(files: readonly string[]): Sql {
  return sql`(SELECT rtrim(line, chr(13)) AS line FROM (SELECT unnest(string_split(content, chr(10))) AS line FROM read_text(${list(files)})) WHERE trim(line, ${' \t\r'}) <> '')`;
}

/** A relation with a column `json`: one value a line that is not blank, NULL where the line is no JSON. */
function jsonObjects(files: readonly string[], longestEventBytes: number): Sql {
  return sql`read_ndjson_objects(${list(files)}, ignore_errors = true, maximum_object_size = ${objectSize(longestEventBytes)})`;
}

/**
 * A relation with a column `fields`: for each line that is not blank its top-level fields, as a MAP from name to value, as text or as
 * JSON; NULL where the line is no JSON object. The reader takes them apart as it goes; functions over whole objects as JSON parse
 * each of them anew, for which there is no room where events are long. Values as JSON cost more than as text, too.
 */
export function eventFields(files: readonly string[], longestEventBytes: number, want: 'text' | 'json'): Sql {
  const type = want === 'json' ? 'MAP(VARCHAR, JSON)' : 'MAP(VARCHAR, VARCHAR)';
  return sql`read_json(${list(files)}, format = 'newline_delimited', records = false, ignore_errors = true, maximum_object_size = ${objectSize(longestEventBytes)}, columns = {fields: ${type}})`;
}

/** The engine reads a field by its name, or the field that a flattenSpec's path begins in. */
interface JsonColumn {
  readonly root: string;
  /** JSON whenever a path leads into it. */
  json: boolean;
}

function readJson(
  input: InputFormat & { type: 'json' },
  files: readonly string[],
  fields: readonly ReaderField[],
  longestEventBytes: number,
): Sql {
  const flattened = new Map(input.flatten.map((field) => [field.name, field]));
  const sources = fields.map((field) => ({ field, flatten: flattenOf(input, flattened, field.name) }));
  const roots = new Map<string, JsonColumn>();
  for (const { field, flatten } of sources) {
    if (!flatten) continue;
    const column = roots.get(flatten.root) ?? { root: flatten.root, json: false };
    column.json ||= field.want === 'json' || flatten.path !== undefined;
    roots.set(flatten.root, column);
  }
  const names = [...roots.keys()];
  // The engine's reader does not tell names apart that differ in letter case only, and needs one column at least.
  const apart = new Set(names.map((name) => name.toLowerCase())).size === names.length && names.length > 0;
  const columnSql = apart
    ? ({ root, json }: JsonColumn) => ({ sql: ident(root), json })
    : ({ root }: JsonColumn) => ({ sql: sql`json_extract(json, ${memberPointer(root)})`, json: true });
  const outputs = sources.map(({ field, flatten }) => {
    const column = flatten && roots.get(flatten.root);
    if (!column) return sql`NULL::VARCHAR AS ${field.as}`;
    const value = columnSql(column);
    if (field.name !== input.kafka?.key?.name) return sql`${fieldSql(field, flatten.path, value)} AS ${field.as}`;
    const key = firstColumn(input.kafka.key.format, fieldSql({ ...field, want: 'text' }, flatten.path, value));
    return sql`${field.want === 'json' ? sql`to_json(${key})` : key} AS ${field.as}`;
  });
  if (!apart) return sql`(SELECT ${join(outputs)} FROM ${jsonObjects(files, longestEventBytes)})`;
  const columns = join([...roots.values()].map(({ root, json }) => sql`${ident(root)}: ${json ? 'JSON' : 'VARCHAR'}`));
  // `records`: else a single column would be taken for the value itself.
  const source = sql`read_json(${list(files)}, format = 'newline_delimited', records = true, ignore_errors = true, maximum_object_size = ${objectSize(longestEventBytes)}, columns = {${columns}})`;
  return sql`(SELECT ${join(outputs)} FROM ${source})`;
}

function flattenOf(input: InputFormat & { type: 'json' }, flattened: ReadonlyMap<string, FlattenField>, name: string) {
  const field = flattened.get(name);
  if (field) return { root: field.root, path: field.path };
  const isAtRoot = input.rootFields || (input.kafka !== undefined && isKafkaColumn(input.kafka, name));
  return isAtRoot ? { root: name, path: undefined } : undefined;
}

/** Of a record's key; NULL where it is not of the format. */
function firstColumn(format: ValueFormat, key: Sql): Sql {
  if (format.type !== 'json') return sql`nullif((${valuesOf(format, key, true)})[1], '')`;
  const name = sql`replace(replace(json_keys(${key})[1], '~', '~0'), '/', '~1')`;
  return sql`CASE WHEN json_valid(${key}) THEN json_extract_string(${key}, '/' || ${name}) END`;
}

function fieldSql(field: ReaderField, path: string | undefined, value: { sql: Sql; json: boolean }): Sql {
  if (!value.json) return value.sql;
  const json = path === undefined ? value.sql : sql`json_extract(${value.sql}, ${path})`;
  return field.want === 'json' ? json : sql`json_extract_string(${json}, '$')`;
}

/** Values between delimiters, some of them in quotes, with a doubled quote for one; NULL where a quote is not closed. */
function splitQuoted(delimiter: string, quote: string, text: Sql): Sql {
  const [d, q] = [RegExp.escape(delimiter), RegExp.escape(quote)];
  const pattern = `${d}(?:${q}(?:[^${q}]|${q}${q})*${q}|[^${d}${q}]*)`;
  const padded = sql`(${delimiter} || ${text})`;
  const parts = sql`regexp_extract_all(${padded}, ${pattern})`;
  const value = sql`substring(part, ${delimiter.length + 1})`;
  const unquoted = sql`CASE WHEN starts_with(${value}, ${quote}) THEN replace(substring(${value}, 2, length(${value}) - 2), ${quote + quote}, ${quote}) ELSE ${value} END`;
  const whole = sql`array_to_string(${parts}, '') = ${padded}`;
  return sql`CASE WHEN NOT contains(${text}, ${quote}) THEN string_split(${text}, ${delimiter}) WHEN ${whole} THEN list_transform(${parts}, lambda part: ${unquoted}) END`;
}

/** The pattern's groups, which must match the whole line. */
function groupsOf(pattern: string, count: number, text: Sql): Sql {
  const whole = `^(?:${pattern})$`;
  const groups = Array.from({ length: count }, (_, index) => sql`regexp_extract(${text}, ${whole}, ${index + 1})`);
  return sql`CASE WHEN regexp_matches(${text}, ${whole}) THEN [${join(groups)}] END`;
}

const list = (files: readonly string[]): Sql => sql`[${join(files.map((file) => literal(file)))}]`;

/** The engine's buffers are twice this: not less than its own minimum, nor more than a body needs. */
const objectSize = (longestEventBytes: number): number => Math.max(1024 * 1024, longestEventBytes);
