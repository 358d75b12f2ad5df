/** What is wrong with a file, whatever kind of file it is: mistakes, and fields that nothing knows. */
import type { z } from 'zod';
import { type UnknownField, unknownFields } from '../catalog/unknown-fields.ts';
import { type JsonPath, validate, valueAt } from '../catalog/validate.ts';
import { formatPlace, invalidInput, MillraceError, nearestWord, type Place } from '../errors.ts';
import { readDataSource } from './data-schema.ts';
import { oldForm, todaysForm } from './data-schema-json.ts';
import { inputFormatSchema } from './input-format.ts';
import { ioConfigFields, oldRealtimeFields, supervisorFields, tuningConfigFields } from './known-fields.ts';
import { type Loaded, loadJson } from './load.ts';
import { loadYaml } from './load-yaml.ts';
import { readRealtimeSpecs } from './realtime.ts';
import { todaysLayout } from './realtime-layout.ts';
import { partsPath, readSupervisorSpec } from './supervisor.ts';
import { readTranquilityFile } from './tranquility.ts';
import { namesTopics, readTranquilityKafka } from './tranquility-kafka.ts';
import { isKnownProperty, propertyNames } from './tranquility-properties.ts';

/** An `error` keeps the file from being used; an unknown field is ignored then, hence a `warning`. */
export interface Finding {
  readonly severity: 'error' | 'warning';
  readonly place: Place;
  readonly message: string;
}

export interface CheckOptions {
  readonly file?: string;
  /** The queries that can be asked, by their `queryType`. */
  readonly queryTypes: readonly { readonly type: string; readonly schema: z.ZodType }[];
  /** What a realtime spec's events can come from. */
  readonly firehose: z.ZodType;
}

/** Everything that is wrong, in the order of the file; nothing for a file that is as it should be. */
export function checkText(text: string, options: CheckOptions): readonly Finding[] {
  try {
    return checkLoaded(load(text, options.file), options);
  } catch (error) {
    return findingsOf(error);
  }
}

/** Tranquility's files are read as YAML, everything else as JSON. */
function load(text: string, file: string | undefined): Loaded {
  const lenient = attempt(() => loadYaml(text, file));
  return lenient && kindOf(lenient.value) === 'tranquility' ? lenient : loadJson(text, file);
}

type Kind = 'tranquility' | 'supervisor' | 'realtime' | 'query' | 'dataSchema';

function kindOf(value: unknown): Kind | undefined {
  if (Array.isArray(value))
    return value.some((item) => has(item, 'dataSchema') || has(item, 'schema')) ? 'realtime' : undefined;
  if (has(value, 'dataSources')) return 'tranquility';
  if (has(value, 'queryType')) return 'query';
  if (has(value, 'dataSchema') || has(value, 'spec')) return 'supervisor';
  return has(value, 'dataSource') ? 'dataSchema' : undefined;
}

const has = (value: unknown, field: string): boolean => typeof value === 'object' && value !== null && field in value;

function checkLoaded(loaded: Loaded, options: CheckOptions): readonly Finding[] {
  const { value, placeOf } = loaded;
  const kind = kindOf(value);
  if (kind === undefined) {
    const message =
      'cannot tell what this is: expected `dataSources` of a Tranquility file, `dataSchema` or `spec` of a supervisor, a list of realtime specs, or `queryType` of a query';
    return [{ severity: 'error', place: placeOf([]), message }];
  }
  const { read, unknown } = checkers[kind];
  const mistakes = errorsOf(() => read(loaded, options));
  const warnings = unknown(value, options).map(({ path, nearest }): Finding => {
    const hint = nearest ? `; did you mean '${nearest}'?` : '';
    const message = `unknown field '${String(path.at(-1))}', which is ignored${hint}`;
    return { severity: 'warning', place: placeOf(path, 'key'), message };
  });
  return [...mistakes, ...warnings].sort(
    (a, b) => compare(a.place.line, b.place.line) || compare(a.place.column, b.place.column),
  );
}

const compare = (a = 0, b = 0): number => a - b;

interface Checker {
  read(loaded: Loaded, options: CheckOptions): unknown;
  unknown(value: unknown, options: CheckOptions): readonly UnknownField[];
}

const checkers: Readonly<Record<Kind, Checker>> = {
  tranquility: {
    // Tranquility Server's file says nothing of topics.
    read: (loaded) => namesTopics(readTranquilityFile(loaded)) && readTranquilityKafka(loaded),
    unknown: inTranquilityFile,
  },
  realtime: {
    read: (loaded, { firehose }) => readRealtimeSpecs(loaded, firehose),
    unknown: (specs, options) =>
      (specs as readonly unknown[]).flatMap((spec, index) => inRealtimeSpec(spec, index, options)),
  },
  supervisor: {
    read: readSupervisorSpec,
    unknown(value) {
      const base = partsPath(value as object);
      return [...others(value, supervisorFields, []), ...inParts(valueAt(value, base), base)];
    },
  },
  dataSchema: {
    read: ({ value, placeOf }) => readDataSource(value, { place: placeOf }),
    unknown: (value) => inDataSchema(value, []),
  },
  query: {
    read({ value, placeOf }, options) {
      const word = String(valueAt(value, ['queryType']));
      const schema = querySchema(value, options);
      if (schema) return validate(schema, value, { what: 'query', place: placeOf });
      const near = nearestWord(
        word,
        options.queryTypes.map(({ type }) => type),
      );
      throw invalidInput(`unknown query type '${word}'${near ? `; did you mean '${near}'?` : ''}`, {
        place: placeOf(['queryType']),
      });
    },
    unknown(value, options) {
      const schema = querySchema(value, options);
      return schema ? unknownFields(schema, value) : [];
    },
  },
};

const querySchema = (value: unknown, { queryTypes }: CheckOptions): z.ZodType | undefined =>
  queryTypes.find(({ type }) => type === valueAt(value, ['queryType']))?.schema;

function inTranquilityFile(value: unknown): UnknownField[] {
  const dataSources = valueAt(value, ['dataSources']) ?? {};
  const entries = Object.keys(dataSources).map(
    (key): JsonPath => ['dataSources', Array.isArray(dataSources) ? Number(key) : key],
  );
  return [
    ...others(value, ['dataSources', 'properties'], []),
    ...inProperties(value, ['properties']),
    ...entries.flatMap((path) => [
      ...others(valueAt(value, path), ['spec', 'properties'], path),
      ...inParts(valueAt(value, [...path, 'spec']), [...path, 'spec']),
      ...inProperties(value, [...path, 'properties']),
    ]),
  ];
}

function inRealtimeSpec(spec: unknown, index: number, { firehose }: CheckOptions): UnknownField[] {
  const layout = todaysLayout((spec ?? {}) as Readonly<Record<string, unknown>>);
  const path: JsonPath = ['ioConfig', 'firehose'];
  const found = [
    ...inParts(layout.value, [index]),
    ...unknownFields(firehose, valueAt(layout.value, path), [index, ...path]),
  ].map((field) => ({ ...field, path: [index, ...layout.original(field.path.slice(1))] }));
  const ofOld = Object.entries(oldRealtimeFields).flatMap(([part, known]) =>
    others(valueAt(spec, [part]), known, [index, part]),
  );
  return [...found, ...ofOld];
}

function inProperties(root: unknown, path: JsonPath): UnknownField[] {
  return others(valueAt(root, path), propertyNames, path).filter(({ path }) => !isKnownProperty(String(path.at(-1))));
}

function inParts(parts: unknown, path: JsonPath): UnknownField[] {
  const inputFormat: JsonPath = ['ioConfig', 'inputFormat'];
  return [
    ...(path.length > 0 ? others(parts, ['type', 'dataSchema', 'ioConfig', 'tuningConfig'], path) : []),
    ...inDataSchema(valueAt(parts, ['dataSchema']), [...path, 'dataSchema']),
    ...others(valueAt(parts, ['ioConfig']), ioConfigFields, [...path, 'ioConfig']),
    ...unknownFields(inputFormatSchema, valueAt(parts, inputFormat), [...path, ...inputFormat]),
    ...others(valueAt(parts, ['tuningConfig']), tuningConfigFields, [...path, 'tuningConfig']),
  ];
}

/** In the old form the fields of the format stand among those of the parseSpec. */
function inDataSchema(dataSchema: unknown, path: JsonPath): UnknownField[] {
  if (!valueAt(dataSchema, ['parser'])) return unknownFields(todaysForm, dataSchema, path);
  const parseSpec = valueAt(dataSchema, ['parser', 'parseSpec']);
  const {
    format,
    timestampSpec: _,
    dimensionsSpec: __,
    ...rest
  } = (parseSpec ?? {}) as Readonly<Record<string, unknown>>;
  const ofFormat = unknownFields(inputFormatSchema, { ...rest, type: format ?? 'json' }, [
    ...path,
    'parser',
    'parseSpec',
  ]);
  return [...unknownFields(oldForm, dataSchema, path), ...ofFormat];
}

function others(value: unknown, known: readonly string[], path: JsonPath): UnknownField[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.keys(value)
    .filter((key) => !known.includes(key))
    .map((key) => ({ path: [...path, key], nearest: nearestWord(key, known) }));
}

/** What reading throws. */
export function errorsOf(read: () => unknown): readonly Finding[] {
  try {
    read();
    return [];
  } catch (error) {
    return findingsOf(error);
  }
}

interface Told {
  readonly place: Place;
  readonly message: string;
}

function findingsOf(error: unknown): readonly Finding[] {
  if (!(error instanceof MillraceError) || error.code === 'defect') throw error;
  const told = (error.context.mistakes as readonly Told[] | undefined) ?? [
    { place: error.place ?? {}, message: bare(error) },
  ];
  return told.map(({ place, message }) => ({ severity: 'error', place, message }));
}

/** Its message without the place that leads it. */
function bare({ message, place }: MillraceError): string {
  const lead = place ? `${formatPlace(place)}: ` : '';
  return message.startsWith(lead) ? message.slice(lead.length) : message;
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
