import { day, each, groupBy, ofOdd, query, scan, timeseries, topN } from '../build.ts';
import type { Case, Cases, Query, Tolerance } from '../define.ts';
import { few, kll, pages, quantiles, users } from './sketch-errors.ts';

const field = (fieldName: string) => ({ type: 'fieldAccess', fieldName });
const robots = { type: 'selector', dimension: 'isRobot', value: 'true' };
const nobody = { type: 'selector', dimension: 'channel', value: 'nowhere' };
const finnish = { type: 'selector', dimension: 'channel', value: '#fi.wikipedia' };
const filtered = (aggregator: Readonly<Record<string, unknown>>, filter: unknown = robots) => ({
  type: 'filtered',
  filter,
  aggregator,
});

const hllUsers = { type: 'HLLSketchMerge', name: 'users', fieldName: 'hllUsers' };
const hllPages = { type: 'HLLSketchMerge', name: 'pages', fieldName: 'hllPages', lgK: 8 };
const thetaUsers = { type: 'thetaSketch', name: 'users', fieldName: 'thetaUsers' };
const thetaPages = { type: 'thetaSketch', name: 'pages', fieldName: 'thetaPages', size: 512 };
const deltas = { type: 'quantilesDoublesSketch', name: 'deltas', fieldName: 'deltas' };
const added = { type: 'quantilesDoublesSketch', name: 'added', fieldName: 'added', k: 32 };
const all = [hllUsers, hllPages, { ...thetaUsers, name: 'thetaUsers' }, { ...thetaPages, name: 'thetaPages' }, deltas];
const ofAll = { users, pages: pages.hll, thetaPages: pages.theta };

const ofSketches = (aggregations: readonly unknown[], postAggregations: readonly unknown[] = [], fields = {}) =>
  timeseries('sketches', day, { aggregations, postAggregations, ...fields });

const overOdd = (aggregations: readonly unknown[], postAggregations: readonly unknown[] = [], fields = {}) =>
  timeseries('odd', ofOdd, { aggregations, postAggregations, ...fields });

const fifty = Array.from({ length: 50 }, (_, i) => [i + 1]);

const setOp = (func: string, ...fieldNames: string[]) => ({
  type: 'thetaSketchEstimate',
  name: func,
  field: { type: 'thetaSketchSetOp', name: 'sketch', func, fields: fieldNames.map(field) },
});
const setOps = (...fieldNames: string[]) => ['UNION', 'INTERSECT', 'NOT'].map((func) => setOp(func, ...fieldNames));

const quantilePosts = (fieldName: string, splitPoints: readonly number[]) => [
  { type: 'quantilesDoublesSketchToQuantile', name: 'median', field: field(fieldName), fraction: 0.5 },
  {
    type: 'quantilesDoublesSketchToQuantiles',
    name: 'some',
    field: field(fieldName),
    fractions: [0, 0.1, 0.25, 0.9, 1],
  },
  { type: 'quantilesDoublesSketchToRank', name: 'rank', field: field(fieldName), value: splitPoints[0] },
  { type: 'quantilesDoublesSketchToCDF', name: 'cdf', field: field(fieldName), splitPoints },
  { type: 'quantilesDoublesSketchToHistogram', name: 'histogram', field: field(fieldName), splitPoints },
  { type: 'quantilesDoublesSketchToHistogram', name: 'bins', field: field(fieldName), numBins: 3 },
  { type: 'quantilesDoublesSketchToHistogram', name: 'tenBins', field: field(fieldName) },
];

const kllPosts = (type: string, name: string, splitPoints: readonly number[] = [0, 2.5]) => [
  { type: `${type}ToQuantile`, name: `${name}Median`, field: field(name), fraction: 0.5 },
  { type: `${type}ToQuantiles`, name: `${name}Some`, field: field(name), fractions: [0, 0.1, 0.25, 0.9, 1] },
  { type: `${type}ToRank`, name: `${name}Rank`, field: field(name), value: splitPoints[0] },
  { type: `${type}ToCDF`, name: `${name}CDF`, field: field(name), splitPoints },
  { type: `${type}ToHistogram`, name: `${name}Histogram`, field: field(name), splitPoints },
  { type: `${type}ToHistogram`, name: `${name}Bins`, field: field(name), numBins: 3 },
];

const rawOdd = {
  'HLLSketchBuild of text': { type: 'HLLSketchBuild', name: 'x', fieldName: 'name' },
  'HLLSketchBuild of lists': { type: 'HLLSketchBuild', name: 'x', fieldName: 'tags' },
  'HLLSketchBuild of longs': { type: 'HLLSketchBuild', name: 'x', fieldName: 'n' },
  'HLLSketchBuild of doubles': { type: 'HLLSketchBuild', name: 'x', fieldName: 'd' },
  'HLLSketchBuild of nothing': { type: 'HLLSketchBuild', name: 'x', fieldName: 'nothing' },
  'HLLSketchBuild, rounded': { type: 'HLLSketchBuild', name: 'x', fieldName: 'name', round: true },
  'HLLSketchMerge of text': { type: 'HLLSketchMerge', name: 'x', fieldName: 'name' },
  'thetaSketch of text': { type: 'thetaSketch', name: 'x', fieldName: 'name' },
  'thetaSketch of lists': { type: 'thetaSketch', name: 'x', fieldName: 'tags' },
  'thetaSketch of longs': { type: 'thetaSketch', name: 'x', fieldName: 'n' },
  'thetaSketch of nothing': { type: 'thetaSketch', name: 'x', fieldName: 'nothing' },
  'thetaSketch with bounds': { type: 'thetaSketch', name: 'x', fieldName: 'name', errorBoundsStdDev: 2 },
  'thetaSketch of a size that is no power of two': { type: 'thetaSketch', name: 'x', fieldName: 'name', size: 100 },
  'quantilesDoublesSketch of longs': { type: 'quantilesDoublesSketch', name: 'x', fieldName: 'n' },
  'quantilesDoublesSketch of doubles': { type: 'quantilesDoublesSketch', name: 'x', fieldName: 'd' },
  'quantilesDoublesSketch of floats': { type: 'quantilesDoublesSketch', name: 'x', fieldName: 'f' },
  'quantilesDoublesSketch of nothing': { type: 'quantilesDoublesSketch', name: 'x', fieldName: 'nothing' },
};

const estimated = (asked: Query, estimates: Readonly<Record<string, Tolerance>>): Case => ({ query: asked, estimates });

export const sketchCases: Cases = {
  ...Object.fromEntries(Object.entries(rawOdd).map(([name, spec]) => [name, estimated(overOdd([spec]), { x: few })])),
  ...each(Object.fromEntries(Object.entries(rawOdd).map(([name, spec]) => [`${name}, no rows`, spec])), (spec) =>
    overOdd([spec], [], { filter: { type: 'selector', dimension: 'name', value: 'nobody' } }),
  ),
  'stored sketches': estimated(ofSketches(all), ofAll),
  'stored sketches, no rows': { query: ofSketches(all, [], { filter: nobody }) },
  'stored sketches, by hour': estimated(
    groupBy('sketches', day, { granularity: 'hour', dimensions: ['isRobot'], aggregations: [hllUsers, thetaPages] }),
    { users, pages: pages.theta },
  ),
  'stored sketches, topN': estimated(
    topN('sketches', day, { dimension: 'channel', metric: 'thetaUsers', aggregations: all }),
    ofAll,
  ),
  'stored sketches, filtered': estimated(ofSketches(all.map((spec) => filtered(spec))), ofAll),
  'raw values': estimated(
    timeseries('wikipedia', day, {
      aggregations: [
        { type: 'HLLSketchBuild', name: 'users', fieldName: 'user' },
        { type: 'HLLSketchBuild', name: 'pages', fieldName: 'page', lgK: 8 },
        { type: 'thetaSketch', name: 'thetaUsers', fieldName: 'user' },
        { type: 'thetaSketch', name: 'thetaPages', fieldName: 'page', size: 512 },
        { type: 'quantilesDoublesSketch', name: 'deltas', fieldName: 'delta' },
      ],
    }),
    ofAll,
  ),
  'estimates of HLL sketches': estimated(
    ofSketches(
      [hllUsers, hllPages],
      [
        { type: 'HLLSketchEstimate', name: 'p', field: field('users') },
        { type: 'HLLSketchEstimate', name: 'rounded', field: field('users'), round: true },
        { type: 'HLLSketchEstimateWithBounds', name: 'bounds', field: field('users'), numStdDev: 2 },
        { type: 'HLLSketchEstimateWithBounds', name: 'pageBounds', field: field('pages') },
        { type: 'finalizingFieldAccess', name: 'finished', fieldName: 'users' },
      ],
    ),
    { users, pages: pages.hll, p: users, rounded: users, bounds: users, pageBounds: pages.hll, finished: users },
  ),
  'union of HLL sketches': estimated(
    ofSketches(
      [
        filtered({ ...hllUsers, name: 'robots' }),
        filtered({ ...hllUsers, name: 'people' }, { type: 'not', field: robots }),
      ],
      [
        {
          type: 'HLLSketchEstimate',
          name: 'p',
          field: { type: 'HLLSketchUnion', name: 'u', fields: ['robots', 'people'].map(field) },
        },
      ],
    ),
    { robots: few, people: users, p: users },
  ),
  'set operations of theta sketches': {
    query: ofSketches(
      [filtered({ ...thetaUsers, name: 'robots' }), filtered({ ...thetaUsers, name: 'finns' }, finnish), thetaUsers],
      [...setOps('users', 'robots'), { ...setOp('NOT', 'users', 'robots', 'finns'), name: 'three' }],
    ),
  },
  'set operations of estimated theta sketches': estimated(
    ofSketches(
      [filtered({ ...thetaPages, name: 'robots' }), thetaPages],
      setOps('pages', 'robots').map((post) => ({ ...post, field: { ...post.field, size: 512 } })),
    ),
    { robots: pages.theta, pages: pages.theta, UNION: pages.theta, INTERSECT: 0.25, NOT: 0.25 },
  ),
  'bounds of theta sketches': estimated(
    ofSketches(
      [thetaUsers, thetaPages],
      ['users', 'pages'].map((name) => ({
        type: 'thetaSketchEstimate',
        name: `${name}Bounds`,
        field: field(name),
        errorBoundsStdDev: 2,
      })),
    ),
    { pages: pages.theta, estimate: pages.theta, highBound: pages.theta, lowBound: pages.theta },
  ),
  'quantiles, exact': estimated(overOdd([{ ...deltas, fieldName: 'n' }], quantilePosts('deltas', [1, 10, 100])), {}),
  'quantiles of doubles, exact': { query: overOdd([{ ...deltas, fieldName: 'd' }], quantilePosts('deltas', [0, 2.5])) },
  'quantiles of nothing': { query: overOdd([{ ...deltas, fieldName: 'nothing' }], quantilePosts('deltas', [1, 10])) },
  'quantiles between two of fifty values': {
    query: {
      ...timeseries('', '0000/3000', {
        aggregations: [{ ...deltas, fieldName: 'n' }],
        postAggregations: [0.02, 0.14, 0.28, 0.5].map((fraction) => {
          const name = String(fraction);
          return { type: 'quantilesDoublesSketchToQuantile', name, field: field('deltas'), fraction };
        }),
      }),
      dataSource: { type: 'inline', columnNames: ['n'], columnTypes: ['LONG'], rows: fifty },
    },
  },
  'quantiles of stored sketches, exact': {
    query: ofSketches([deltas], quantilePosts('deltas', [0, 50]), { filter: finnish }),
  },
  'quantiles of stored sketches, estimated': estimated(
    ofSketches([added], quantilePosts('added', [20, 100, 1000]).slice(2, 5)),
    { rank: quantiles.rank, cdf: quantiles.rank, histogram: quantiles.histogram },
  ),
  'quantiles by group': {
    query: groupBy('sketches', day, {
      granularity: 'hour',
      dimensions: ['namespace'],
      filter: finnish,
      aggregations: [deltas],
      postAggregations: quantilePosts('deltas', [0, 50]).slice(0, 3),
    }),
  },
  'ordered by a quantile': {
    query: groupBy('sketches', day, {
      dimensions: ['channel'],
      filter: { type: 'in', dimension: 'channel', values: ['#fi.wikipedia', '#ko.wikipedia', '#sv.wikipedia'] },
      aggregations: [deltas],
      postAggregations: quantilePosts('deltas', [0]).slice(0, 1),
      limitSpec: { type: 'default', columns: [{ dimension: 'median', direction: 'descending' }] },
    }),
  },
  'sketches of a subquery': {
    query: groupBy('sketches', day, {
      dataSource: {
        type: 'query',
        query: groupBy('sketches', day, {
          dimensions: ['namespace'],
          filter: finnish,
          aggregations: [thetaPages, deltas],
        }),
      },
      dimensions: [],
      aggregations: [
        { ...thetaPages, fieldName: 'pages' },
        { ...deltas, fieldName: 'deltas' },
      ],
    }),
  },
  'arithmetic over a sketch': {
    query: ofSketches(
      [thetaUsers],
      [{ type: 'arithmetic', name: 'p', fn: '*', fields: [field('users'), { type: 'constant', value: 2 }] }],
    ),
  },
  'arithmetic over an estimate': {
    query: ofSketches(
      [thetaUsers],
      [
        {
          type: 'arithmetic',
          name: 'p',
          fn: '*',
          fields: [
            { type: 'finalizingFieldAccess', fieldName: 'users' },
            { type: 'constant', value: 2 },
          ],
        },
      ],
    ),
  },
  'an estimate of another sketch': {
    query: ofSketches([thetaUsers], [{ type: 'HLLSketchEstimate', name: 'p', field: field('users') }]),
  },
  'first by fieldAccess': {
    query: overOdd([{ type: 'longFirst', name: 'x', fieldName: 'n' }], [{ ...field('x'), name: 'p' }]),
  },
  'a fraction beyond 1': {
    query: ofSketches([deltas], [{ ...quantilePosts('deltas', [1])[0], fraction: 1.5 }]),
  },
  'points that fall': {
    query: ofSketches([deltas], [{ ...quantilePosts('deltas', [1])[3], splitPoints: [3, 1] }]),
  },
  'KLL sketches, exact': {
    query: overOdd(
      [
        { type: 'KllDoublesSketch', name: 'doubles', fieldName: 'd' },
        { type: 'KllFloatsSketch', name: 'floats', fieldName: 'f', k: 100 },
      ],
      [...kllPosts('KllDoublesSketch', 'doubles'), ...kllPosts('KllFloatsSketch', 'floats')],
    ),
  },
  'KLL sketches, estimated': estimated(
    timeseries('wikipedia', day, {
      aggregations: [{ type: 'KllDoublesSketch', name: 'doubles', fieldName: 'added' }],
      postAggregations: kllPosts('KllDoublesSketch', 'doubles', [20, 100]).slice(2, 5),
    }),
    { doublesRank: kll.rank, doublesCDF: kll.rank, doublesHistogram: kll.histogram },
  ),
  'metadata of stored sketches': {
    query: query('segmentMetadata', 'sketches', day, {
      merge: true,
      analysisTypes: ['aggregators'],
      lenientAggregatorMerge: true,
    }),
  },
  'HLLSketchMerge of a theta sketch': { query: ofSketches([{ ...hllUsers, fieldName: 'thetaUsers' }]) },
  'a sketch as it is': {
    query: scan('sketches', day, { columns: ['thetaUsers'], filter: finnish, limit: 1 }),
    differs: "Druid prints DataSketches' form in Base64, millrace its own as JSON",
  },
  'a sketch by fieldAccess': {
    query: ofSketches([thetaUsers], [{ ...field('users'), name: 'p' }], { filter: nobody }),
    differs: "Druid prints DataSketches' form in Base64, millrace its own as JSON",
  },
};
