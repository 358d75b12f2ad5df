import { z } from 'zod';
import { entriesSchema, entriesSql } from '../../catalog/lookup.ts';
import { sql } from '../../sql.ts';
import type { LookupSource, LookupType } from './define.ts';

export default {
  type: 'map',
  summary: 'The entries of a JSON object.',
  see: 'https://druid.apache.org/docs/latest/querying/lookups#map-lookup',
  schema: z
    .object({ type: z.literal('map'), map: entriesSchema, isOneToOne: z.boolean().nullish() })
    .transform(({ map }): LookupSource => ({ rows: sql`SELECT k, v FROM ${entriesSql(map)}` })),
} satisfies LookupType;
