/** Transforms on the way in. https://druid.apache.org/docs/latest/ingestion/ingestion-spec#transformspec */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type Event, pageViews, temporaryBackend } from '../support/backend.ts';

const time = '2026-06-01T12:00:00Z';

const withTransforms = (
  transforms: Readonly<Record<string, string>>,
  dimensions: readonly unknown[],
  overrides: Event = {},
) =>
  pageViews({
    dimensionsSpec: { dimensions },
    metricsSpec: [],
    granularitySpec: { rollup: false },
    transformSpec: {
      transforms: Object.entries(transforms).map(([name, expression]) => ({ type: 'expression', name, expression })),
    },
    ...overrides,
  });

it('the numbers of JSON add, its texts join', async () => {
  await using test = await temporaryBackend();
  await test.define(withTransforms({ sum: 'a + b', who: "concat(upper(user), '-', a)" }, ['sum', 'who']));
  await test.push('pageviews', [
    { time, a: 1, b: 2, user: 'x' },
    { time, a: 1, b: 2.5, user: 'y' },
    { time, a: '1', b: '2', user: 'z' },
  ]);
  assert.deepEqual(await test.rows('pageviews', ['sum', 'who']), [
    ['12', 'Z-1'],
    ['3', 'X-1'],
    ['3.5', 'Y-1'],
  ]);
});

it('transforms do not see each other, may replace a field, and feed long dimensions and metrics', async () => {
  await using test = await temporaryBackend();
  await test.define(
    withTransforms(
      { url: 'lower(url)', copy: 'url', twice: 'n * 2' },
      ['url', 'copy', { name: 'twice', type: 'long' }],
      {
        metricsSpec: [
          { type: 'longSum', name: 'total', fieldName: 'twice' },
          { type: 'longSum', name: 'next', expression: 'n + 1' },
        ],
      },
    ),
  );
  await test.push('pageviews', [{ time, url: '/A', n: 4 }]);
  assert.deepEqual(await test.rows('pageviews', ['url', 'copy', 'twice', 'total', 'next']), [['/a', '/A', 8, 8, 5]]);
});

it('a list is transformed value by value, an array becomes a multi-value dimension', async () => {
  await using test = await temporaryBackend();
  await test.define(withTransforms({ up: 'upper(tags)', parts: "string_to_array(path, '/')" }, ['up', 'parts']));
  await test.push('pageviews', [
    { time, tags: ['b', 'a'], path: 'x/y' },
    { time, tags: 'c', path: 'z' },
  ]);
  assert.deepEqual(await test.rows('pageviews', ['up', 'parts']), [
    ['C', 'z'],
    [
      ['A', 'B'],
      ['x', 'y'],
    ],
  ]);
});

it('a transform of the name __time replaces the time', async () => {
  await using test = await temporaryBackend();
  await test.define(withTransforms({ __time: "timestamp_shift(__time, 'P1D', -1)" }, ['url']));
  await test.push('pageviews', [{ time, url: '/' }]);
  assert.deepEqual(await test.rows('pageviews', ['__time', 'url']), [[Date.parse('2026-05-31T12:00:00Z'), '/']]);
});

it('a filter throws events away, and they are counted', async () => {
  await using test = await temporaryBackend();
  const filter = { type: 'selector', dimension: 'big', value: 'yes' };
  const transforms = [{ type: 'expression', name: 'big', expression: "if(n > 9, 'yes', 'no')" }];
  await test.define(withTransforms({}, ['n'], { transformSpec: { transforms, filter } }));
  const events = [9, 10, '11', 8].map((n) => ({ time, n }));
  const { received, sent, dropped } = await test.push('pageviews', events);
  assert.deepEqual({ received, sent, dropped }, { received: 4, sent: 2, dropped: { filtered: 2 } });
});
