/** What is posted to register lookups. https://druid.apache.org/docs/latest/api-reference/lookups-api */
import { z } from 'zod';
import { validate } from '../../catalog/validate.ts';
import type { Loaded } from '../load.ts';
import { byType } from './by-type.ts';
import cachedNamespace from './cached-namespace.ts';
import type { LookupSource, LookupType } from './define.ts';
import map from './map.ts';

export type { LookupFile, LookupSource } from './define.ts';

export const lookupTypes: readonly LookupType[] = [map, cachedNamespace];

const sourceSchema = byType({
  what: 'lookup',
  field: 'type',
  schemas: new Map(lookupTypes.map(({ type, schema }): [string, z.ZodType<LookupSource>] => [type, schema])),
  lacking: ['kafka', 'cachedSingle', 'loadingLookup', 'pollingLookup'],
});

/** A lookup as it is written, and what its entries come from. */
export interface LookupSpec {
  readonly version: string;
  readonly source: LookupSource;
  /** `{"version":…,"lookupExtractorFactory":{…}}` */
  readonly json: Readonly<Record<string, unknown>>;
}

/** Beyond this a name is no name. */
const nameSchema = z.string().min(1).max(255);

const specSchema = z
  .looseObject({
    version: z.string({ error: 'expected a version, text that is greater than the one before' }).min(1),
    lookupExtractorFactory: z.looseObject({ type: z.string().optional() }),
  })
  .transform((json, context): LookupSpec => {
    const source = sourceSchema.safeParse(json.lookupExtractorFactory);
    for (const { path, ...issue } of source.error?.issues ?? [])
      context.addIssue({ ...issue, path: ['lookupExtractorFactory', ...path], input: json } as z.core.$ZodRawIssue);
    return source.success ? { version: json.version, source: source.data, json } : z.NEVER;
  });

/** Tier → id → lookup. */
export type LookupTiers = ReadonlyMap<string, ReadonlyMap<string, LookupSpec>>;

const toMap = <T>(record: Readonly<Record<string, T>>): ReadonlyMap<string, T> => new Map(Object.entries(record));
const tiersSchema = z
  .record(nameSchema, z.record(nameSchema, specSchema).transform(toMap<LookupSpec>))
  .transform(toMap<ReadonlyMap<string, LookupSpec>>);

export const readLookupTiers = ({ value, placeOf }: Loaded): LookupTiers =>
  validate(tiersSchema, value, { what: 'lookups', place: placeOf });

export const readLookup = ({ value, placeOf }: Loaded): LookupSpec =>
  validate(specSchema, value, { what: 'lookup', place: placeOf });

/** One that was read before. */
export const restoreLookup = (json: unknown): LookupSpec => specSchema.parse(json);
