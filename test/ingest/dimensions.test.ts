/** Which fields become columns, and what their values become. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { pageViews, temporaryBackend } from '../support/backend.ts';

const time = '2026-06-01T12:00:00Z';
const plain = { metricsSpec: [], granularitySpec: { rollup: false } };

it('lists become multi-value dimensions: sorted, null first, duplicates kept; one value is that value, none is null', async () => {
  await using test = await temporaryBackend();
  await test.define(pageViews({ ...plain, dimensionsSpec: { dimensions: ['id', 'tags'] } }));
  const tags = [['b', 'a', null, 'b'], ['x'], [], null, 'y', '["z"]', 7, [2, 10]];
  await test.push(
    'pageviews',
    tags.map((value, id) => ({ time, id: `${id}`, tags: value })),
  );
  assert.deepEqual(await test.rows('pageviews', ['id', 'tags']), [
    ['0', [null, 'a', 'b', 'b']],
    ['1', 'x'],
    ['2', null],
    ['3', null],
    ['4', 'y'],
    ['5', '["z"]'],
    ['6', '7'],
    // As text: "10" sorts before "2".
    ['7', ['10', '2']],
  ]);
});

it('multiValueHandling: array keeps the order, sorted_set drops duplicates', async () => {
  await using test = await temporaryBackend();
  const dimensions = [
    { name: 'a', multiValueHandling: 'ARRAY' },
    { name: 's', multiValueHandling: 'sorted_set' },
  ];
  await test.define(pageViews({ ...plain, dimensionsSpec: { dimensions } }));
  await test.push('pageviews', [{ time, a: ['b', 'a', 'b'], s: ['b', 'a', 'b'] }]);
  assert.deepEqual(await test.rows('pageviews', ['a', 's']), [
    [
      ['b', 'a', 'b'],
      ['a', 'b'],
    ],
  ]);
});

it('numbers as text are numbers; what is no number is null', async () => {
  await using test = await temporaryBackend();
  const dimensions = ['id', { name: 'l', type: 'long' }, { name: 'd', type: 'double' }, { name: 'f', type: 'float' }];
  await test.define(pageViews({ ...plain, dimensionsSpec: { dimensions } }));
  await test.push('pageviews', [
    { time, id: '1', l: '12', d: '1.5', f: '0.25' },
    { time, id: '2', l: 12.9, d: 3, f: '1e3' },
    { time, id: '3', l: 'twelve', d: {}, f: null },
    { time, id: '4', l: '9223372036854775807', d: '1,234.5', f: '-1' },
  ]);
  assert.deepEqual(await test.rows('pageviews', ['id', 'l', 'd', 'f']), [
    ['1', 12, 1.5, 0.25],
    ['2', 12, 3, 1000],
    ['3', null, null, null],
    // 2^63 − 1, as JSON.parse reads it.
    ['4', 2 ** 63, 1234.5, -1],
  ]);
});

it('a list among the fields changes nothing for numbers, times and metrics', async () => {
  await using test = await temporaryBackend();
  const dimensions = ['tags', { name: 'l', type: 'long' }, { name: 'd', type: 'double' }, { name: 'o', type: 'json' }];
  await test.define(pageViews({ dimensionsSpec: { dimensions } }));
  const events = [
    { time, tags: ['a', 'b'], l: '7', d: 1.5, o: [1], bytes: 3 },
    { time, tags: 'x', l: [8, 9], d: true, o: { k: [] }, bytes: '4' },
  ];
  assert.equal((await test.push('pageviews', events)).sent, 2);
  assert.deepEqual(await test.rows('pageviews', ['tags', 'l', 'd', 'o', 'bytes', 'views']), [
    ['x', 8, null, { k: [] }, 4, 1],
    [['a', 'b'], 7, 1.5, [1], 3, 1],
  ]);
});

it('json dimensions keep objects whole', async () => {
  await using test = await temporaryBackend();
  await test.define(pageViews({ ...plain, dimensionsSpec: { dimensions: [{ name: 'o', type: 'json' }] } }));
  await test.push('pageviews', [{ time, o: { a: [1, { b: 'x' }] } }]);
  assert.deepEqual(await test.rows('pageviews', ['o']), [[{ a: [1, { b: 'x' }] }]]);
});

it('an empty list of dimensions discovers strings, without exclusions, the timestamp, and what metrics use', async () => {
  await using test = await temporaryBackend();
  await test.define(pageViews({ dimensionsSpec: { dimensionExclusions: ['secret'] } }));
  await test.push('pageviews', [{ time, url: '/a', secret: 's', bytes: 3, n: 5, nested: { x: 1 } }]);
  await test.push('pageviews', [{ time, url: '/b', later: 'l' }]);
  assert.deepEqual(await test.backend.describe('pageviews'), {
    dimensions: ['n', 'url', 'later'],
    metrics: ['views', 'bytes'],
  });
  assert.deepEqual(await test.rows('pageviews', ['url', 'n', 'later', 'bytes']), [
    ['/a', '5', null, 3],
    ['/b', null, 'l', null],
  ]);
});

it('declared dimensions make exclusions and other fields irrelevant', async () => {
  await using test = await temporaryBackend();
  await test.define(pageViews({ dimensionsSpec: { dimensions: ['url'], dimensionExclusions: ['url'] } }));
  await test.push('pageviews', [{ time, url: '/a', other: 1 }]);
  assert.deepEqual((await test.backend.describe('pageviews'))?.dimensions, ['url']);
});

it('useSchemaDiscovery discovers types, and widens them when later events need it', async () => {
  await using test = await temporaryBackend();
  await test.define(pageViews({ ...plain, dimensionsSpec: { useSchemaDiscovery: true } }));
  await test.push('pageviews', [{ time, s: 'x', l: 1, d: 1.5, b: true, o: { k: 1 }, n: null, w: 1, v: 2 }]);
  await test.push('pageviews', [{ time, s: 'y', l: 2, d: 2, b: false, o: { k: 2 }, n: 'now', w: 2.5, v: 'text' }]);
  assert.deepEqual(await test.rows('pageviews', ['s', 'l', 'd', 'b', 'o', 'n', 'w', 'v']), [
    ['x', 1, 1.5, 1, { k: 1 }, null, 1, '2'],
    ['y', 2, 2, 0, { k: 2 }, 'now', 2.5, 'text'],
  ]);
});

it('lists of discovered columns are arrays: in their order, with nulls, of a type that fits all of them', async () => {
  await using test = await temporaryBackend();
  const dimensions = ['id', { type: 'auto', name: 'a' }, { type: 'auto', name: 's' }, { type: 'auto', name: 'o' }];
  await test.define(pageViews({ ...plain, dimensionsSpec: { dimensions } }));
  await test.push('pageviews', [
    { time, id: '1', a: [3, -1, null], s: ['b', 'a'], o: [{ k: 1 }] },
    { time, id: '2', a: [], s: 'single', o: 5 },
    { time, id: '3', a: null, s: null },
  ]);
  const columns = ['id', 'a', 's', 'o'];
  assert.deepEqual(await test.rows('pageviews', columns), [
    ['1', [3, -1, null], ['b', 'a'], [{ k: 1 }]],
    ['2', [], ['single'], 5],
    ['3', null, null, null],
  ]);
  await test.push('pageviews', [{ time, id: '4', a: [0.5], s: [7], o: [] }]);
  await test.reopen();
  assert.deepEqual(await test.rows('pageviews', columns), [
    ['1', [3, -1, null], ['b', 'a'], [{ k: 1 }]],
    ['2', [], ['single'], 5],
    ['3', null, null, null],
    ['4', [0.5], ['7'], []],
  ]);
});

it('a column that had single values becomes an array when a list comes', async () => {
  await using test = await temporaryBackend();
  await test.define(pageViews({ ...plain, dimensionsSpec: { useSchemaDiscovery: true } }));
  await test.push('pageviews', [{ time, n: 1, t: 'x' }]);
  await test.push('pageviews', [{ time, n: [2.5, 3], t: ['y', 'z'] }]);
  await test.reopen();
  assert.deepEqual(await test.rows('pageviews', ['n', 't']), [
    [[1], ['x']],
    [
      [2.5, 3],
      ['y', 'z'],
    ],
  ]);
});

it('castToType says what a column of type auto is', async () => {
  await using test = await temporaryBackend();
  const dimensions = [
    { type: 'auto', name: 'a', castToType: 'ARRAY<STRING>' },
    { type: 'auto', name: 'n', castToType: 'double' },
  ];
  await test.define(pageViews({ ...plain, dimensionsSpec: { dimensions } }));
  await test.push('pageviews', [
    { time, a: [1, 2], n: 7 },
    { time, a: 'x', n: '1.5' },
  ]);
  assert.deepEqual(await test.rows('pageviews', ['a', 'n']), [
    [['1', '2'], 7],
    [['x'], 1.5],
  ]);
});

it('names that differ in letter case only are different columns, also in the timestamp', async () => {
  await using test = await temporaryBackend();
  await test.define(pageViews({ ...plain, dimensionsSpec: { dimensions: ['user', 'User', 'TIME', '__TIME'] } }));
  await test.push('pageviews', [{ time, user: 'a', User: 'b', TIME: 'c', __TIME: 'd' }]);
  assert.deepEqual(await test.rows('pageviews', ['user', 'User', 'TIME', '__TIME']), [['a', 'b', 'c', 'd']]);
});

it('names and values with quotes, SQL and other scripts are only names and values', async () => {
  await using test = await temporaryBackend();
  const hostile = ["a'b", 'a"b', '"; DROP TABLE live.t1; --', '$.x', 'a.b', 'été', '日本', 'tags[]', '*'];
  const name = `pv'; DROP SCHEMA live CASCADE; --"`;
  await test.define(pageViews({ ...plain, dataSource: name, dimensionsSpec: { dimensions: hostile } }));
  await test.push(name, [{ time, ...Object.fromEntries(hostile.map((field) => [field, field])) }]);
  assert.deepEqual(await test.rows(name, hostile), [hostile]);
});

it('a dimension cannot change its type under stored rows; the message says what to do', async () => {
  await using test = await temporaryBackend();
  await test.define(pageViews({ dimensionsSpec: { dimensions: ['url'] } }));
  await assert.rejects(test.define(pageViews({ dimensionsSpec: { dimensions: [{ name: 'url', type: 'long' }] } })), {
    code: 'conflict',
    message: /'url'.*STRING.*LONG.*another name/,
  });
});

it('a definition may gain dimensions and metrics; earlier rows have null there', async () => {
  await using test = await temporaryBackend();
  await test.define(pageViews());
  await test.push('pageviews', [{ time, url: '/a', user: 'u', bytes: 1 }]);
  const wider = { dimensionsSpec: { dimensions: ['url', 'user', 'country'] } };
  await test.define(
    pageViews({
      ...wider,
      metricsSpec: [...(pageViews().metricsSpec as []), { type: 'longMax', name: 'most', fieldName: 'bytes' }],
    }),
  );
  await test.push('pageviews', [{ time, url: '/b', user: 'u', bytes: 2, country: 'DE' }]);
  await test.reopen();
  assert.deepEqual(await test.rows('pageviews', ['url', 'country', 'views', 'bytes', 'most']), [
    ['/a', null, 1, 1, null],
    ['/b', 'DE', 1, 2, 2],
  ]);
});

it('an event with thousands of fields is kept, with as many of them as there is room for', async () => {
  await using test = await temporaryBackend();
  const fields = Array.from({ length: 3000 }, (_, i) => [`c${i}`, 'x']);
  const event = { time: '2026-06-01T12:00:00Z', ...Object.fromEntries(fields) };
  for (let i = 0; i < 3; i++) assert.equal((await test.push('wide', [event])).sent, 1);
  assert.ok(((await test.backend.describe('wide'))?.dimensions.length ?? 0) >= 100);
});
