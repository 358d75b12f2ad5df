/**
 * The file of a realtime node: a list of specs, each of a dataSchema, a firehose and a tuningConfig. The original was told of it by
 * `-Ddruid.realtime.specFile`. https://github.com/apache/druid/blob/0.9.2/docs/content/ingestion/stream-pull.md
 */
import { z } from 'zod';
import { type JsonPath, type Mistake, mistakesError, validate } from '../catalog/validate.ts';
import type { Place } from '../errors.ts';
import { readDataSource } from './data-schema.ts';
import type { DataSource } from './data-source.ts';
import { lenientNumber, oneOf, optional } from './lenient.ts';
import type { Loaded } from './load.ts';
import { type RealtimeLayout, todaysLayout } from './realtime-layout.ts';
import { millisOfPeriod, windowSchema } from './window.ts';

/** `F`: what a firehose is read as. */
export interface RealtimeSpec<F> {
  readonly dataSource: DataSource;
  readonly firehose: F;
  /** Where the firehose stands in the file. */
  readonly place: Place;
}

const what = 'realtime specs';

/** They steered when the original wrote rows to disk, and into which segments; here each commit is on disk. */
const withoutEffect = z.looseObject({
  type: optional(oneOf(['realtime'])),
  maxRowsInMemory: optional(lenientNumber.pipe(z.int().min(1))),
  intermediatePersistPeriod: optional(millisOfPeriod),
  shardSpec: optional(z.looseObject({ type: oneOf(['none', 'linear', 'numbered']) })),
});

const notRead = 'firehoses of the second version are not supported; use ioConfig.firehose';

const partsOf = <F>(firehose: z.ZodType<F>) =>
  z.looseObject({
    dataSchema: z.looseObject({}),
    ioConfig: z.looseObject({
      type: optional(oneOf(['realtime'])),
      firehose,
      firehoseV2: z.null({ error: notRead }).optional(),
      inputFormat: optional(z.looseObject({})),
    }),
    tuningConfig: z.looseObject({}).prefault({}),
  });

/**
 * In today's layout and in the old one. The window is PT10M around the clock unless they say otherwise.
 * @throws MillraceError `invalidInput` with the line and column of each mistake, or `unsupported` for what only Druid has.
 */
export function readRealtimeSpecs<F>({ value, placeOf }: Loaded, firehose: z.ZodType<F>): readonly RealtimeSpec<F>[] {
  const entries = validate(z.array(z.looseObject({})).min(1), value, { what, place: placeOf });
  const specs = entries.map((entry, index) =>
    readSpec(todaysLayout(entry), firehose, (path) => placeOf([index, ...path])),
  );
  const doubled = specs.flatMap(({ dataSource: { name } }, index): Mistake[] => {
    if (specs.findIndex(({ dataSource }) => dataSource.name === name) === index) return [];
    const message = `dataSource '${name}' is there twice; one spec can have several firehoses: {"type": "combining", "delegates": […]}`;
    return [{ path: [index], message, unsupported: false }];
  });
  if (doubled.length > 0) throw mistakesError(doubled, { what, place: placeOf });
  return specs;
}

function readSpec<F>(
  { value, original }: RealtimeLayout,
  firehose: z.ZodType<F>,
  placeOf: (path: JsonPath) => Place,
): RealtimeSpec<F> {
  const place = (path: JsonPath) => placeOf(original(path));
  const { dataSchema, ioConfig, tuningConfig } = validate(partsOf(firehose), value, { what, place });
  const tuningPlace = (path: JsonPath) => place(['tuningConfig', ...path]);
  validate(withoutEffect, tuningConfig, { what, place: tuningPlace });
  const window = validate(windowSchema, tuningConfig, { what, place: tuningPlace });
  const dataSource = readDataSource(dataSchema, {
    inputFormat: ioConfig.inputFormat,
    window: window.policy === 'none' ? { ...window, handOff: 'never' } : window,
    place: (path) => place(['dataSchema', ...path]),
    inputPlace: (path) => place(['ioConfig', 'inputFormat', ...path]),
  });
  return { dataSource, firehose: ioConfig.firehose as F, place: place(['ioConfig', 'firehose']) };
}
