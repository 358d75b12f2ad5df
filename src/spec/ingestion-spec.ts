/**
 * Specs of streams: a supervisor's (`{type, spec: {dataSchema, ioConfig, tuningConfig}}`, or in the old style those three
 * at the top), and a realtime node's (a list of them, with windowPeriod and rejectionPolicy in their tuningConfig).
 * https://druid.apache.org/docs/latest/ingestion/supervisor
 */
import { z } from 'zod';
import { type JsonPath, validate } from '../catalog/validate.ts';
import { readDataSource } from './data-schema.ts';
import type { DataSource } from './data-source.ts';
import { optional } from './lenient.ts';
import type { Loaded } from './load.ts';
import { windowSchema } from './window.ts';

const parts = z.looseObject({
  dataSchema: z.looseObject({}),
  ioConfig: optional(z.looseObject({ inputFormat: optional(z.looseObject({})) })),
});

const realtimeParts = z.looseObject({ ...parts.shape, tuningConfig: windowSchema.prefault({}) });

/** Where the parts of a supervisor's spec stand: below `spec`, or in the old style at the top. */
export function partsPath(supervisor: object): JsonPath {
  return 'spec' in supervisor && !('dataSchema' in supervisor) ? ['spec'] : [];
}

/** The definition in a supervisor's spec, which is at `base` of what was loaded. Nothing is too late for it. */
export function readSupervisorSpec({ value, placeOf }: Loaded): DataSource {
  const top = validate(z.looseObject({}), value, { what: 'supervisor spec', place: placeOf });
  const base = partsPath(top);
  const place = (path: JsonPath) => placeOf([...base, ...path]);
  const { dataSchema, ioConfig } = validate(parts, base.length > 0 ? top.spec : top, {
    what: 'supervisor spec',
    place,
  });
  return readDataSource(dataSchema, {
    inputFormat: ioConfig?.inputFormat,
    place: (path) => place(['dataSchema', ...path]),
    inputPlace: (path) => place(['ioConfig', 'inputFormat', ...path]),
  });
}

/** The definitions in a realtime node's specs. The window is PT10M around the clock unless they say otherwise. */
export function readRealtimeSpecs({ value, placeOf }: Loaded): readonly DataSource[] {
  const specs = validate(z.array(realtimeParts), value, { what: 'realtime specs', place: placeOf });
  return specs.map(({ dataSchema, ioConfig, tuningConfig }, index) =>
    readDataSource(dataSchema, {
      inputFormat: ioConfig?.inputFormat,
      window: tuningConfig,
      place: (path) => placeOf([index, 'dataSchema', ...path]),
      inputPlace: (path) => placeOf([index, 'ioConfig', 'inputFormat', ...path]),
    }),
  );
}
