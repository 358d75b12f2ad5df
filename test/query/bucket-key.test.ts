/** Buckets of time over rows of history, which have their minutes, and live ones beside them. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type Event, pageViews, type TestBackend, temporaryBackend } from '../support/backend.ts';

const handedOff = [
  { time: '1969-12-31T23:58:30Z', url: '/old', bytes: 1 },
  { time: '2026-01-01T00:00:59.999Z', url: '/a', bytes: 2 },
  { time: '2026-01-01T00:01:00Z', url: '/b', bytes: 4 },
  { time: '2026-01-01T00:59:30Z', url: '/b', bytes: 8 },
];
const live = [
  { time: '2026-01-01T00:01:59Z', url: '/a', bytes: 16 },
  { time: '2026-01-01T01:00:00Z', url: '/b', bytes: 32 },
  { time: '1969-12-31T23:58:59Z', url: '/old', bytes: 64 },
];

const day = '2026-01-01/2026-01-02';
const origin = '2026-01-01T00:00:00Z';

/** Bytes by bucket. */
async function series(test: TestBackend, granularity: unknown, more: Event = {}): Promise<[string, number][]> {
  const answer = await test.query({
    queryType: 'timeseries',
    dataSource: 'pageviews',
    intervals: day,
    granularity,
    aggregations: [{ type: 'longSum', name: 'bytes', fieldName: 'bytes' }],
    context: { skipEmptyBuckets: true },
    ...more,
  });
  return answer.map((row: { timestamp: string; result: { bytes: number } }) => [row.timestamp, row.result.bytes]);
}

const at = (...buckets: [time: string, bytes: number][]) =>
  buckets.map(([time, bytes]) => [`2026-01-01T${time}.000Z`, bytes]);

it('rows of history and live ones fall into the same buckets, of whole minutes or not, whatever their origin', async () => {
  await using test = await temporaryBackend();
  await test.define(
    pageViews({
      // A name that a statement might give to something of its own.
      dimensionsSpec: { dimensions: ['url', 'k'] },
      granularitySpec: { segmentGranularity: 'hour', queryGranularity: 'none' },
    }),
  );
  await test.push('pageviews', handedOff);
  await test.backend.handOff('pageviews');
  await test.push('pageviews', live);

  const byMinute = at(['00:00:00', 2], ['00:01:00', 20], ['00:59:00', 8], ['01:00:00', 32]);
  assert.deepEqual(await series(test, 'minute'), byMinute);
  assert.deepEqual(await series(test, 'minute', { intervals: '1969-12-31/2026-01-02' }), [
    ['1969-12-31T23:58:00.000Z', 65],
    ...byMinute,
  ]);
  const whole = { intervals: '1969-12-31/2026-01-02' };
  assert.deepEqual((await series(test, 'hour', whole))[0], ['1969-12-31T23:00:00.000Z', 65]);
  // 29,453,762 minutes, or 4,207,680 times 7 and 2, lie between 23:58 and the origin.
  assert.deepEqual((await series(test, { type: 'duration', duration: 420_000, origin }, whole))[0], [
    '1969-12-31T23:53:00.000Z',
    65,
  ]);
  assert.deepEqual(await series(test, 'hour'), at(['00:00:00', 30], ['01:00:00', 32]));
  assert.deepEqual(
    await series(test, { type: 'duration', duration: 420_000, origin }),
    at(['00:00:00', 22], ['00:56:00', 40]),
  );
  assert.deepEqual(
    await series(test, { type: 'period', period: 'PT7M', origin: '2026-01-01T00:01:00Z' }),
    at(['00:01:00', 20], ['00:57:00', 40]).toSpliced(0, 0, ['2025-12-31T23:54:00.000Z', 2]),
  );
  assert.deepEqual(
    await series(test, { type: 'duration', duration: 90_000, origin }),
    at(['00:00:00', 6], ['00:01:30', 16], ['00:58:30', 8], ['01:00:00', 32]),
  );
  assert.deepEqual(
    await series(test, { type: 'period', period: 'PT1M', origin: '2026-01-01T00:00:30Z' }),
    at(['00:00:30', 6], ['00:01:30', 16], ['00:59:30', 40]),
  );
  const onlyA = { filter: { type: 'selector', dimension: 'url', value: '/a' } };
  assert.deepEqual(await series(test, 'minute', onlyA), at(['00:00:00', 2], ['00:01:00', 16]));
  const twice = {
    virtualColumns: [{ type: 'expression', name: 'twice', expression: 'bytes * 2', outputType: 'LONG' }],
    aggregations: [{ type: 'longSum', name: 'bytes', fieldName: 'twice' }],
  };
  assert.deepEqual(await series(test, 'hour', twice), at(['00:00:00', 60], ['01:00:00', 64]));
  const groups = await test.query({
    queryType: 'groupBy',
    dataSource: 'pageviews',
    intervals: day,
    granularity: 'hour',
    dimensions: ['url'],
    aggregations: [{ type: 'longSum', name: 'bytes', fieldName: 'bytes' }],
  });
  assert.deepEqual(
    groups.map(({ timestamp, event }: { timestamp: string; event: Event }) => [timestamp, event.url, event.bytes]),
    [
      ['2026-01-01T00:00:00.000Z', '/a', 18],
      ['2026-01-01T00:00:00.000Z', '/b', 12],
      ['2026-01-01T01:00:00.000Z', '/b', 32],
    ],
  );
});

it("SQL puts them into the same buckets, as long as the time is the table's own", async () => {
  await using test = await temporaryBackend();
  await test.define(pageViews({ granularitySpec: { segmentGranularity: 'hour', queryGranularity: 'none' } }));
  await test.push('pageviews', handedOff);
  await test.backend.handOff('pageviews');
  await test.push('pageviews', live);
  const byTime = (floor: string, from = 'pageviews') =>
    test.sql(`SELECT ${floor}, SUM(bytes) FROM ${from} GROUP BY 1 ORDER BY 1`);

  const old = ['1969-12-31T23:58:00.000Z', 65];
  const byMinute = [old, ...at(['00:00:00', 2], ['00:01:00', 20], ['00:59:00', 8], ['01:00:00', 32])];
  assert.deepEqual(await byTime('FLOOR(__time TO MINUTE)'), byMinute);
  assert.deepEqual(await byTime("DATE_TRUNC('minute', v.__time)", 'pageviews AS v'), byMinute);
  const byHour = [['1969-12-31T23:00:00.000Z', 65], ...at(['00:00:00', 30], ['01:00:00', 32])];
  assert.deepEqual(await byTime("TIME_FLOOR(__time, 'PT1H')"), byHour);
  assert.deepEqual(await byTime('FLOOR(__time TO HOUR)', '(SELECT * FROM pageviews)'), byHour);
  assert.deepEqual(await byTime("TIME_FLOOR(__time, 'PT1H', NULL, 'Asia/Kolkata')"), [
    ['1969-12-31T23:30:00.000Z', 65],
    ['2025-12-31T23:30:00.000Z', 22],
    ...at(['00:30:00', 40]),
  ]);
  const later = "(SELECT TIME_SHIFT(__time, 'PT1H', 1) AS __time, bytes FROM pageviews)";
  assert.deepEqual(await byTime('FLOOR(__time TO HOUR)', later), [
    ['1970-01-01T00:00:00.000Z', 65],
    ...at(['01:00:00', 30], ['02:00:00', 32]),
  ]);
  const beside = 'pageviews AS l LEFT JOIN (SELECT * FROM pageviews WHERE bytes = 2) AS r ON l.url = r.url';
  assert.deepEqual(await test.sql(`SELECT DISTINCT FLOOR(r.__time TO DAY) FROM ${beside} ORDER BY 1`), [
    [null],
    ['2026-01-01T00:00:00.000Z'],
  ]);
});

it('a field named as the column of minutes is a dimension as any other', async () => {
  await using test = await temporaryBackend();
  await test.define(pageViews({ dimensionsSpec: { dimensions: ['url', '__time#minute'] } }));
  await test.push('pageviews', [{ time: origin, url: '/a', '__time#minute': 'x', bytes: 1 }]);
  await test.backend.handOff('pageviews');
  assert.deepEqual(await test.rows('pageviews', ['__time', '__time#minute']), [[Date.parse(origin), 'x']]);
  assert.deepEqual(await series(test, 'minute'), at(['00:00:00', 1]));
});
