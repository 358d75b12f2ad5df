/** Random native queries. */
import fc from 'fast-check';
import type { Case, Query } from '../define.ts';
import { column, type Json, number, numberColumn, query, record, some, text } from './atoms.ts';
import { allColumns, numberColumns, textColumns } from './columns.ts';
import { anyExpression, number as numberExpression, text as textExpression } from './expressions.ts';
import { aggregatorFilter, extraction, filter } from './filters.ts';
import { joined } from './joins.ts';
import { lookedUp } from './lookups.ts';
import { nested } from './nested.ts';
import { estimates, sketches } from './sketches.ts';

const sums = ['longSum', 'doubleSum', 'longMin', 'longMax', 'doubleMin', 'doubleMax'];
const ends = ['longFirst', 'longLast', 'doubleFirst', 'doubleLast'];
const plainAggregator = fc.oneof(
  record({ type: fc.constant('count') }),
  record({ type: fc.constantFrom(...sums), fieldName: numberColumn }),
  record({ type: fc.constantFrom(...ends), fieldName: numberColumn }),
  // Floats hold what is in `f` exactly, but no large sums.
  record({
    type: fc.constantFrom('floatSum', 'floatMin', 'floatMax', 'floatFirst', 'floatLast'),
    fieldName: fc.constant('f'),
  }),
  record({ type: fc.constantFrom('stringFirst', 'stringLast'), fieldName: fc.constantFrom(...textColumns) }),
  record({ type: fc.constantFrom('longSum', 'doubleSum', 'doubleMax'), expression: numberExpression }),
);
const aggregator = fc.oneof(
  { arbitrary: plainAggregator, weight: 4 },
  {
    arbitrary: record({ type: fc.constant('filtered'), aggregator: plainAggregator, filter: aggregatorFilter }),
    weight: 1,
  },
);
/** `a0` counts: what topN is ordered by must exist. */
const aggregations = fc
  .array(aggregator, { maxLength: 3 })
  .map((given) =>
    [{ type: 'count' } as Json, ...given].map((one, index) =>
      one.type === 'filtered'
        ? { ...one, aggregator: { ...(one.aggregator as Json), name: `a${index}` } }
        : { ...one, name: `a${index}` },
    ),
  );

const field = { type: 'fieldAccess', fieldName: 'a0' };
const postAggregations = fc
  .array(
    fc.oneof(
      record({
        type: fc.constant('arithmetic'),
        fn: fc.constantFrom('+', '-', '*', '/', 'quotient', 'pow'),
        fields: fc.tuple(
          fc.constant(field),
          fc.oneof(fc.constant(field), record({ type: fc.constant('constant'), value: number })),
        ),
      }),
      record({
        type: fc.constantFrom('doubleGreatest', 'longLeast'),
        fields: fc.tuple(fc.constant(field), record({ type: fc.constant('constant'), value: number })),
      }),
      record({
        type: fc.constant('expression'),
        expression: fc.constantFrom('a0 * 2', 'a0 / 7', 'a0 / 7.0', 'if(a0 > 10, 1, 0)', "concat('n', a0)"),
      }),
    ),
    { maxLength: 2 },
  )
  .map((given) => given.map((one, index) => ({ ...one, name: `p${index}` })));

const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/Los_Angeles', 'Asia/Kolkata');
const granularity = fc.oneof(
  fc.constantFrom('all', 'hour', 'day', 'week', 'month', 'six_hour', 'quarter'),
  record({
    type: fc.constant('period'),
    period: fc.constantFrom('P1D', 'PT1H', 'P1W', 'P1M', 'PT6H', 'P2D'),
    timeZone: zone,
  }),
  record({ type: fc.constant('duration'), duration: fc.constantFrom(3_600_000, 7_200_000, 100_000_000) }),
);

const virtualColumns = fc.oneof(
  { arbitrary: fc.constant([] as Json[]), weight: 3 },
  {
    arbitrary: fc
      .oneof(textExpression, numberExpression)
      .map((expression) => [{ type: 'expression', name: 'v', expression, outputType: 'STRING' } as Json]),
    weight: 1,
  },
);
/** Of an empty list Druid makes no text; here it is null, of which `[null]` may be made. */
const readsLists = (spec: unknown): boolean => JSON.stringify(spec).includes('"m"');
const listed = some(text);
const dimension = fc.oneof(
  { arbitrary: column as fc.Arbitrary<unknown>, weight: 3 },
  {
    arbitrary: record({
      type: fc.constant('default'),
      dimension: fc.constantFrom(...textColumns, ...numberColumns),
      outputType: fc.constantFrom('STRING', 'LONG', 'DOUBLE'),
    }),
    weight: 1,
  },
  {
    arbitrary: record({ type: fc.constant('extraction'), dimension: column, extractionFn: extraction }).filter(
      (spec) => !(readsLists(spec) && /stringFormat|replaceMissing/.test(JSON.stringify(spec))),
    ),
    weight: 2,
  },
  {
    arbitrary: record({
      type: fc.constant('listFiltered'),
      delegate: fc.constantFrom('m', 's'),
      values: listed,
      isWhitelist: fc.boolean(),
    }),
    weight: 1,
  },
  {
    arbitrary: record({
      type: fc.constant('prefixFiltered'),
      delegate: fc.constantFrom('m', 's'),
      prefix: fc.constantFrom('a', 'p', ''),
    }),
    weight: 1,
  },
);
const named =
  (index: number) =>
  (given: unknown): Json => {
    const spec: Json = typeof given === 'string' ? { type: 'default', dimension: given } : (given as Json);
    return 'delegate' in spec
      ? { ...spec, delegate: { type: 'default', dimension: spec.delegate, outputName: `g${index}` } }
      : { ...spec, outputName: `g${index}` };
  };

const where = { filter: fc.option(filter, { nil: undefined }), virtualColumns };
const context = fc.constantFrom({}, {}, { skipEmptyBuckets: true });

/** The timestamp of one bucket for all depends on which segments Druid reads, and which of them first. */
const hasPlainTime = ({ granularity, filter: given, context: flags }: Query) =>
  granularity !== 'all' ||
  given === undefined ||
  !(JSON.stringify(given).includes('"interval"') || JSON.stringify(flags ?? {}).includes('skipEmptyBuckets'));

const timeseries = query('timeseries', {
  ...where,
  granularity,
  aggregations,
  postAggregations,
  descending: fc.boolean(),
  context,
})
  .map((one): Query => (one.granularity === 'all' ? { ...one, descending: false } : one))
  .filter(hasPlainTime);
const topN = query('topN', {
  ...where,
  granularity: fc.constantFrom('all', 'all', 'day', 'month'),
  // It leaves out rows with an empty list, which are not told from null here.
  dimension: dimension.map(named(0)).filter((spec) => !readsLists(spec) && spec.outputType !== 'DOUBLE'),
  metric: fc.constantFrom<unknown>(
    'a0',
    { type: 'inverted', metric: 'a0' },
    { type: 'dimension', ordering: 'lexicographic' },
    { type: 'numeric', metric: 'a0' },
  ),
  threshold: fc.constantFrom(1, 3, 100),
  aggregations,
  postAggregations,
}).filter(hasPlainTime);
const having = fc.oneof(
  record({
    type: fc.constantFrom('greaterThan', 'lessThan', 'equalTo'),
    aggregation: fc.constant('a0'),
    value: fc.constantFrom(1, 3, 10),
  }),
  record({
    type: fc.constant('dimSelector'),
    dimension: fc.constant('g0'),
    // Of a double Druid compares the text, such as 7.0.
    value: text.filter((word) => Number.isNaN(Number(word))),
  }),
  record({
    type: fc.constant('filter'),
    filter: record({
      type: fc.constant('range'),
      column: fc.constant('a0'),
      matchValueType: fc.constant('LONG'),
      lower: fc.constantFrom(1, 5),
    }),
  }),
);
const groupBy = fc
  .tuple(
    query('groupBy', {
      ...where,
      granularity,
      aggregations,
      postAggregations,
      having: fc.option(having, { nil: undefined }),
    }),
    fc.array(dimension, { maxLength: 2 }),
    fc.constantFrom<readonly string[] | undefined>(
      undefined,
      ['ascending', 'lexicographic'],
      ['descending', 'numeric'],
    ),
    fc.constantFrom(undefined, 2, 10),
    fc.constantFrom(undefined, 1),
  )
  .map(([one, dimensions, order, limit, offset]): Query => {
    const specs = dimensions.map((given, index) => named(index)(given));
    // By all dimensions, so that the order is a promised one.
    const columns =
      order &&
      specs.map(({ outputName }) => ({ dimension: outputName, direction: order[0], dimensionOrder: order[1] }));
    const limitSpec = { type: 'default', columns, limit, offset: limit && offset };
    return { ...one, dimensions: specs, ...(columns || limit ? { limitSpec } : {}) };
  });
/** What reads no virtual column does not show whether Druid can compute it. */
const computed = anyExpression.map((expression) => [{ type: 'expression', name: 'v', expression }]);
const scan = query('scan', {
  filter: where.filter,
  virtualColumns: computed,
  columns: fc.constantFrom(
    [...allColumns, 'v'],
    ['__time', 's', 'm', 'l', 'v'],
    ['v'],
    ['__time', 'nothing', 'f', 'v'],
  ),
  resultFormat: fc.constantFrom('list', 'compactedList'),
  order: fc.constantFrom('ascending', 'descending'),
  limit: fc.constantFrom(3, 50, 1_000),
  offset: fc.constantFrom(undefined, 2),
});
const search = query('search', {
  filter: where.filter,
  // What a row has twice counts once or twice, by the engine that Druid chooses.
  searchDimensions: fc.constantFrom(['s'], ['k'], ['s', 'k']),
  query: fc.oneof(
    record({ type: fc.constant('insensitive_contains'), value: text }),
    record({ type: fc.constant('contains'), value: text, case_sensitive: fc.boolean() }),
    record({ type: fc.constant('fragment'), values: some(text, 2), case_sensitive: fc.boolean() }),
    record({ type: fc.constant('regex'), pattern: fc.constantFrom('^a', '[0-9]') }),
  ),
  // In the alphanumeric order Druid takes `b` and `B` for one.
  sort: record({ type: fc.constantFrom('lexicographic', 'strlen') }),
});
const timeBoundary = query('timeBoundary', {
  filter: where.filter,
  bound: fc.constantFrom(undefined, 'minTime', 'maxTime'),
});

/** A query; JSON leaves out what is undefined. */
export const nativeCase: fc.Arbitrary<Case> = fc
  .oneof(
    { withCrossShrink: true },
    { arbitrary: timeseries, weight: 3 },
    { arbitrary: topN, weight: 3 },
    { arbitrary: groupBy, weight: 4 },
    { arbitrary: scan, weight: 3 },
    { arbitrary: search, weight: 1 },
    { arbitrary: timeBoundary, weight: 1 },
    { arbitrary: nested, weight: 2 },
    { arbitrary: lookedUp, weight: 2 },
    { arbitrary: joined, weight: 2 },
    { arbitrary: sketches, weight: 2 },
  )
  .map((one) => ({
    query: JSON.parse(JSON.stringify(one)) as Query,
    estimates,
    // Of rows of a join Druid promises no order.
    ...(typeof one.dataSource === 'string' ? {} : { unordered: true as const }),
  }));
