/** The shape of `dataSchema` in JSON, in today's form and in the old one (`parser`/`parseSpec`). */
import { z } from 'zod';
import { checkExpression } from '../catalog/expression/index.ts';
import { aggregator, compileFilter, type Scope, specOf, type TypeIssueParams } from '../catalog/index.ts';
import { parseInstant } from '../catalog/time.ts';
import { jodaTimestamp } from '../catalog/timestamps.ts';
import { MillraceError } from '../errors.ts';
import { sql } from '../sql.ts';
import { castTypes, type Dimension } from './data-source.ts';
import { anyCase, lenientBoolean, oneOf, optional } from './lenient.ts';
import { nameProblem } from './name.ts';

const formatNames = ['auto', 'iso', 'posix', 'millis', 'micro', 'nano', 'ruby'];

const timestampFormat = z
  .string()
  .refine((format) => formatNames.includes(format.toLowerCase()) || jodaTimestamp(format, sql`''`) !== undefined, {
    error: `expected ${formatNames.join(', ')}, or a Joda pattern such as yyyy-MM-dd HH:mm:ss`,
  });

const timestampSpec = z.object({
  column: optional(z.string().min(1)),
  format: optional(timestampFormat),
  missingValue: optional(
    z
      .union([z.number().transform((ms) => new Date(ms).toISOString()), z.string()])
      .refine((text) => parseInstant(text) !== undefined, {
        error: 'expected a time such as 2018-01-01T00:00:00Z',
      }),
  ),
});

const dimensionName = z
  .string()
  .min(1)
  .refine((name) => name !== '__time', {
    error: '__time is the time of each row, stored without being listed; leave it out',
  });

const dimension = z.union([
  dimensionName.transform((name): Dimension => ({ name, type: 'string', multiValueHandling: 'sorted_array' })),
  z
    .object({
      name: dimensionName,
      type: optional(anyCase(['string', 'long', 'float', 'double', 'json', 'auto', 'spatial'])),
      castToType: optional(oneOf(castTypes)),
      dims: optional(z.array(z.string().min(1))),
      multiValueHandling: optional(anyCase(['sorted_array', 'sorted_set', 'array'])),
      // Everything is found by scanning here: there is no index to be had or not.
      createBitmapIndex: z.unknown().optional(),
    })
    .transform(
      ({ name, type, castToType, dims, multiValueHandling }): Dimension => ({
        name,
        type: type ?? 'string',
        ...(castToType ? { castToType } : {}),
        ...(type === 'spatial' ? { dims: dims ?? [] } : {}),
        multiValueHandling: multiValueHandling ?? 'sorted_array',
      }),
    ),
]);

/** The older way to list dimensions of the type `spatial`. */
const spatialDimension = z.object({ dimName: dimensionName, dims: optional(z.array(z.string().min(1))) }).transform(
  ({ dimName, dims }): Dimension => ({
    name: dimName,
    type: 'spatial',
    dims: dims ?? [],
    multiValueHandling: 'sorted_array',
  }),
);

const dimensionsSpec = z.object({
  dimensions: optional(z.array(dimension)),
  dimensionExclusions: optional(z.array(z.string())),
  includeAllDimensions: optional(lenientBoolean),
  useSchemaDiscovery: optional(lenientBoolean),
  forceSegmentSortByTime: optional(lenientBoolean),
  spatialDimensions: optional(z.array(spatialDimension)),
});

const granularitySpec = z.object({
  type: optional(anyCase(['uniform', 'arbitrary'])),
  segmentGranularity: optional(specOf('granularity')),
  queryGranularity: optional(specOf('granularity')),
  rollup: optional(lenientBoolean),
  // Of batch ingestion; a stream has no bounds.
  intervals: z.unknown().optional(),
});

const expression = z
  .string()
  .min(1)
  .superRefine((text, context) => {
    try {
      checkExpression(text);
    } catch (error) {
      if (!(error instanceof MillraceError)) throw error;
      const params: TypeIssueParams = { unsupported: error.code === 'unsupported' };
      context.addIssue({ code: 'custom', message: error.message, params });
    }
  });

const nothing: Scope = {
  time: sql`NULL::TIMESTAMP`,
  column: () => ({ sql: sql`NULL::VARCHAR`, type: 'STRING' }),
};

/** Reports what queries have and ingestion lacks, such as registered lookups, before events come. */
function supported(compile: () => unknown, context: z.core.$RefinementCtx): void {
  try {
    compile();
  } catch (error) {
    if (!(error instanceof MillraceError) || error.code !== 'unsupported') return;
    const params: TypeIssueParams = { unsupported: true };
    context.addIssue({ code: 'custom', message: error.message, params });
  }
}

const filter = specOf('filter').superRefine((checked, context) => {
  supported(() => compileFilter(checked, nothing), context);
});

const transformSpec = z.object({
  transforms: optional(z.array(z.object({ type: z.literal('expression'), name: z.string().min(1), expression }))),
  filter: optional(filter),
});

const metric = specOf('aggregator').superRefine((checked, context) => {
  const { ingestible, fold } = aggregator(checked);
  if (ingestible) return supported(() => fold({ scope: nothing }), context);
  const message = `aggregator type '${checked.spec.type}' exists only at query time; it cannot be in a metricsSpec`;
  context.addIssue({ code: 'custom', path: ['type'], message });
});

const common = {
  dataSource: z.string().superRefine((name, context) => {
    const problem = nameProblem(name);
    if (problem) context.addIssue({ code: 'custom', message: `'${name}' cannot be a dataSource's name: ${problem}` });
  }),
  metricsSpec: optional(z.array(metric)),
  granularitySpec: optional(granularitySpec),
  transformSpec: optional(transformSpec),
};

export const todaysForm = z.object({
  ...common,
  timestampSpec: optional(timestampSpec),
  dimensionsSpec: optional(dimensionsSpec),
  parser: z.null().optional(),
});

/** What else a parseSpec holds describes its format. */
const parseSpec = z.looseObject({
  format: optional(z.string()),
  timestampSpec: optional(timestampSpec),
  dimensionsSpec: optional(dimensionsSpec),
});

export const oldForm = z.object({
  ...common,
  parser: z.object({ type: optional(z.string()), encoding: z.unknown().optional(), parseSpec }),
});

export type CommonJson = Pick<z.infer<typeof todaysForm>, keyof typeof common>;
export type TimestampJson = z.infer<typeof timestampSpec>;
export type DimensionsJson = z.infer<typeof dimensionsSpec>;
