/**
 * The file of Tranquility Server and Tranquility Kafka:
 *
 *     dataSources  a list, or a map by name, of {spec: {dataSchema, ioConfig, tuningConfig}, properties}
 *     properties   for all of them
 *
 * https://github.com/druid-io/tranquility/blob/master/docs/server.md
 */
import { z } from 'zod';
import { formatPath, type JsonPath, mistakesError, validate } from '../catalog/validate.ts';
import { readDataSource } from './data-schema.ts';
import type { DataSource } from './data-source.ts';
import { optional } from './lenient.ts';
import type { Loaded } from './load.ts';
import { loadYaml } from './load-yaml.ts';
import { propertiesSchema, type TranquilityProperties } from './tranquility-properties.ts';
import { windowSchema } from './window.ts';

export interface TranquilityFile {
  readonly dataSources: readonly DataSource[];
  /** The file's own properties, with their defaults. */
  readonly properties: TranquilityProperties;
  /** By dataSource: its own properties, then the file's, then the defaults. */
  readonly propertiesOf: ReadonlyMap<string, TranquilityProperties>;
  /** Undefined when `http.port.enable` is false. */
  readonly httpPort: number | undefined;
}

/** Throws `invalidInput` with the line and column of the first mistake. Unknown fields are ignored, as the original does. */
export function loadTranquilityFile(text: string, file?: string): TranquilityFile {
  return readTranquilityFile(loadYaml(text, file));
}

const nothing = z
  .null({ error: 'must be null or left out: events come by HTTP or from Kafka, as the properties say' })
  .optional();

const entrySchema = z.looseObject({
  spec: z.looseObject({
    dataSchema: z.looseObject({}),
    ioConfig: optional(z.looseObject({ firehose: nothing, plumber: nothing })),
    tuningConfig: windowSchema.prefault({}),
  }),
  properties: optional(z.looseObject({})),
});

const fileSchema = z.looseObject({
  dataSources: z.union([z.array(entrySchema), z.record(z.string(), entrySchema)]),
  properties: optional(z.looseObject({})),
});

export function readTranquilityFile({ value, placeOf }: Loaded): TranquilityFile {
  const what = 'Tranquility file';
  const { dataSources, properties } = validate(fileSchema, value, { what, place: placeOf });
  const read = (given: object, path: JsonPath) =>
    validate(propertiesSchema, { ...properties, ...given }, { what, place: (inner) => placeOf([...path, ...inner]) });
  const shared = read({}, ['properties']);
  const propertiesOf = new Map<string, TranquilityProperties>();
  const fail = (path: JsonPath, message: string) =>
    mistakesError([{ path, message, unsupported: false }], { what, place: placeOf });
  const entries = Object.entries(dataSources).map(([key, entry]) => {
    const base: JsonPath = ['dataSources', Array.isArray(dataSources) ? Number(key) : key];
    const own = read(entry.properties ?? {}, [...base, 'properties']);
    const schemaPath = [...base, 'spec', 'dataSchema'];
    const dataSource = readDataSource(entry.spec.dataSchema, {
      window: { ...entry.spec.tuningConfig, rule: own.windowRule },
      tasks: { partitions: own['task.partitions'], replicas: own['task.replicants'] },
      place: (path) => placeOf([...schemaPath, ...path]),
    });
    const { name } = dataSource;
    if (!Array.isArray(dataSources) && key !== name) {
      throw fail(
        [...schemaPath, 'dataSource'],
        `expected '${key}', the key of this dataSource in ${formatPath(['dataSources'])}, got '${name}'`,
      );
    }
    if (propertiesOf.has(name)) throw fail([...schemaPath, 'dataSource'], `dataSource '${name}' is there twice`);
    propertiesOf.set(name, own);
    return dataSource;
  });
  if (entries.length === 0) throw fail(['dataSources'], 'expected at least one dataSource');
  return {
    dataSources: entries,
    properties: shared,
    propertiesOf,
    httpPort: shared['http.port.enable'] ? shared['http.port'] : undefined,
  };
}
