/** Which dimensions a batch brings that the table does not have, or not in this type. */
import { type ArrayType, arrayTypes } from '../catalog/output-type.ts';
import type { DataSource, Dimension, FoundType } from '../spec/data-source.ts';
import { join, type Sql, sql } from '../sql.ts';
import type { TableColumn } from '../store/table.ts';
import type { FoundDimension } from './table.ts';

/**
 * A dataSource gets no more columns than this by discovery; further fields are left out. A commit takes 256 KiB of the engine's
 * memory for each column, however few its rows are: with 600 columns one event alone would not fit.
 */
const maxDiscoveredDimensions = 300;

/** Distinct field names, or structures of fields, that are looked at in one batch. */
const maxSeen = 10_000;

type Rows = (statement: Sql) => Promise<readonly (readonly unknown[])[]>;

/** `events` are relations with a column `fields`, see {@link eventFields}. */
export async function discover(
  dataSource: DataSource,
  columns: readonly TableColumn[],
  events: (want: 'text' | 'json') => Sql,
  rows: Rows,
): Promise<FoundDimension[]> {
  const { automatic, wanted } = wantedDimensions(dataSource);
  const present = new Map(columns.map((column) => [column.name, column]));
  const seen =
    dataSource.discovery === 'strings' && automatic.size === 0
      ? await fieldNames(events, rows, (name) => wanted(name) && !present.has(name))
      : await fieldTypes(events('json'), rows);
  const found: FoundDimension[] = [];
  let room = maxDiscoveredDimensions - columns.length;
  // The engine sees them in any order; the same events make the same columns, in the order of the spec where it names them.
  const listed = dataSource.dimensions.map(({ name }) => name);
  const place = (name: string) => (listed.includes(name) ? listed.indexOf(name) : listed.length);
  for (const [name, seenType] of [...seen].sort(([a], [b]) => place(a) - place(b) || (a < b ? -1 : 1))) {
    const column = present.get(name);
    if (!wanted(name) || column?.kind === 'metric') continue;
    const type = dataSource.discovery === 'strings' && !automatic.has(name) ? 'string' : seenType;
    if (type === undefined) continue;
    if (!column && room-- > 0) found.push({ name, type });
    else if (column) {
      // A dimension of several values stays one.
      const wider = column.multiValue && isArray(type) ? 'string' : widerType(typeOf(column), type);
      if (wider !== typeOf(column)) found.push({ name, type: wider });
    }
  }
  return found;
}

/** Of columns that a spec or a header names: text has no types. */
export function namedDimensions(
  dataSource: DataSource,
  columns: readonly TableColumn[],
  names: readonly string[],
): FoundDimension[] {
  const { wanted } = wantedDimensions(dataSource);
  const present = new Set(columns.map(({ name }) => name));
  const room = Math.max(0, maxDiscoveredDimensions - columns.length);
  const found = names.filter((name) => name !== '' && wanted(name) && !present.has(name)).slice(0, room);
  return found.map((name) => ({ name, type: 'string' }));
}

/** The dimensions whose type is left to discovery, and whether a field becomes a dimension by it. */
function wantedDimensions({ dimensions, discovery, exclusions }: DataSource) {
  const isAutomatic = ({ type, castToType }: Dimension) => type === 'auto' && !castToType;
  const automatic = new Set(dimensions.filter(isAutomatic).map(({ name }) => name));
  const declared = new Set(dimensions.filter((dimension) => !isAutomatic(dimension)).map(({ name }) => name));
  const excluded = new Set(exclusions);
  const wanted = (name: string) =>
    automatic.has(name) || (discovery !== 'none' && !excluded.has(name) && !declared.has(name));
  return { automatic, wanted };
}

/** Of all fields. */
export async function namesSeen(events: Sql, rows: Rows): Promise<string[]> {
  const names = await rows(sql`SELECT DISTINCT unnest(map_keys(fields)) FROM ${events} LIMIT ${maxSeen}`);
  return names.map(([name]) => name as string);
}

/** Fields that hold a plain value or a list somewhere; nested objects become no string dimensions. Those that are known already are not looked into. */
async function fieldNames(
  events: (want: 'text' | 'json') => Sql,
  rows: Rows,
  isNew: (name: string) => boolean,
): Promise<Map<string, FoundType>> {
  const fresh = (await namesSeen(events('text'), rows)).filter(isNew);
  if (fresh.length === 0) return new Map();
  const plain = await rows(
    sql`SELECT DISTINCT name FROM ${singly(events('json'))} WHERE name IN (${join(fresh.map((name) => sql`${name}`))}) AND NOT starts_with(value, '{')`,
  );
  return new Map(plain.map(([name]) => [name as string, 'string']));
}

/** Undefined for a field that was null throughout. */
async function fieldTypes(events: Sql, rows: Rows): Promise<Map<string, FoundType | undefined>> {
  // What a string or an object holds does not matter, and it may be long.
  const structure = sql`CASE WHEN starts_with(value, '"') THEN '"VARCHAR"' WHEN starts_with(value, '{') THEN '{}' ELSE json_structure(value)::VARCHAR END`;
  const structures = await rows(sql`SELECT DISTINCT name, ${structure} FROM ${singly(events)} LIMIT ${maxSeen}`);
  const types = new Map<string, FoundType | undefined>();
  for (const [name, fieldStructure] of structures as readonly [string, string | null][]) {
    const type = fieldStructure === null ? undefined : dimensionType(JSON.parse(fieldStructure));
    const before = types.get(name);
    types.set(name, before && type ? widerType(before, type) : (type ?? before));
  }
  return types;
}

/** One row for each field of each event: `name`, and `value` as JSON text, NULL for null. */
const singly = (events: Sql): Sql =>
  sql`(SELECT unnest(map_keys(fields)) AS name, unnest(map_values(fields)) AS value FROM ${events})`;

/** The engine's description of a JSON value → the dimension type that Druid's discovery gives it. */
function dimensionType(structure: unknown): FoundType | undefined {
  if (typeof structure === 'string') {
    if (structure === 'DOUBLE') return 'double';
    // Druid keeps JSON's true and false as 1 and 0.
    if (['BIGINT', 'UBIGINT', 'BOOLEAN'].includes(structure)) return 'long';
    return structure === 'JSON' ? 'json' : 'string';
  }
  if (!Array.isArray(structure) || structure.length !== 1) return 'json';
  // A list without values fits all others; longs with and without a sign meet as HUGEINT.
  const element = ['NULL', 'HUGEINT'].includes(structure[0]) ? 'long' : dimensionType(structure[0]);
  return element === undefined || element === 'json' || isArray(element) ? 'json' : arrayOf(element);
}

const isArray = (type: FoundType): type is ArrayType => arrayTypes.some((array) => array === type);

function arrayOf(element: FoundType): ArrayType {
  if (element === 'long') return 'ARRAY<LONG>';
  return element === 'double' || element === 'float' ? 'ARRAY<DOUBLE>' : 'ARRAY<STRING>';
}

const elements = { 'ARRAY<STRING>': 'string', 'ARRAY<LONG>': 'long', 'ARRAY<DOUBLE>': 'double' } as const;

function widerType(a: FoundType, b: FoundType): FoundType {
  if (a === b) return a;
  if (a === 'json' || b === 'json') return 'json';
  if (isArray(a) || isArray(b)) return arrayOf(widerType(isArray(a) ? elements[a] : a, isArray(b) ? elements[b] : b));
  return a === 'string' || b === 'string' ? 'string' : 'double';
}

function typeOf({ type }: TableColumn): FoundType {
  const types: Record<string, FoundType> = { STRING: 'string', LONG: 'long', FLOAT: 'float', DOUBLE: 'double' };
  return types[type] ?? arrayTypes.find((array) => array === type) ?? 'json';
}
