/**
 * What a Druid's segments tell of themselves.
 * https://druid.apache.org/docs/latest/querying/segmentmetadataquery
 */
import { z } from 'zod';
import { formatInterval, type Interval, parseInstant, parseInterval } from '../catalog/time.ts';
import { validate } from '../catalog/validate.ts';
import type { Druid } from '../druid/index.ts';
import { notFound } from '../errors.ts';
import type { Segment } from './parts.ts';

export interface SegmentFacts {
  /** As Druid lists them, without `__time`. */
  readonly columns: readonly SegmentColumn[];
  /** By their names; those that combine what is stored: a longSum where events are counted. */
  readonly aggregators: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Undefined where segments disagree, or do not tell. */
  readonly queryGranularity: unknown;
  readonly rollup: boolean | undefined;
  readonly timestampSpec: Readonly<Record<string, unknown>> | undefined;
  readonly segments: readonly Segment[];
  /** From the first row's time to after the last one's. */
  readonly rows: Interval;
}

export interface SegmentColumn {
  readonly name: string;
  /** `STRING` where segments have several types. */
  readonly type: string;
  readonly multiValue: boolean;
}

const object = z.record(z.string(), z.unknown());
const column = z.object({
  type: z.string(),
  typeSignature: z.string().nullish(),
  hasMultipleValues: z.boolean(),
  errorMessage: z.string().nullish(),
});
const merged = z.array(
  z.object({
    columns: z.record(z.string(), column),
    aggregators: z.record(z.string(), object).nullish(),
    queryGranularity: z.unknown(),
    rollup: z.boolean().nullish(),
    timestampSpec: object.nullish(),
  }),
);
const single = z.array(z.object({ intervals: z.array(z.string()), numRows: z.number() }));
const boundary = z.array(z.object({ result: z.object({ minTime: z.string(), maxTime: z.string() }) }));

/** Rejects with `notFound` when there are no rows. */
export async function segmentFacts(druid: Druid, dataSource: string, interval: Interval): Promise<SegmentFacts> {
  const ask = async <T>(schema: z.ZodType<T>, query: object): Promise<T> => {
    const body = { ...query, dataSource, intervals: formatInterval(interval) };
    const answer = await druid.json('broker', '/druid/v2', { method: 'POST', body });
    return validate(schema, answer, { what: "Druid's answer" });
  };
  const [times] = await ask(boundary, { queryType: 'timeBoundary' });
  const metadata = { queryType: 'segmentMetadata', lenientAggregatorMerge: true };
  const analysisTypes = ['aggregators', 'queryGranularity', 'rollup', 'timestampSpec'];
  const [facts] = await ask(merged, { ...metadata, merge: true, analysisTypes });
  if (!times || !facts)
    throw notFound(`Druid has no rows of a dataSource '${dataSource}' in ${formatInterval(interval)}`);
  const none = { toInclude: { type: 'none' }, analysisTypes: ['interval'], merge: false };
  const segments = await ask(single, { ...metadata, ...none });
  const { minTime, maxTime } = times.result;
  return {
    columns: Object.entries(facts.columns)
      .filter(([name]) => name !== '__time')
      .map(([name, { type, typeSignature, hasMultipleValues, errorMessage }]) =>
        errorMessage
          ? { name, type: 'STRING', multiValue: true }
          : { name, type: typeSignature ?? type, multiValue: hasMultipleValues },
      ),
    aggregators: facts.aggregators ?? {},
    queryGranularity: facts.queryGranularity ?? undefined,
    rollup: facts.rollup ?? undefined,
    timestampSpec: facts.timestampSpec ?? undefined,
    segments: segments.flatMap(({ intervals, numRows }) =>
      intervals.map((text) => ({ ...(parseInterval(text) as Interval), rows: numRows })),
    ),
    rows: {
      start: Math.max(parseInstant(minTime) as number, interval.start),
      end: Math.min((parseInstant(maxTime) as number) + 1, interval.end),
    },
  };
}
