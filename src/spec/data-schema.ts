/**
 * `dataSchema`, in today's form and in the old one (`parser`/`parseSpec`) → DataSource.
 * https://druid.apache.org/docs/latest/ingestion/ingestion-spec#dataschema
 */
import { z } from 'zod';
import { aggregator, type Checked, specOf } from '../catalog/index.ts';
import { parseInstant } from '../catalog/time.ts';
import { type JsonPath, validate } from '../catalog/validate.ts';
import type { Place } from '../errors.ts';
import type { DataSource, Dimension, InputFormat, TimestampSpec, Window } from './data-source.ts';
import { inputFormatSchema } from './input-format.ts';
import { anyCase, lenientBoolean, optional } from './lenient.ts';

const timestampSpec = z.object({
  column: optional(z.string()),
  format: optional(z.string()),
  missingValue: optional(z.string()),
});

const multiValueHandling = anyCase(['sorted_array', 'sorted_set', 'array']);

const dimension = z.union([
  z
    .string()
    .min(1)
    .transform((name): Dimension => ({ name, type: 'string', multiValueHandling: 'sorted_array' })),
  z
    .object({
      name: z.string().min(1),
      type: optional(anyCase(['string', 'long', 'float', 'double', 'json', 'auto'])),
      multiValueHandling: optional(multiValueHandling),
    })
    .transform(
      ({ name, type, multiValueHandling }): Dimension => ({
        name,
        type: type ?? 'string',
        multiValueHandling: multiValueHandling ?? 'sorted_array',
      }),
    ),
]);

const dimensionsSpec = z.object({
  dimensions: optional(z.array(dimension)),
  dimensionExclusions: optional(z.array(z.string())),
  includeAllDimensions: optional(lenientBoolean),
  useSchemaDiscovery: optional(lenientBoolean),
  spatialDimensions: optional(z.array(z.unknown()).max(0, 'spatial dimensions are not supported')),
});

type TimestampJson = z.infer<typeof timestampSpec>;
type DimensionsJson = z.infer<typeof dimensionsSpec>;

const granularitySpec = z.object({
  type: optional(anyCase(['uniform', 'arbitrary'])),
  segmentGranularity: optional(specOf('granularity')),
  queryGranularity: optional(specOf('granularity')),
  rollup: optional(lenientBoolean),
});

const transformSpec = z.object({
  transforms: optional(
    z.array(z.object({ type: z.literal('expression'), name: z.string().min(1), expression: z.string().min(1) })),
  ),
  filter: optional(specOf('filter')),
});

const ingestible = specOf('aggregator').refine((checked) => aggregator(checked).ingestible, {
  error: 'this aggregator exists only at query time',
  path: ['type'],
});

const common = {
  dataSource: z.string().min(1),
  metricsSpec: optional(z.array(ingestible)),
  granularitySpec: optional(granularitySpec),
  transformSpec: optional(transformSpec),
};

const todaysForm = z.object({
  ...common,
  timestampSpec: optional(timestampSpec),
  dimensionsSpec: optional(dimensionsSpec),
});

const parseSpec = z.looseObject({
  format: optional(z.string()),
  timestampSpec: optional(timestampSpec),
  dimensionsSpec: optional(dimensionsSpec),
});

const oldForm = z.object({ ...common, parser: z.object({ type: optional(z.string()), parseSpec }) });

export interface ReadOptions {
  /** `ioConfig.inputFormat`; json when there is none. */
  readonly inputFormat?: unknown;
  readonly window?: Window;
  /** Line and column of a JSON path below the dataSchema. */
  readonly place?: ((path: JsonPath) => Place) | undefined;
}

const noWindow: Window = { policy: 'none', periodMs: 0, rule: 'event' };

/** Throws `invalidInput` with the place of the first mistake, or `unsupported`. */
export function readDataSource(
  dataSchema: unknown,
  { inputFormat, window = noWindow, place }: ReadOptions = {},
): DataSource {
  const options = { what: 'dataSchema', place };
  const isOld = typeof dataSchema === 'object' && dataSchema !== null && 'parser' in dataSchema && !!dataSchema.parser;
  if (!isOld) {
    const schema = validate(todaysForm, dataSchema, options);
    const format = inputFormat ?? { type: 'json' };
    return assemble(
      schema,
      schema.timestampSpec,
      schema.dimensionsSpec,
      format,
      validate(inputFormatSchema, format, { what: 'inputFormat' }),
      window,
    );
  }
  const schema = validate(oldForm, dataSchema, options);
  const { format, timestampSpec, dimensionsSpec, ...rest } = schema.parser.parseSpec;
  const inputJson = { ...rest, type: format ?? 'json' };
  const inputPlace =
    place && ((path: JsonPath) => place(['parser', 'parseSpec', ...(path[0] === 'type' ? ['format'] : path)]));
  return assemble(
    schema,
    timestampSpec,
    dimensionsSpec,
    inputJson,
    validate(inputFormatSchema, inputJson, { what: 'parseSpec', place: inputPlace }),
    window,
  );
}

/** What {@link readDataSource} read, from the JSON that the store kept. */
export function restoreDataSource(kept: Readonly<Record<string, unknown>>): DataSource {
  const { inputFormat, window, ...dataSchema } = kept;
  return readDataSource(dataSchema, { inputFormat, window: window as Window });
}

function assemble(
  schema: z.infer<typeof todaysForm> | z.infer<typeof oldForm>,
  timestamp: TimestampJson | undefined,
  dimensionsSpec: DimensionsJson | undefined,
  inputFormat: unknown,
  input: InputFormat,
  window: Window,
): DataSource {
  const stamp: TimestampSpec = {
    column: timestamp?.column ?? 'timestamp',
    format: timestamp?.format ?? 'auto',
    ...(timestamp?.missingValue === undefined ? {} : { missingValue: parseInstant(timestamp.missingValue) }),
  };
  const metrics = schema.metricsSpec ?? [];
  const excluded = exclusions(dimensionsSpec?.dimensionExclusions ?? [], stamp.column, metrics);
  const discovery = discoveryOf(dimensionsSpec);
  const declared = dimensionsSpec?.dimensions ?? [];
  const known =
    discovery === 'none'
      ? []
      : knownFields(input).filter(
          (name) => !excluded.includes(name) && !declared.some((dimension) => dimension.name === name),
        );
  const segment = schema.granularitySpec?.segmentGranularity ?? granularity('day');
  const query = schema.granularitySpec?.queryGranularity ?? granularity('none');
  const rollup = schema.granularitySpec?.rollup ?? true;
  const transforms = (schema.transformSpec?.transforms ?? []).map(({ name, expression }) => ({ name, expression }));
  const filter = schema.transformSpec?.filter;
  return {
    name: schema.dataSource,
    timestamp: stamp,
    input,
    dimensions: [
      ...declared,
      ...known.map((name): Dimension => ({ name, type: 'string', multiValueHandling: 'sorted_array' })),
    ],
    discovery: input.type === 'json' ? discovery : 'none',
    exclusions: excluded,
    metrics,
    segmentGranularity: segment,
    queryGranularity: query,
    rollup,
    transforms,
    ...(filter ? { filter } : {}),
    window,
    inputFormat,
    dataSchema: {
      dataSource: schema.dataSource,
      timestampSpec: {
        column: stamp.column,
        format: stamp.format,
        ...(timestamp?.missingValue === undefined ? {} : { missingValue: timestamp.missingValue }),
      },
      dimensionsSpec: {
        dimensions: declared,
        dimensionExclusions: dimensionsSpec?.dimensionExclusions ?? [],
        includeAllDimensions: dimensionsSpec?.includeAllDimensions ?? false,
        useSchemaDiscovery: dimensionsSpec?.useSchemaDiscovery ?? false,
      },
      metricsSpec: metrics.map(({ json }) => json),
      granularitySpec: { type: 'uniform', segmentGranularity: segment.json, queryGranularity: query.json, rollup },
      ...(schema.transformSpec
        ? {
            transformSpec: {
              transforms: transforms.map((transform) => ({ type: 'expression', ...transform })),
              filter: filter?.json ?? null,
            },
          }
        : {}),
    },
  };
}

const granularity = (name: string): Checked<'granularity'> => specOf('granularity').parse(name);

function discoveryOf(spec: DimensionsJson | undefined): DataSource['discovery'] {
  if (spec?.useSchemaDiscovery) return 'types';
  return spec?.includeAllDimensions || !spec?.dimensions?.length ? 'strings' : 'none';
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

/** Fields that the input format names itself. */
function knownFields(input: InputFormat): readonly string[] {
  return input.type === 'json' ? input.flatten.map(({ name }) => name) : (input.columns ?? []);
}
