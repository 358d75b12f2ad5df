/** https://druid.apache.org/docs/latest/querying/lookups-cached-global */
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { TypeIssueParams } from '../../catalog/index.ts';
import { entriesSchema, entriesSql } from '../../catalog/lookup.ts';
import { periodMillis } from '../../catalog/period.ts';
import { sql } from '../../sql.ts';
import { byType } from './by-type.ts';
import type { LookupSource, LookupType } from './define.ts';
import { parseSpecSchema } from './parse-spec.ts';

const see = 'https://druid.apache.org/docs/latest/querying/lookups-cached-global';

/** Milliseconds; looked at more often, a file would cost more than it brings. */
const leastPollMs = 1000;

const pollPeriod = z
  .union([z.number(), z.string().transform((text) => periodMillis(text) ?? Number.NaN)])
  .refine((ms) => ms === 0 || ms >= leastPollMs, {
    error: 'expected a period such as PT5M, of a second at least, or 0 for a file that is read once',
  });

/** Of a file on this machine, `file:/etc/countries.csv` or a path. The engine would take a pattern for many files. */
const filePath = z.string().transform((uri, context): string => {
  const fail = (message: string, params: TypeIssueParams = {}) => {
    context.issues.push({ code: 'custom', message, params, input: uri });
    return z.NEVER;
  };
  const [, scheme] = /^([a-z][a-z\d+.-]*):/i.exec(uri) ?? [];
  if (scheme !== undefined && scheme.toLowerCase() !== 'file')
    return fail(`a lookup from ${scheme}: is not supported yet; expected a file: URI`, { unsupported: true });
  const path = scheme === undefined ? uri : URL.canParse(uri) ? fileURLToPath(new URL(uri)) : '';
  if (!path.startsWith('/')) return fail('expected the absolute path of a file, such as file:/data/countries.csv');
  return /[*?[]/.test(path) ? fail('expected the path of one file, without *, ? and [') : path;
});

const ofOneFile = z.looseObject({
  uriPrefix: z
    .unknown()
    .refine((prefix) => prefix === undefined || prefix === null, {
      error: 'the newest file of a folder is not supported yet; expected the uri of a file',
      params: { unsupported: true } satisfies TypeIssueParams,
    })
    .optional(),
});

/** What each extractionNamespace is written as, for the reference. */
export const namespaceFields = {
  uri: z.object({
    type: z.literal('uri'),
    uri: filePath,
    namespaceParseSpec: parseSpecSchema,
    pollPeriod: pollPeriod.default(0),
  }),
  staticMap: z.object({ type: z.literal('staticMap'), map: entriesSchema }),
};

const fileSchema = ofOneFile
  .pipe(namespaceFields.uri)
  .transform(({ uri, namespaceParseSpec, pollPeriod }): LookupSource => {
    return { rows: namespaceParseSpec(uri), file: { path: uri, pollMs: pollPeriod } };
  });

const staticSchema = namespaceFields.staticMap.transform(
  ({ map }): LookupSource => ({ rows: sql`SELECT k, v FROM ${entriesSql(map)}` }),
);

export default {
  type: 'cachedNamespace',
  summary:
    'The entries of a file on this machine, which is looked at again after each pollPeriod (extractionNamespace uri), or of a JSON object (staticMap).',
  see,
  schema: z
    .object({
      type: z.literal('cachedNamespace'),
      extractionNamespace: byType({
        what: 'extractionNamespace',
        field: 'type',
        schemas: new Map<string, z.ZodType<LookupSource>>([
          ['uri', fileSchema],
          ['staticMap', staticSchema],
        ]),
        lacking: ['jdbc'],
      }),
      firstCacheTimeout: z.number().nullish(),
      injective: z.boolean().nullish(),
    })
    .transform(({ extractionNamespace }) => extractionNamespace),
} satisfies LookupType;
