/** Specs of a realtime node: a list, with windowPeriod and rejectionPolicy in their tuningConfig. */
import { z } from 'zod';
import { validate } from '../catalog/validate.ts';
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
