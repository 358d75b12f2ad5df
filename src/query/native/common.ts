/** What several query types have in common. https://druid.apache.org/docs/latest/querying/ */
import { z } from 'zod';
import { specOf } from '../../catalog/index.ts';
import { intervalsSchema } from '../../catalog/intervals.ts';
import { eternity } from '../../catalog/time.ts';
import { dataSourceSchema } from '../data-sources/define.ts';
import { type Encode, encodeLong } from '../encode.ts';
import { instantEncoder } from '../instant-encoder.ts';

/** A number that may be written as text, as Druid takes it. */
export const countSchema = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^-?\d+$/, 'expected a whole number')
      .transform(Number),
  ])
  .pipe(z.number().int().min(0));

/** A boolean that may be written as text. */
export const flagSchema = z.union([
  z.boolean(),
  z
    .string()
    .regex(/^(true|false)$/i, 'expected true or false')
    .transform((text) => text.toLowerCase() === 'true'),
]);

/** Loose, since most of what a context may hold tunes what is not here. */
export const contextFields = z.looseObject({
  queryId: z.string().min(1).nullish(),
  timeout: countSchema.nullish(),
  skipEmptyBuckets: flagSchema.nullish(),
  grandTotal: flagSchema.nullish(),
  resultAsArray: flagSchema.nullish(),
  sortByDimsFirst: flagSchema.nullish(),
  serializeDateTimeAsLong: flagSchema.nullish(),
});

export const contextSchema = contextFields
  .nullish()
  .meta({ title: 'context' })
  .transform((context) => context ?? {});

/** How times of buckets are printed: as text on a zone's clock, or as milliseconds where the context asks for that. */
export const timeEncoder = (context: z.infer<typeof contextSchema>, timeZone: string): Encode =>
  context.serializeDateTimeAsLong ? encodeLong : instantEncoder(timeZone);

/** The fields of every query type. */
export const queryShape = {
  dataSource: dataSourceSchema,
  context: contextSchema,
};

/** Rows of some intervals that pass a filter; all of time where intervals may be left out. */
export const rowsShape = {
  ...queryShape,
  intervals: intervalsSchema,
  filter: specOf('filter').nullish(),
  virtualColumns: z
    .array(specOf('virtualColumn'))
    .nullish()
    .transform((list) => list ?? []),
};
export const optionalIntervalsSchema = intervalsSchema.nullish().transform((intervals) => intervals ?? [eternity]);

export const measuresShape = {
  granularity: specOf('granularity'),
  aggregations: z
    .array(specOf('aggregator'))
    .nullish()
    .transform((list) => list ?? []),
  postAggregations: z
    .array(specOf('postAggregator'))
    .nullish()
    .transform((list) => list ?? []),
};
