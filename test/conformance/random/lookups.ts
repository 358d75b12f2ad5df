/** Random native queries that name registered lookups. */
import fc from 'fast-check';
import type { Query } from '../define.ts';
import { type Json, optional, query, record, some } from './atoms.ts';
import { textColumns, texts } from './columns.ts';

/** One has no entry that is null or of null. */
export const lookup = fc.constantFrom('words', 'letters');
/** What it has for values, and what there is beside them. */
const value = fc.constantFrom(...texts, 'A', 'first', 'seven', 'none', 'nothing');

/** Over a row with an empty list Druid looks nothing up, so that `m` is asked without a stand-in. */
const column = fc.constantFrom<string>(...textColumns, 'l', 'nothing');
/** Of rows without a number Druid's filters do not agree whether an extraction function makes something. */
const filtered = fc.constantFrom<string>(...textColumns, 'nothing');
const missing = fc.constantFrom<Json>({}, { retainMissingValue: true }, { replaceMissingValueWith: 'none' });
const extraction = fc
  .tuple(lookup, missing)
  .map(([name, more]): Json => ({ type: 'registeredLookup', lookup: name, ...more }));
const cascade = fc.tuple(extraction, fc.constantFrom('upper', 'strlen')).map(
  ([one, type]): Json => ({
    type: 'cascade',
    extractionFns: [one, { type }],
  }),
);
const anyExtraction = fc.oneof(extraction, cascade);

const dimension = fc.oneof(
  record({
    type: fc.constant('extraction'),
    dimension: column,
    outputName: fc.constant('g'),
    extractionFn: anyExtraction,
  }),
  fc
    .tuple(column, lookup, missing)
    .map(([of, name, more]): Json => ({ type: 'lookup', dimension: of, outputName: 'g', name, ...more })),
  fc.constant<Json>({ type: 'lookup', dimension: 'm', outputName: 'g', name: 'words' }),
);
const filter = fc.oneof(
  record({
    type: fc.constant('selector'),
    dimension: filtered,
    value: fc.oneof(value, fc.constant(null)),
    extractionFn: anyExtraction,
  }),
  record({
    type: fc.constant('in'),
    dimension: filtered,
    values: some(fc.oneof(value, fc.constant(null))),
    extractionFn: anyExtraction,
  }),
  optional('bound', { dimension: filtered, lower: value, extractionFn: extraction }, { upper: value }),
  record({ type: fc.constant('like'), dimension: filtered, pattern: fc.constant('%n%'), extractionFn: extraction }),
  fc
    .tuple(fc.constantFrom(...textColumns), lookup, fc.constantFrom("== 'A'", "!= 'none'", "> 'b'"))
    .map(([of, name, test]): Json => ({ type: 'expression', expression: `lookup(${of}, '${name}', 'none') ${test}` })),
);

const aggregations = fc.oneof(
  fc.constant([{ type: 'count', name: 'a0' }]),
  filter.map((given) => [
    { type: 'count', name: 'a0' },
    { type: 'filtered', filter: given, aggregator: { type: 'longSum', name: 'a1', fieldName: 'l' } },
  ]),
);
const all = {
  granularity: fc.constantFrom('all', 'month'),
  aggregations,
  filter: fc.option(filter, { nil: undefined }),
};

const entries = fc
  .tuple(
    lookup,
    fc.constantFrom<Json>(
      { queryType: 'scan', columns: ['k', 'v'], resultFormat: 'compactedList' },
      { queryType: 'groupBy', granularity: 'all', dimensions: ['v'] },
      {
        queryType: 'groupBy',
        granularity: 'day',
        dimensions: [{ type: 'extraction', dimension: 'k', outputName: 'g', extractionFn: { type: 'strlen' } }],
      },
      { queryType: 'timeseries', granularity: 'all' },
    ),
    fc.constantFrom('0000/3000', '1970-01-01/1970-01-02', '2024/2025'),
    fc.option(
      fc.oneof(
        record({ type: fc.constant('selector'), dimension: fc.constantFrom('k', 'v'), value }),
        record({ type: fc.constant('null'), column: fc.constantFrom('k', 'v') }),
        optional('bound', { dimension: fc.constantFrom('k', 'v'), lower: value }, { upper: value }),
      ),
      { nil: undefined },
    ),
  )
  .map(([name, asked, intervals, given]): Query => {
    const aggregators = asked.queryType === 'scan' ? {} : { aggregations: [{ type: 'count', name: 'a0' }] };
    const queryType = String(asked.queryType);
    return {
      ...asked,
      ...aggregators,
      queryType,
      dataSource: { type: 'lookup', lookup: name },
      intervals,
      filter: given,
    };
  });

/** Looked-up values in the place of columns, and the entries themselves. */
export const lookedUp: fc.Arbitrary<Query> = fc.oneof(
  { arbitrary: query('groupBy', { ...all, dimensions: dimension.map((one) => [one]) }), weight: 3 },
  {
    arbitrary: query('topN', {
      ...all,
      dimension: dimension.filter((one) => one.dimension !== 'm'),
      metric: fc.constant('a0'),
      threshold: fc.constantFrom(2, 100),
    }),
    weight: 2,
  },
  { arbitrary: query('timeseries', all), weight: 2 },
  { arbitrary: entries, weight: 1 },
);
