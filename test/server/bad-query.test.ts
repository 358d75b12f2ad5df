/** Queries with mistakes, and queries that ask for very much: a clear answer, and the process goes on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, requireAlive, requireRefusal, timeseries } from './sturdy-process.ts';
import { post } from './support.ts';

const nested = (levels: number, wrap: (inner: unknown) => unknown, inner: unknown): unknown =>
  levels === 0 ? inner : nested(levels - 1, wrap, wrap(inner));
const selector = { type: 'selector', dimension: 'url', value: '/a' };
const constant = { type: 'constant', name: 'c', value: 1 };

const badQueries: [what: string, query: string | object, message: RegExp][] = [
  ['no JSON', '{"queryType": "timeseries",}', /line 1 column/],
  ['a list', [], /expected/],
  ['an unknown query type', timeseries({ queryType: 'timesries' }), /did you mean 'timeseries'/],
  ['an unknown filter', timeseries({ filter: { type: 'selektor' } }), /\$\.filter\.type/],
  ['an unknown aggregator', timeseries({ aggregations: [{ type: 'sum' }] }), /\$\.aggregations\[0\]\.type/],
  ['an unknown granularity', timeseries({ granularity: 'fortnight' }), /\$\.granularity/],
  ['an interval of words', timeseries({ intervals: 'yesterday/today' }), /is no interval/],
  ['an interval that ends before it begins', timeseries({ intervals: '2027/2026' }), /interval/],
  ['an interval beyond the calendar', timeseries({ intervals: '99999999999/P1D' }), /interval/],
  ['a period of nothing', timeseries({ granularity: { type: 'period', period: 'PT0S' } }), /\$\.granularity/],
  ['a negative duration', timeseries({ granularity: { type: 'duration', duration: -5 } }), /\$\.granularity/],
  ['a negative timeout', timeseries({ context: { timeout: -1 } }), /timeout/],
  ['a timeout of words', timeseries({ context: { timeout: 'long' } }), /timeout/],
  ['a negative limit', { ...timeseries(), queryType: 'scan', limit: -1 }, /limit/],
  [
    'a threshold of nothing',
    { ...timeseries(), queryType: 'topN', dimension: 'url', metric: 'rows', threshold: 0 },
    /threshold/,
  ],
  [
    'an absurd threshold',
    { ...timeseries(), queryType: 'topN', dimension: 'url', metric: 'rows', threshold: 1e300 },
    /threshold/,
  ],
  ['a broken regular expression', timeseries({ filter: { type: 'regex', dimension: 'url', pattern: '(' } }), /pattern/],
  [
    '10,000 nested filters',
    JSON.stringify(timeseries({ filter: 'F' })).replace(
      '"F"',
      `${'{"type":"not","field":'.repeat(10_000)}${JSON.stringify(selector)}${'}'.repeat(10_000)}`,
    ),
    /nested/,
  ],
  [
    'nested post-aggregators',
    timeseries({
      postAggregations: [
        nested(150, (inner) => ({ type: 'arithmetic', name: 'p', fn: '+', fields: [inner, constant] }), constant),
      ],
    }),
    /nested/,
  ],
  ['100,000 open brackets', '['.repeat(100_000), /nested|JSON/],
];

for (const [what, query, message] of badQueries) {
  test(`a query with ${what} is a 400`, async () => {
    requireRefusal(await post(ask, typeof query === 'string' ? query : JSON.stringify(query)), [400], message);
    await requireAlive();
  });
}

test('queries that ask for very much are answered, refused, or end at their timeout', async () => {
  const greedy: Record<string, unknown>[] = [
    timeseries({ granularity: { type: 'period', period: 'PT0.001S' }, intervals: '0001/9999' }),
    timeseries({ granularity: { type: 'duration', duration: 1 }, intervals: '1900/2100' }),
    timeseries({ granularity: 'second', intervals: '-146136543/146140482' }),
    timeseries({ context: { timeout: 1e300 } }),
    timeseries({ intervals: Array.from({ length: 2000 }, (_, i) => `${1000 + i}-01-01/P1D`) }),
    timeseries({
      filter: { type: 'in', dimension: 'url', values: Array.from({ length: 200_000 }, (_, i) => `v${i}`) },
    }),
    { ...timeseries(), queryType: 'scan', limit: Number.MAX_SAFE_INTEGER, offset: Number.MAX_SAFE_INTEGER },
    { ...timeseries(), queryType: 'topN', dimension: 'url', metric: 'rows', threshold: 2 ** 31 - 1 },
    timeseries({ dataSource: 'x'.repeat(100_000) }),
  ];
  for (const query of greedy) {
    const limited = { ...query, context: { timeout: 2000, ...('context' in query ? (query.context as object) : {}) } };
    const response = await fetch(ask, { method: 'POST', body: JSON.stringify(limited) });
    assert.ok(
      [200, 400, 429, 504].includes(response.status),
      `${response.status} for ${JSON.stringify(query).slice(0, 200)}`,
    );
    // An answer without end is the reader's to leave.
    await response.body?.cancel();
    await requireAlive();
  }
});
