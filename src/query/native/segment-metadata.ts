import { z } from 'zod';
import type { Value } from '../../catalog/index.ts';
import { intervalsSchema } from '../../catalog/intervals.ts';
import { condenseIntervals, eternity, formatInterval, type Interval } from '../../catalog/time.ts';
import { ident, join, sql } from '../../sql.ts';
import type { TableView } from '../../store/table.ts';
import { defineQueryType, type Plan, type RowBatch } from '../define.ts';
import { printArray } from '../encode.ts';
import { type Source, sourceOf } from '../source.ts';
import { type Fact, factsOf, typeName } from './column-facts.ts';
import { flagSchema, queryShape } from './common.ts';

const analysisTypes = [
  'cardinality',
  'interval',
  'minmax',
  'size',
  'timestampSpec',
  'queryGranularity',
  'aggregators',
  'rollup',
];

const analysisSchema = z
  .string()
  .transform((text) => analysisTypes.find((type) => type.toLowerCase() === text.toLowerCase()) ?? text)
  .pipe(z.enum(analysisTypes));

const schema = z.object({
  queryType: z.literal('segmentMetadata'),
  ...queryShape,
  intervals: intervalsSchema.nullish(),
  merge: flagSchema.nullish(),
  analysisTypes: z
    .array(analysisSchema)
    .nullish()
    .transform((types): ReadonlySet<string> => new Set(types ?? ['cardinality', 'interval', 'minmax'])),
  toInclude: z
    .discriminatedUnion('type', [
      z.object({ type: z.literal('all') }),
      z.object({ type: z.literal('none') }),
      z.object({ type: z.literal('list'), columns: z.array(z.string()) }),
    ])
    .nullish()
    .transform((include) => include ?? { type: 'all' as const }),
});

type Query = z.infer<typeof schema>;

/** Without intervals Druid covers the last week of the data. */
const defaultHistoryMs = 7 * 86_400_000;

/** `[{"id":…,"intervals":[…],"columns":{…},"numRows":…,…}]`: an object for each segment, or with `merge` one. */
export default defineQueryType<Query>({
  type: 'segmentMetadata',
  summary:
    "Columns and their properties, segment by segment or merged. Cardinalities are exact; merged, the largest of the segments'.",
  see: 'https://druid.apache.org/docs/latest/querying/segmentmetadataquery',
  schema,
  plan: (query, context): Plan => {
    const source = sourceOf({ ...query, intervals: query.intervals ?? [eternity] }, context);
    const columns = includedColumns(query, source);
    const { segmentStart, segmentEnd } = source.table;
    const facts = columns.flatMap((column) => column.facts);
    const names = facts.map((_, i) => ident(`f${i}`));
    const end = segmentEnd(sql`segment`);
    const segments = sql`
      SELECT ${join([
        sql`${segmentStart(source.scope.time)} AS segment`,
        sql`count(*) AS n`,
        ...facts.map(({ fold }, i) => sql`${fold} AS f${i}`),
      ])} ${source.from} GROUP BY 1`;
    const recent = query.intervals
      ? sql``
      : sql`QUALIFY segment IS NULL OR ${end} > max(${end}) OVER () - to_milliseconds(${defaultHistoryMs})`;
    const kept = sql`SELECT *, [epoch_ms(segment), epoch_ms(${end})] AS bounds FROM (${segments}) ${recent}`;
    return {
      statement: query.merge
        ? sql`
          SELECT ${join([
            sql`CAST(to_json(list(bounds)) AS VARCHAR)`,
            sql`CAST(sum(n) AS BIGINT)`,
            ...facts.map(({ merge }, i) => merge(names[i] as (typeof names)[number])),
          ])} FROM (${kept}) HAVING count(*) > 0`
        : sql`SELECT ${join([sql`CAST(to_json([bounds]) AS VARCHAR)`, sql`n`, ...names])} FROM (${kept}) ORDER BY segment`,
      shape: (batches) =>
        printArray(batches, (batch, row) => printSegment(batch, row, { query, columns, table: source.table })),
    };
  },
});

interface IncludedColumn {
  readonly name: string;
  readonly value: Value;
  readonly facts: readonly Fact[];
}

function includedColumns(
  { toInclude, analysisTypes: analyses }: Query,
  { table, scope }: Source,
): readonly IncludedColumn[] {
  if (toInclude.type === 'none') return [];
  return ['__time', ...table.columns.keys()]
    .filter((name) => toInclude.type === 'all' || toInclude.columns.includes(name))
    .map((name) => ({ name, value: scope.column(name), facts: factsOf(scope.column(name), analyses) }));
}

interface SegmentForm {
  readonly query: Query;
  readonly columns: readonly IncludedColumn[];
  readonly table: TableView;
}

function printSegment({ columns: values }: RowBatch, row: number, { query, columns, table }: SegmentForm): string {
  const intervals = intervalsOf(values[0]?.[row] as string);
  const asked = (analysis: string, value: unknown) => (query.analysisTypes.has(analysis) ? (value ?? null) : null);
  let index = 2;
  const columnTexts = columns.map(({ name, value, facts }) => {
    const texts = facts.map((fact) => `"${fact.name}":${fact.encode(values[index++]?.[row])}`);
    const [several, nulls, ...others] = texts;
    const type = `"typeSignature":${JSON.stringify(value.type)},"type":${JSON.stringify(typeName(value))}`;
    return `${JSON.stringify(name)}:{${[type, several, nulls, ...others, '"errorMessage":null'].join(',')}}`;
  });
  const sizes = columns.map(({ facts }, i) => {
    const sizeIndex = 2 + i * facts.length + facts.findIndex(({ name }) => name === 'size');
    return Number(values[sizeIndex]?.[row]);
  });
  const [first] = intervals as [Interval];
  const head = {
    id: query.merge ? 'merged' : `${table.dataSource}_${formatInterval(first).replace('/', '_')}`,
    intervals: asked('interval', intervals.map(formatInterval)),
  };
  const tail = {
    size: sizes.reduce((total, size) => total + size, 0),
    numRows: Number(values[1]?.[row]),
    aggregators: asked('aggregators', combiningAggregators(table)),
    timestampSpec: asked('timestampSpec', table.timestampSpec),
    queryGranularity: asked('queryGranularity', printedGranularity(table.queryGranularity)),
    rollup: asked('rollup', table.rollup),
  };
  return `${JSON.stringify(head).slice(0, -1)},"columns":{${columnTexts}},${JSON.stringify(tail).slice(1)}`;
}

function intervalsOf(boundsJson: string): readonly Interval[] {
  const bounds = JSON.parse(boundsJson) as readonly (readonly [number | null, number | null])[];
  return condenseIntervals(
    bounds.map(([start, end]) => ({ start: start ?? eternity.start, end: end ?? eternity.end })),
  );
}

/** Simple granularities by their names, as Druid prints them; none and all are types. */
function printedGranularity(granularity: unknown): unknown {
  const { type, ...rest } = (
    typeof granularity === 'object' && granularity !== null ? granularity : { type: granularity }
  ) as { type?: unknown };
  if (typeof type !== 'string' || Object.keys(rest).length > 0) return granularity;
  return /^(none|all)$/i.test(type) ? { type: type.toLowerCase() } : type.toUpperCase();
}

/** The aggregators that combine stored rows where they are of another type, and what Druid prints although the definition may leave it out. */
const combining: Readonly<Record<string, { readonly type?: string; readonly defaults?: object }>> = {
  count: { type: 'longSum' },
  hyperUnique: { defaults: { isInputHyperUnique: false, round: false } },
  HLLSketchBuild: { type: 'HLLSketchMerge', defaults: { lgK: 12, tgtHllType: 'HLL_4' } },
  approxHistogram: { type: 'approxHistogramFold' },
  thetaSketch: { defaults: { size: 16_384 } },
  quantilesDoublesSketch: {
    type: 'quantilesDoublesSketchMerge',
    defaults: { k: 128, maxStreamLength: 1_000_000_000 },
  },
};

/** The aggregators that would combine stored rows: over their own column, and a sum for a count. */
function combiningAggregators({ metricsSpec }: TableView): Record<string, unknown> {
  return Object.fromEntries(
    metricsSpec.map((written) => {
      // What a filter let pass is stored: there is nothing left to filter.
      const filtered = written.type === 'filtered' ? (written.aggregator as typeof written) : undefined;
      const metric = filtered ? { ...filtered, name: written.name ?? filtered.name } : written;
      const { type = metric.type, defaults } = combining[String(metric.type)] ?? {};
      return [String(metric.name), { ...defaults, ...metric, type, fieldName: metric.name }];
    }),
  );
}
