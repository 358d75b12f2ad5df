/**
 * Whether both sides agree about time chunks: one native query, asked of both, for each chunk's number of rows and the sum, minimum or
 * maximum of each metric that has one.
 */
import { condenseIntervals, formatInterval, parseInstant } from '../catalog/time.ts';
import type { EventForm } from '../embedded/segments/form.ts';
import { isComparable } from '../spec/combining.ts';
import type { Chunk } from '../store/chunks.ts';

type Json = Readonly<Record<string, unknown>>;

/** One side's answer to a native query, parsed. */
export type Ask = (query: Json) => Promise<unknown>;

export interface Difference {
  readonly startMs: number;
  /** In words. */
  readonly message: string;
}

interface Measure {
  readonly key: string;
  /** In words: `rows`, `sum of added`. */
  readonly label: string;
  readonly aggregation: Json;
  /** How far two answers may be apart, as a part of the sum of the absolute values: sums depend on the order. */
  readonly tolerance: number;
}

export interface Compared {
  readonly dataSchema: Json;
  readonly form: EventForm;
}

const doubleTolerance = 1e-9;
/** Of what is kept with 24 bits. */
const floatTolerance = 1e-6;

export function compareQuery({ dataSchema, form }: Compared, chunks: readonly Chunk[]): Json {
  const { segmentGranularity } = dataSchema.granularitySpec as Json;
  const measures = measuresOf({ dataSchema, form });
  return {
    queryType: 'timeseries',
    dataSource: dataSchema.dataSource,
    granularity: segmentGranularity,
    intervals: condenseIntervals(chunks.map(({ startMs, endMs }) => ({ start: startMs, end: endMs }))).map(
      formatInterval,
    ),
    aggregations: measures.map(({ aggregation }) => aggregation).concat(measures.flatMap(scaleOf)),
    context: { skipEmptyBuckets: true, useCache: false, populateCache: false },
  };
}

/** Druid takes two JSON values of one content for equal when it combines rows, the engine two of one text. */
function measuresOf({ dataSchema, form }: Compared): Measure[] {
  const { rollup } = dataSchema.granularitySpec as Json;
  const vague = rollup === true && form.dimensions.some(({ type }) => type === 'json');
  const rows: Measure = {
    key: 'rows',
    label: 'number of rows',
    aggregation: { type: 'count', name: 'rows' },
    tolerance: 0,
  };
  return [...(vague ? [] : [rows]), ...form.metrics.filter(isComparable).map(measureOf)];
}

function measureOf({ type, name }: Json, index: number): Measure {
  const [, number, verb] = /^(long|double|float)(Sum|Min|Max)$/.exec(String(type)) ?? [];
  const key = `m${index}`;
  return {
    key,
    label: `${verb === 'Sum' ? 'sum' : verb === 'Min' ? 'minimum' : 'maximum'} of ${name}`,
    aggregation: { type: `${number === 'long' ? 'long' : 'double'}${verb}`, name: key, fieldName: name },
    tolerance: number === 'long' ? 0 : number === 'double' ? doubleTolerance : floatTolerance,
  };
}

function scaleOf({ key, tolerance, aggregation }: Measure): Json[] {
  if (tolerance === 0) return [];
  const expression = `abs(${JSON.stringify(aggregation.fieldName)})`;
  return [{ type: 'doubleSum', name: `${key}Scale`, expression }];
}

/** Of each chunk that differs the first difference. */
export async function differences(
  compared: Compared,
  chunks: readonly Chunk[],
  here: Ask,
  there: Ask,
): Promise<Difference[]> {
  const query = compareQuery(compared, chunks);
  const [ours, theirs] = await Promise.all([here, there].map(async (ask) => byTime(await ask(query))));
  return chunks.flatMap(({ startMs, endMs }) => {
    const [our, their] = [ours?.get(startMs) ?? {}, theirs?.get(startMs) ?? {}];
    const differing = measuresOf(compared).find((measure) => !agree(measure, our, their));
    if (!differing) return [];
    const { key, label } = differing;
    const interval = formatInterval({ start: startMs, end: endMs });
    return [{ startMs, message: `${interval}: ${label} is ${our[key] ?? null} here and ${their[key] ?? null} there` }];
  });
}

function agree({ key, tolerance }: Measure, ours: Json, theirs: Json): boolean {
  const [our, their] = [ours[key] ?? null, theirs[key] ?? null];
  if (our === their) return true;
  if (typeof our !== 'number' || typeof their !== 'number') return false;
  return Math.abs(our - their) <= tolerance * Number(ours[`${key}Scale`] ?? 0);
}

interface Bucket {
  readonly timestamp: string;
  readonly result: Json;
}

const byTime = (answer: unknown): Map<number, Json> =>
  new Map((answer as readonly Bucket[]).map(({ timestamp, result }) => [parseInstant(timestamp) as number, result]));
