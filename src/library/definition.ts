/** The forms in which a program may describe a dataSource → its definition. */
import { z } from 'zod';
import { formatPath, type JsonPath, validate } from '../catalog/validate.ts';
import { readDataSource } from '../spec/data-schema.ts';
import type { DataSource } from '../spec/data-source.ts';
import { readTranquilityFile } from '../spec/tranquility.ts';
import type { TranquilityProperties } from '../spec/tranquility-properties.ts';

const looseObject = z.looseObject({});
const supervisorParts = z.looseObject({
  dataSchema: looseObject,
  ioConfig: z.looseObject({ inputFormat: looseObject.optional() }).optional(),
});

/** A `dataSchema`; a supervisor spec, or its parts; or an entry of a Tranquility file. */
export function definitionOf(value: object): DataSource {
  if ('dataSource' in value) return readDataSource(value);
  if ('spec' in value && !('type' in value)) return tranquilityEntry(value).dataSource;
  const base: JsonPath = 'spec' in value ? ['spec'] : [];
  const parts = 'spec' in value ? value.spec : value;
  const place = (path: JsonPath) => ({ path: formatPath([...base, ...path]) });
  const { dataSchema, ioConfig } = validate(supervisorParts, parts, { what: 'spec', place });
  return readDataSource(dataSchema, {
    inputFormat: ioConfig?.inputFormat,
    place: (path) => place(['dataSchema', ...path]),
  });
}

/** One entry of a Tranquility file's `dataSources`, with the file's defaults. */
export function tranquilityEntry(entry: object): { dataSource: DataSource; properties: TranquilityProperties } {
  const entryPath: JsonPath = ['dataSources', 0];
  const { dataSources, propertiesOf } = readTranquilityFile({
    value: { dataSources: [entry] },
    placeOf: (path) => ({ path: formatPath(path.slice(entryPath.length)) }),
  });
  const dataSource = dataSources[0] as DataSource;
  return { dataSource, properties: propertiesOf.get(dataSource.name) as TranquilityProperties };
}
