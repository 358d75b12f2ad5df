/** Events that cannot be parsed, wholly or in single fields. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { events, type Supervised, settled, supervised } from '../../support/supervised.ts';

const messages = (s: Supervised) => s.status().recentErrors.map(({ message }) => message);

it('what cannot be parsed is counted, and the last of it saved', async () => {
  await using s = await supervised();
  s.log.append('clicks/0', ...events(0, 2), '{"n":1}', 'first', ...events(2, 4), '{"time":"yesterday","n":1}');
  await s.submit({ tuning: { maxSavedParseExceptions: 2 } });
  await s.reads(4);
  const errors = await s.test.backend.supervisors.parseErrors('clicks');
  assert.deepEqual(
    errors.map(({ timeOfExceptionMillis: _, ...error }) => error),
    [
      {
        input: '{"time":"yesterday","n":1}',
        errorType: 'unparseable',
        details: ["'yesterday' in 'time' is no timestamp of format 'auto'"],
      },
      { input: 'first', errorType: 'unparseable', details: ['the line is no JSON object'] },
    ],
  );
  assert.equal((await s.test.backend.rejects('clicks')).length, 3);
});

/** The totals of its one task. */
async function totals(s: Supervised): Promise<unknown> {
  const [task] = Object.values((await s.test.backend.supervisors.stats('clicks'))[0] ?? {}) as {
    readonly totals: { readonly buildSegments: unknown };
  }[];
  return task?.totals.buildSegments;
}

it("an event of which a field does not become its column's number is kept, without the field, and counted", async () => {
  await using s = await supervised();
  const time = '2026-06-01T00:00:00Z';
  const bad = [
    { time, page: '/a', n: 'abc', level: 3 },
    { time, page: '/b', n: 5, level: 'high' },
    { time, page: '/c', n: { x: 1 }, level: '' },
  ];
  // Numbers as text, a thousand with its comma, a fraction that is cut off, and no number at all, are no faults.
  const good = [{ time, n: '7', level: '1' }, { time, n: '1,000', level: 2.9 }, { time, n: null }, { time }];
  s.log.append('clicks/0', ...good, ...bad, 'no event');
  const dimensions = ['page', { type: 'long', name: 'level' }];
  await s.submit({ schema: { dimensionsSpec: { dimensions } }, tuning: { maxSavedParseExceptions: 9 } });
  await s.reads(7);
  assert.equal((await s.counted()).n, 7 + 1000 + 5);
  const bytes = [...good, ...bad].reduce((sum, event) => sum + JSON.stringify(event).length, 'no event'.length);
  const counts = { processed: 4, processedBytes: bytes, processedWithError: 3, thrownAway: 0, unparseable: 1 };
  assert.deepEqual(await totals(s), counts);
  const errors = await s.test.backend.supervisors.parseErrors('clicks');
  assert.deepEqual(
    errors.map(({ errorType, details }) => [errorType, details]),
    [
      ['unparseable', ['the line is no JSON object']],
      [
        'processedWithError',
        ['Unable to parse value[] for field[level]', 'Unable to parse value[{"x":1}] for field[n]'],
      ],
      ['processedWithError', ['Unable to parse value[high] for field[level]']],
      ['processedWithError', ['Unable to parse value[abc] for field[n]']],
    ],
  );
  assert.equal(errors[3]?.input, JSON.stringify(bad[0]));
  // They are no rejects.
  assert.deepEqual(
    (await s.test.backend.rejects('clicks')).map(({ event }) => event),
    ['no event'],
  );
});

it('of a filtered aggregator those that pass are counted; of first and last all', async () => {
  const event = (page: string, n: unknown) => ({ time: '2026-06-01T00:00:00Z', page, n });
  const all = [event('/a', 1), event('/a', 'high'), event('/a', 'low'), event('/b', 'abc'), event('/b', 7)];
  const passing = (field: string, value: string, aggregator: object) => ({
    type: 'filtered',
    filter: { type: 'selector', dimension: field, value },
    aggregator,
  });
  const sum = { type: 'longSum', name: 'm', fieldName: 'n' };
  for (const [metric, errors] of [
    // What Druid 33 counts.
    [passing('page', '/a', sum), ['low', 'high']],
    [passing('page', '/a', passing('n', 'high', sum)), ['high']],
    // Druid counts those it looks at, which goes by the order of arrival.
    [{ ...sum, type: 'doubleFirst' }, ['abc', 'low', 'high']],
    [{ ...sum, type: 'longLast' }, ['abc', 'low', 'high']],
    // They want no numbers.
    [{ ...sum, type: 'stringLast' }, []],
    [{ ...sum, type: 'hyperUnique' }, []],
  ] as const) {
    await using s = await supervised();
    s.log.append('clicks/0', ...all);
    const metricsSpec = [{ type: 'count', name: 'events' }, metric];
    await s.submit({ schema: { metricsSpec }, tuning: { maxSavedParseExceptions: 9 } });
    await settled(async () =>
      assert.equal(((await totals(s)) as { processed?: number })?.processed, 5 - errors.length),
    );
    assert.deepEqual(
      (await s.test.backend.supervisors.parseErrors('clicks')).map(({ details }) => details),
      errors.map((value) => [`Unable to parse value[${value}] for field[n]`]),
      JSON.stringify(metric),
    );
  }
});

it('the times of timeMin and timeMax are text as it comes, and no faults', async () => {
  await using s = await supervised();
  const event = (seen: string) => ({ time: '2026-06-01T00:00:00Z', page: '/a', seen });
  s.log.append('clicks/0', event('2026-06-01T00:00:07.250Z'), event('2026-06-01T02:00:03+02:00'));
  const times = ['timeMin', 'timeMax'].map((type) => ({ type, name: type, fieldName: 'seen' }));
  await s.submit({ schema: { metricsSpec: [{ type: 'count', name: 'events' }, ...times] } });
  await settled(async () => assert.equal(((await totals(s)) as { processed?: number })?.processed, 2));
  const answer = await s.test.query({
    queryType: 'timeseries',
    dataSource: 'clicks',
    intervals: '2026-06-01/P1D',
    granularity: 'all',
    aggregations: times.map((time) => ({ ...time, fieldName: time.name })),
  });
  const [first, last] = ['2026-06-01T00:00:03.000Z', '2026-06-01T00:00:07.250Z'];
  assert.deepEqual(answer, [{ timestamp: '2026-06-01T00:00:00.000Z', result: { timeMin: first, timeMax: last } }]);
});

it('events with such fields count against maxParseExceptions; also without rollup, and after sound ones', async () => {
  await using s = await supervised();
  const faulty = { time: '2026-06-01T00:00:00Z', n: 'abc' };
  s.log.append('clicks/0', ...events(0, 5), faulty);
  await s.submit({ schema: { granularitySpec: { rollup: false } }, tuning: { maxParseExceptions: 2 } });
  await s.reads(6);
  s.log.append('clicks/0', ...events(0, 5), faulty, 'no event');
  await s.state('UNHEALTHY_TASKS');
  assert.match(String(messages(s)), /2 events cannot be parsed \(1 of them in single fields\) where at most 1 may/);
  assert.equal((await s.counted()).events, 6);
});

it('more parse exceptions than maxParseExceptions: the task fails, and nothing of the batch is taken', async () => {
  await using s = await supervised();
  s.log.append('clicks/0', ...events(0, 10));
  await s.submit({ tuning: { maxParseExceptions: 1, maxSavedParseExceptions: 5 } });
  await s.reads(10);
  s.log.append('clicks/0', ...events(0, 3), 'one', 'two', ...events(0, 3));
  await s.state('UNHEALTHY_TASKS');
  assert.equal((await s.counted()).events, 10);
  await settled(() =>
    assert.match(String(messages(s)), /2 events cannot be parsed where at most 1 may \(maxParseExceptions\)/),
  );
  assert.deepEqual(
    (await s.test.backend.supervisors.parseErrors('clicks')).slice(0, 2).map(({ input }) => input),
    ['two', 'one'],
  );
  // Past the two.
  await s.test.backend.supervisors.resetOffsets('clicks', new Map([['clicks/0', 15n]]));
  await s.reads(13);
  await s.state('RUNNING');
});
