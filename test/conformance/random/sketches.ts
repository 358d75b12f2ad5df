/** Random native queries with sketches. The names of what is estimated say how far it may lie from Druid's: see `estimates`. */
import fc from 'fast-check';
import type { Query } from '../define.ts';
import { type Json, query, record } from './atoms.ts';
import { aggregatorFilter } from './filters.ts';

/**
 * As a part of the larger one. HyperLogLog's count of the few is not quite whole; `distinct` are four standard errors of each of two
 * sketches, by the size of the smallest, 1/√256; a rank (k = 32) may be 6 % beside the true one, and stands beside a 1.
 */
export const estimates: Readonly<Record<string, number>> = { few: 1e-5, twice: 1e-5, distinct: 0.36, rank: 0.13 };

const textField = fc.constantFrom('s', 'k', 'm');
const numberField = fc.constantFrom('l', 'big', 'd', 'f');
const field = (fieldName: string) => ({ type: 'fieldAccess', fieldName });

interface Sketched {
  readonly aggregations: readonly Json[];
  readonly postAggregations: readonly Json[];
}

const sketch = (aggregations: readonly Json[], postAggregations: readonly Json[] = []): Sketched => ({
  aggregations,
  postAggregations,
});
const filtered = (aggregator: Json, given: Json | undefined): Json =>
  given === undefined ? aggregator : { type: 'filtered', filter: given, aggregator };
const maybe = fc.option(aggregatorFilter, { nil: undefined });

/** The random rows have fewer values than this sketch keeps, so that it is exact; set operations of them are, too. */
const theta = fc
  .tuple(fc.oneof(textField, fc.constant('l')), maybe, maybe, fc.constantFrom('UNION', 'INTERSECT', 'NOT'))
  .map(([fieldName, one, other, func]) =>
    sketch(
      [
        { type: 'count', name: 'rows' },
        filtered({ type: 'thetaSketch', name: 'x', fieldName }, one),
        filtered({ type: 'thetaSketch', name: 'y', fieldName }, other),
      ],
      [
        { type: 'thetaSketchEstimate', name: 'ex', field: field('x') },
        {
          type: 'thetaSketchEstimate',
          name: 'both',
          field: { type: 'thetaSketchSetOp', name: 'set', func, fields: [field('x'), field('y')] },
        },
      ],
    ),
  );
const hll = fc
  .tuple(fc.oneof(textField, numberField), maybe, fc.constantFrom('HLL_4', 'HLL_8'), fc.boolean())
  .map(([fieldName, given, tgtHllType, round]) =>
    sketch(
      [
        { type: 'count', name: 'rows' },
        filtered({ type: 'HLLSketchBuild', name: 'few', fieldName, tgtHllType, lgK: 14 }, given),
      ],
      [
        {
          type: 'HLLSketchEstimate',
          name: round ? 'whole' : 'twice',
          field: { type: 'HLLSketchUnion', name: 'u', fields: [field('few'), field('few')], lgK: 14 },
          round,
        },
      ],
    ),
  );
const small = fc
  .tuple(fc.constantFrom('thetaSketch', 'HLLSketchBuild'), fc.constantFrom('big', 'd'), maybe)
  .map(([type, fieldName, given]) =>
    sketch([
      { type: 'count', name: 'rows' },
      filtered({ type, name: 'distinct', fieldName, ...(type === 'thetaSketch' ? { size: 256 } : { lgK: 8 }) }, given),
    ]),
  );
const splitPoints = fc.constantFrom([0], [-20.5, 0, 7], [-1000, 1000]);
const exactQuantiles = fc
  .tuple(numberField, maybe, fc.constantFrom(0.05, 0.5, 0.99), splitPoints)
  .map(([fieldName, given, fraction, points]) =>
    sketch(
      [filtered({ type: 'quantilesDoublesSketch', name: 'n', fieldName, k: 1024 }, given)],
      [
        { type: 'quantilesDoublesSketchToQuantile', name: 'quantile', field: field('n'), fraction },
        { type: 'quantilesDoublesSketchToQuantiles', name: 'quantiles', field: field('n'), fractions: [0.1, fraction] },
        { type: 'quantilesDoublesSketchToRank', name: 'r', field: field('n'), value: points[0] },
        { type: 'quantilesDoublesSketchToCDF', name: 'cdf', field: field('n'), splitPoints: points },
        { type: 'quantilesDoublesSketchToHistogram', name: 'histogram', field: field('n'), splitPoints: points },
      ],
    ),
  );
const ranks = fc.tuple(numberField, fc.constantFrom(-20, 0, 7)).map(([fieldName, value]) =>
  sketch(
    [{ type: 'quantilesDoublesSketch', name: 'n', fieldName, k: 32 }],
    [
      {
        type: 'arithmetic',
        name: 'rank',
        fn: '+',
        fields: [
          { type: 'quantilesDoublesSketchToRank', name: 'r', field: field('n'), value },
          { type: 'constant', name: 'one', value: 1 },
        ],
      },
    ],
  ),
);
const sketched = fc.oneof(theta, hll, small, exactQuantiles, ranks);

const where = { filter: maybe };
const asked = (queryType: string, fields: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<Query> =>
  fc
    .tuple(query(queryType, { ...where, ...fields }), sketched)
    .map(([one, sketches]): Query => ({ ...one, ...sketches }))
    .filter((one) => !losesRows(one));

/** Where large sketches make Druid's topN read a segment several times, `or` loses rows from the second time on. */
const losesRows = ({ queryType, filter: given, aggregations }: Query) =>
  queryType === 'topN' && /"or"/.test(JSON.stringify(given ?? '')) && /thetaSketch/.test(JSON.stringify(aggregations));

/** What sketches count and rank, of all rows, by bucket and by group. */
export const sketches: fc.Arbitrary<Query> = fc.oneof(
  asked('timeseries', { granularity: fc.constantFrom('all', 'day', 'month') }),
  asked('groupBy', {
    granularity: fc.constantFrom('all', 'month'),
    dimensions: fc.constantFrom(['k'], ['s'], ['k', 'l'], []),
  }),
  asked('topN', {
    granularity: fc.constant('all'),
    dimension: fc.constantFrom('k', 's'),
    metric: record({ type: fc.constant('dimension'), ordering: fc.constant('lexicographic') }),
    threshold: fc.constantFrom(2, 100),
  }),
);
