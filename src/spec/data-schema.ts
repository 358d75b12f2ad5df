/**
 * `dataSchema`, in today's form and in the old one (`parser`/`parseSpec`) → DataSource.
 * https://druid.apache.org/docs/latest/ingestion/ingestion-spec#dataschema
 */
import { aggregator, type Checked, specOf } from '../catalog/index.ts';
import { parseInstant } from '../catalog/time.ts';
import { type JsonPath, type Mistake, mistakesError, type ValidateOptions, validate } from '../catalog/validate.ts';
import { type CommonJson, type DimensionsJson, oldForm, type TimestampJson, todaysForm } from './data-schema-json.ts';
import {
  type DataSource,
  type Dimension,
  type InputFormat,
  noWindow,
  type Tasks,
  type TimestampSpec,
  type Window,
} from './data-source.ts';
import { inputFormatSchema } from './input-format.ts';
import { kafkaColumnNames } from './kafka-format.ts';

export interface ReadOptions {
  /** `ioConfig.inputFormat`; json when there is none. */
  readonly inputFormat?: unknown;
  readonly window?: Window;
  readonly tasks?: Tasks | undefined;
  /** Line and column of a JSON path below the dataSchema. */
  readonly place?: ValidateOptions['place'];
  /** The same below the inputFormat. */
  readonly inputPlace?: ValidateOptions['place'];
}

const what = 'dataSchema';

/** Both forms, brought together. */
interface Parts {
  readonly schema: CommonJson;
  readonly timestamp: TimestampJson | undefined;
  readonly dimensionsSpec: DimensionsJson | undefined;
  readonly dimensionsPath: JsonPath;
  readonly inputFormat: unknown;
  readonly input: InputFormat;
}

/** Throws `invalidInput` with the place of the first mistake, or `unsupported`. */
export function readDataSource(dataSchema: unknown, options: ReadOptions = {}): DataSource {
  const parts = isOldForm(dataSchema) ? readOldForm(dataSchema, options) : readTodaysForm(dataSchema, options);
  const mistakes = doubledNames(parts);
  if (mistakes.length > 0) throw mistakesError(mistakes, { what, place: options.place });
  return assemble(parts, options);
}

/** What {@link readDataSource} read, from the JSON that the store kept. */
export function restoreDataSource(kept: Readonly<Record<string, unknown>>): DataSource {
  const { inputFormat, window, tasks, ...dataSchema } = kept;
  return readDataSource(dataSchema, { inputFormat, window: window as Window, tasks: tasks as Tasks | undefined });
}

function isOldForm(dataSchema: unknown): boolean {
  return typeof dataSchema === 'object' && dataSchema !== null && 'parser' in dataSchema && dataSchema.parser !== null;
}

function readTodaysForm(dataSchema: unknown, { inputFormat, place, inputPlace }: ReadOptions): Parts {
  const schema = validate(todaysForm, dataSchema, { what, place });
  const format = inputFormat ?? { type: 'json' };
  return {
    schema,
    timestamp: schema.timestampSpec,
    dimensionsSpec: schema.dimensionsSpec,
    dimensionsPath: ['dimensionsSpec', 'dimensions'],
    inputFormat: format,
    input: validate(inputFormatSchema, format, { what: 'inputFormat', place: inputPlace }),
  };
}

function readOldForm(dataSchema: unknown, { place }: ReadOptions): Parts {
  const schema = validate(oldForm, dataSchema, { what, place });
  const { format, timestampSpec, dimensionsSpec, ...rest } = schema.parser.parseSpec;
  const inputFormat = { ...rest, type: format ?? 'json' };
  const base = ['parser', 'parseSpec'];
  const inputPlace = (path: JsonPath) => place?.([...base, ...(path[0] === 'type' ? ['format'] : path)]) ?? {};
  return {
    schema,
    timestamp: timestampSpec,
    dimensionsSpec,
    dimensionsPath: [...base, 'dimensionsSpec', 'dimensions'],
    inputFormat,
    input: validate(inputFormatSchema, inputFormat, { what: 'parseSpec', place: place && inputPlace }),
  };
}

/** Two columns of one name. */
function doubledNames({ schema, dimensionsSpec, dimensionsPath }: Parts): Mistake[] {
  const named = [
    ...(dimensionsSpec?.dimensions ?? []).map(({ name }, index) => ({ name, path: [...dimensionsPath, index] })),
    ...(dimensionsSpec?.spatialDimensions ?? []).map(({ name }, index) => ({
      name,
      path: [...dimensionsPath.slice(0, -1), 'spatialDimensions', index],
    })),
    ...(schema.metricsSpec ?? []).map(({ spec }, index) => ({ name: spec.name, path: ['metricsSpec', index, 'name'] })),
  ];
  return named
    .filter(({ name }, index) => named.findIndex((other) => other.name === name) < index)
    .map(({ name, path }) => ({ path, message: `there is a column '${name}' already`, unsupported: false }));
}

function assemble(parts: Parts, { window = noWindow, tasks }: ReadOptions): DataSource {
  const { schema, input, inputFormat, timestamp, dimensionsSpec } = parts;
  const stamp: TimestampSpec = {
    column: timestamp?.column ?? 'timestamp',
    format: timestamp?.format ?? 'auto',
    ...(timestamp?.missingValue === undefined ? {} : { missingValue: parseInstant(timestamp.missingValue) as number }),
  };
  const metrics = schema.metricsSpec ?? [];
  const declared = [...(dimensionsSpec?.dimensions ?? []), ...(dimensionsSpec?.spatialDimensions ?? [])];
  const coordinates = declared.flatMap(({ dims }) => dims ?? []);
  const excluded = exclusions([...(dimensionsSpec?.dimensionExclusions ?? []), ...coordinates], stamp.column, metrics);
  const discovery = discoveryOf(dimensionsSpec, declared);
  const taken = new Set([...excluded, ...declared.map(({ name }) => name)]);
  const known = discovery === 'none' ? [] : knownFields(input).filter((name) => !taken.has(name));
  const segment = schema.granularitySpec?.segmentGranularity ?? granularity('day');
  const query = schema.granularitySpec?.queryGranularity ?? granularity('none');
  const rollup = schema.granularitySpec?.rollup ?? true;
  const { transforms, filter } = schema.transformSpec ?? {};
  return {
    name: schema.dataSource,
    timestamp: stamp,
    input,
    dimensions: [...declared, ...known.map(stringDimension)],
    discovery: namesItsFields(input) ? discovery : 'none',
    exclusions: excluded,
    metrics,
    segmentGranularity: segment,
    queryGranularity: query,
    rollup,
    transforms: (transforms ?? []).map(({ name, expression }) => ({ name, expression })),
    ...(filter ? { filter } : {}),
    window,
    ...(tasks ? { tasks } : {}),
    inputFormat,
    dataSchema: {
      dataSource: schema.dataSource,
      timestampSpec: { column: stamp.column, format: stamp.format, missingValue: timestamp?.missingValue ?? null },
      dimensionsSpec: {
        dimensions: declared,
        dimensionExclusions: dimensionsSpec?.dimensionExclusions ?? [],
        includeAllDimensions: dimensionsSpec?.includeAllDimensions ?? false,
        useSchemaDiscovery: dimensionsSpec?.useSchemaDiscovery ?? false,
      },
      metricsSpec: metrics.map(({ json }) => json),
      granularitySpec: {
        type: 'uniform',
        segmentGranularity: granularityJson(segment),
        queryGranularity: granularityJson(query),
        rollup,
      },
      transformSpec: { filter: filter?.json ?? null, transforms: transforms ?? [] },
    },
  };
}

const granularity = (name: string): Checked<'granularity'> => specOf('granularity').parse(name);
/** As Druid shows it: it reads an object with a name of its own only for `all` and `none`. */
const granularityJson = ({ entry, json }: Checked<'granularity'>): unknown =>
  ['all', 'none', 'duration', 'period'].includes(entry.type) ? json : entry.type.toUpperCase();

const stringDimension = (name: string): Dimension => ({ name, type: 'string', multiValueHandling: 'sorted_array' });

function discoveryOf(spec: DimensionsJson | undefined, declared: readonly Dimension[]): DataSource['discovery'] {
  if (spec?.useSchemaDiscovery) return 'types';
  return spec?.includeAllDimensions || declared.length === 0 ? 'strings' : 'none';
}

/** What discovery leaves out, whatever else an event has. */
function exclusions(
  given: readonly string[],
  timestampColumn: string,
  metrics: readonly Checked<'aggregator'>[],
): string[] {
  const used = metrics.map(aggregator).flatMap((metric) => [metric.name, ...metric.inputs()]);
  return [...new Set([...given, '__time', timestampColumn, ...used])];
}

/** Whether the events say which fields they have, rather than the spec. */
function namesItsFields(input: InputFormat): boolean {
  const hasHeader = input.type === 'delimited' && input.header?.namesColumns === true;
  return input.type === 'json' || hasHeader || input.kafka?.headers !== undefined;
}

/** Fields that the input format names itself. */
function knownFields(input: InputFormat): readonly string[] {
  const ofValue = input.type === 'json' ? input.flatten.map(({ name }) => name) : input.columns;
  return input.kafka && input.type !== 'json' ? [...ofValue, ...kafkaColumnNames(input.kafka)] : ofValue;
}
