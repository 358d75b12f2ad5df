/**
 * Stored rows as events: the JSON fields that they are handed out with, and the dimensions and metrics by which a Druid takes them in again
 * as they are. Fields have the columns' physical names, as the engine's are not case-sensitive.
 */
import { specOf } from '../../catalog/index.ts';
import { combiningMetric } from '../../spec/combining.ts';
import { ident, join, type Sql, sql } from '../../sql.ts';
import { listColumn, type TableColumn, type TableDefinition } from '../../store/table.ts';

type Json = Readonly<Record<string, unknown>>;

export interface EventForm {
  /** A SELECT list over the table: `__time` in milliseconds, and a field for each column that has a form in JSON. */
  readonly fields: Sql;
  /** `dimensionsSpec.dimensions`, all of them named. */
  readonly dimensions: readonly Json[];
  readonly metrics: readonly Json[];
  /** Field by column, where their names differ. */
  readonly renamed: ReadonlyMap<string, string>;
  /** Metrics that have no form: sketches. They are left out of all of the above. */
  readonly formless: readonly string[];
}

/** @param without metrics that are left out as well. */
export function eventForm(table: TableDefinition, without: readonly string[] = []): EventForm {
  const declared = declaredDimensions(table);
  const fields: Sql[] = [sql`epoch_ms(__time) AS __time`];
  const dimensions: Json[] = [];
  const metrics: Json[] = [];
  const renamed = new Map<string, string>();
  const formless: string[] = [];
  for (const column of table.columns.filter(({ name, kind }) => kind === 'dimension' || !without.includes(name))) {
    const { name, physical, kind } = column;
    const own = ident(physical);
    if (kind === 'dimension') {
      fields.push(sql`${dimensionValue(column)} AS ${own}`);
      dimensions.push(declared.get(name) ?? discoveredDimension(column, declared));
      if (physical !== name) renamed.set(name, physical);
      continue;
    }
    const timeColumn = `${physical}[time]`;
    const metric = combiningMetric(specOf('aggregator').parse(column.aggregator), {
      name,
      fieldName: physical,
      timeColumn,
    });
    if (metric === undefined) {
      formless.push(name);
      continue;
    }
    metrics.push(metric);
    if (metric.timeColumn === undefined) fields.push(sql`${value(column.type, own)} AS ${own}`);
    else fields.push(sql`${value(finished(column), sql`${own}.v`)} AS ${own}`, sql`${own}.t AS ${ident(timeColumn)}`);
  }
  return { fields: join(fields), dimensions, metrics, renamed, formless };
}

/** The type of a first or last value. */
const finished = ({ type }: TableColumn) => (/Long(Float|Double)>$/.test(type) ? 'DOUBLE' : type);

function dimensionValue(column: TableColumn): Sql {
  const own = ident(column.physical);
  if (!column.multiValue) return value(column.type, own);
  const list = listColumn(column.physical);
  return sql`CASE WHEN ${list} IS NOT NULL THEN to_json(${list}) ELSE to_json(${own}) END`;
}

/** What is no number in JSON goes as text, which Druid reads as the number it names. */
function value(type: string, own: Sql): Sql {
  switch (type) {
    case 'DOUBLE':
    case 'FLOAT':
      return number(own);
    case 'ARRAY<DOUBLE>':
      return sql`list_transform(${own}, lambda v: ${number(sql`v`)})`;
    default:
      return own;
  }
}

function number(own: Sql): Sql {
  const text = sql`CASE WHEN isnan(${own}) THEN 'NaN' WHEN ${own} > 0 THEN 'Infinity' ELSE '-Infinity' END`;
  return sql`CASE WHEN isfinite(${own}) THEN to_json(${own}) WHEN ${own} IS NOT NULL THEN to_json(${text}) END`;
}

/** Those that the definition lists, by name, as objects. */
function declaredDimensions({ definition }: TableDefinition): ReadonlyMap<string, Json> {
  const { dimensionsSpec } = definition as { dimensionsSpec?: { dimensions?: readonly Json[] } };
  return new Map((dimensionsSpec?.dimensions ?? []).map((dimension) => [String(dimension.name), dimension]));
}

const typeNames: Readonly<Record<string, string>> = {
  STRING: 'string',
  LONG: 'long',
  FLOAT: 'float',
  DOUBLE: 'double',
  'COMPLEX<json>': 'json',
};

/** One that discovery found. A list that is no multi-value dimension exists in columns of type `auto` only. */
function discoveredDimension({ name, type }: TableColumn, declared: ReadonlyMap<string, Json>): Json {
  const found = typeNames[type];
  if (found !== undefined && !declared.has(name)) return { type: found, name };
  return { type: 'auto', name, castToType: type };
}
