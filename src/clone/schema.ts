/** What Druid's segments and supervisor tell of a dataSource → its definition here. */
import { aggregator, type Checked, type ColumnType, specOf } from '../catalog/index.ts';
import { invalidInput } from '../errors.ts';
import { whyNotStored } from '../ingest/stored-rows.ts';
import { type FoundDimension, tableDefinition } from '../ingest/table.ts';
import { readDataSource } from '../spec/data-schema.ts';
import type { DataSource, FoundType } from '../spec/data-source.ts';
import { segmentGranularity } from './segment-granularity.ts';
import type { SegmentColumn, SegmentFacts } from './segment-metadata.ts';

export interface CloneSchema {
  readonly dataSource: DataSource;
  /** What the definition does not name, or holds several values. */
  readonly found: readonly FoundDimension[];
  /** The columns that are read, by the names that they have on both sides. */
  readonly columns: readonly string[];
  /** Whether the definition is that of the supervisor, which names the fields of events. */
  readonly isSupervisors: boolean;
}

export interface SchemaOptions {
  /** What the dataSource is called here. */
  readonly name: string;
  /** Columns that are left out. */
  readonly without: readonly string[];
  readonly supervised: DataSource | undefined;
}

const dimensionTypes: Readonly<Record<string, FoundType>> = {
  STRING: 'string',
  LONG: 'long',
  FLOAT: 'float',
  DOUBLE: 'double',
  'COMPLEX<json>': 'json',
  'ARRAY<STRING>': 'ARRAY<STRING>',
  'ARRAY<LONG>': 'ARRAY<LONG>',
  'ARRAY<DOUBLE>': 'ARRAY<DOUBLE>',
};

/** @throws MillraceError `invalidInput` that names all columns which cannot be read, each with the reason. */
export function cloneSchema(facts: SegmentFacts, { name, without, supervised }: SchemaOptions): CloneSchema {
  const unknown = without.filter((left) => !facts.columns.some((column) => column.name === left));
  if (unknown.length > 0) throw invalidInput(`there is no column ${quoted(unknown)} that could be left out`);
  const columns = facts.columns.filter((column) => !without.includes(column.name));
  requireReadable(columns, facts);
  const base = supervised && supervisorsSchema(supervised, name, without);
  const isSupervisors = base !== undefined && fits(base, columns, facts);
  const dataSource = isSupervisors ? base : segmentsSchema(facts, columns, name);
  const declared = new Set(tableDefinition(dataSource, []).columns.map((column) => column.name));
  const found = columns
    .filter((column) => !declared.has(column.name) || column.multiValue)
    .map((column) => ({ ...column, type: dimensionTypes[column.type] as FoundType }));
  return { dataSource, found, columns: columns.map((column) => column.name), isSupervisors };
}

function requireReadable(columns: readonly SegmentColumn[], { aggregators }: SegmentFacts): void {
  const unreadable = columns.flatMap(({ name, type }) => {
    const known = aggregators[name] === undefined ? type in dimensionTypes : readAggregator(aggregators[name]);
    const why = whyNotStored(type as ColumnType) ?? (known ? undefined : 'what combines it is not known here');
    return why === undefined ? [] : [{ name, text: `'${name}' of type ${type} (${why})` }];
  });
  if (unreadable.length === 0) return;
  const options = unreadable.map(({ name }) => `--without ${name}`).join(' ');
  throw invalidInput(
    `these columns cannot be brought here: ${unreadable.map(({ text }) => text).join(', ')}. Leave them out: ${options}`,
  );
}

const quoted = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(', ');

/** The supervisor's definition under its name here, without the columns that are left out. */
function supervisorsSchema(supervised: DataSource, name: string, without: readonly string[]): DataSource {
  const { dataSchema, inputFormat, metrics } = supervised;
  const dimensionsSpec = dataSchema.dimensionsSpec as {
    readonly dimensions: readonly { readonly name: string }[];
    readonly dimensionExclusions: readonly string[];
  };
  const isKept = (column: { readonly name: string }) => !without.includes(column.name);
  return readDataSource(
    {
      ...dataSchema,
      dataSource: name,
      dimensionsSpec: {
        ...dimensionsSpec,
        dimensions: dimensionsSpec.dimensions.filter(isKept),
        dimensionExclusions: [...dimensionsSpec.dimensionExclusions, ...without],
      },
      metricsSpec: metrics.filter((metric) => isKept(aggregator(metric))).map(({ json }) => json),
    },
    { inputFormat },
  );
}

/** Whether the segments' columns are those of the definition: it may have been another one when they were made. */
function fits(dataSource: DataSource, columns: readonly SegmentColumn[], { aggregators }: SegmentFacts): boolean {
  const declared = new Map(tableDefinition(dataSource, []).columns.map((column) => [column.name, column]));
  return columns.every(({ name, type }) => {
    const column = declared.get(name);
    const isMetric = aggregators[name] !== undefined;
    return column ? column.type === type && (column.kind === 'metric') === isMetric : !isMetric;
  });
}

function segmentsSchema(facts: SegmentFacts, columns: readonly SegmentColumn[], name: string): DataSource {
  const { aggregators, queryGranularity, rollup, timestampSpec, segments } = facts;
  const isMetric = (column: SegmentColumn) => aggregators[column.name] !== undefined;
  return readDataSource({
    dataSource: name,
    timestampSpec: timestampSpec ?? { column: 'timestamp', format: 'auto' },
    dimensionsSpec: { dimensions: columns.filter((column) => !isMetric(column)).map(dimension) },
    metricsSpec: columns.filter(isMetric).map((column) => readAggregator(aggregators[column.name])?.json),
    granularitySpec: {
      segmentGranularity: segmentGranularity(segments),
      queryGranularity: queryGranularity ?? 'none',
      rollup: rollup ?? Object.keys(aggregators).length > 0,
    },
  });
}

function dimension({ name, type }: SegmentColumn): object {
  const found = dimensionTypes[type] as FoundType;
  return found.startsWith('ARRAY') ? { name, type: 'auto', castToType: found } : { name, type: found };
}

/** Undefined for one that is not known here, or not in a metricsSpec. */
function readAggregator(json: unknown): Checked<'aggregator'> | undefined {
  const { success, data } = specOf('aggregator').safeParse(json);
  return success && data.entry.merge !== undefined ? data : undefined;
}
