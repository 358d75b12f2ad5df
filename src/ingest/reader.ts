/**
 * Lines → fields. Each way of reading yields one row for each line that is not blank, in order, with one column for each
 * wanted field; a line that cannot be read yields a row of NULLs, which the plan then finds to have no timestamp.
 */
import type { FlattenField, InputFormat } from '../spec/data-source.ts';
import { ident, join, literal, type Sql, sql } from '../sql.ts';

export interface ReaderField {
  /** The field's name in the event. */
  readonly name: string;
  readonly as: Sql;
  /** VARCHAR (arrays and objects as JSON text), or the engine's JSON. */
  readonly want: 'text' | 'json';
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
    case 'delimited': {
      const values =
        input.quote !== undefined && options.hasQuotes
          ? splitQuoted(input.delimiter, input.quote)
          : sql`string_split(line, ${input.delimiter})`;
      return pickColumns(input.columns, values, files, fields);
    }
    case 'regex':
      return pickColumns(input.columns, groupsOf(input.pattern, input.columns.length), files, fields);
  }
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
export function eventFields(files: readonly string[], longestEventBytes: number, want: ReaderField['want']): Sql {
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
    : ({ root }: JsonColumn) => ({ sql: sql`json_extract(json, ${memberPath(root)})`, json: true });
  const outputs = sources.map(({ field, flatten }) => {
    const column = flatten && roots.get(flatten.root);
    return sql`${column ? fieldSql(field, flatten.path, columnSql(column)) : sql`NULL::VARCHAR`} AS ${field.as}`;
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
  return input.rootFields ? { root: name, path: undefined } : undefined;
}

function fieldSql(field: ReaderField, path: string | undefined, value: { sql: Sql; json: boolean }): Sql {
  if (!value.json) return value.sql;
  const json = path === undefined ? value.sql : sql`json_extract(${value.sql}, ${path})`;
  return field.want === 'json' ? json : sql`json_extract_string(${json}, '$')`;
}

/** Columns of lines whose values `values` gives as a VARCHAR[]; an empty text is null. */
function pickColumns(
  columns: readonly string[],
  values: Sql,
  files: readonly string[],
  fields: readonly ReaderField[],
): Sql {
  const outputs = fields.map((field) => {
    const index = columns.indexOf(field.name);
    const text = index < 0 ? sql`NULL::VARCHAR` : sql`nullif(fields[${index + 1}], '')`;
    return sql`${field.want === 'json' ? sql`to_json(${text})` : text} AS ${field.as}`;
  });
  return sql`(SELECT ${join(outputs)} FROM (SELECT ${values} AS fields FROM ${rawLines(files)}))`;
}

/** Values between delimiters, some of them in quotes, with a doubled quote for one; NULL where a quote is not closed. */
function splitQuoted(delimiter: string, quote: string): Sql {
  const [d, q] = [delimiter, quote].map((text) => text.replaceAll(/[\\^$.*+?()[\]{}|-]/g, '\\$&')) as [string, string];
  const pattern = `${d}(?:${q}(?:[^${q}]|${q}${q})*${q}|[^${d}${q}]*)`;
  const padded = sql`(${delimiter} || line)`;
  const parts = sql`regexp_extract_all(${padded}, ${pattern})`;
  const value = sql`substring(part, ${delimiter.length + 1})`;
  const unquoted = sql`CASE WHEN starts_with(${value}, ${quote}) THEN replace(substring(${value}, 2, length(${value}) - 2), ${quote + quote}, ${quote}) ELSE ${value} END`;
  const whole = sql`array_to_string(${parts}, '') = ${padded}`;
  return sql`CASE WHEN NOT contains(line, ${quote}) THEN string_split(line, ${delimiter}) WHEN ${whole} THEN list_transform(${parts}, lambda part: ${unquoted}) END`;
}

/** The pattern's groups, which must match the whole line. */
function groupsOf(pattern: string, count: number): Sql {
  const whole = `^(?:${pattern})$`;
  const groups = Array.from({ length: count }, (_, index) => sql`regexp_extract(line, ${whole}, ${index + 1})`);
  return sql`CASE WHEN regexp_matches(line, ${whole}) THEN [${join(groups)}] END`;
}

const list = (files: readonly string[]): Sql => sql`[${join(files.map((file) => literal(file)))}]`;

/** JSON Pointer of a top-level member, whatever its name: the engine's JSONPath has no way to write an empty one. */
const memberPath = (name: string): string => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;

/** The engine's buffers are twice this: not less than its own minimum, nor more than a body needs. */
const objectSize = (longestEventBytes: number): number => Math.max(1024 * 1024, longestEventBytes);
