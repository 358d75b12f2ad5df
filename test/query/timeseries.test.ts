import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sql } from '../../src/sql.ts';
import { rowsOf, type TableView } from '../../src/store/table.ts';
import { at, countSum, latencySum, march, pages } from './pages.ts';
import { queryHarness, type Row, segmentsOf, tableOf } from './support.ts';

/** A row every two hours of the night in which Berlin's clocks go forward, at 2018-03-25T01:00Z. */
const night = tableOf({
  dataSource: 'night',
  metrics: { count: 'LONG' },
  rows: Array.from({ length: 4 }, (_, i) => ({ __time: `2018-03-25T0${i * 2}:30:00Z`, count: 1 })),
});

const halves = tableOf({
  dataSource: 'year',
  metrics: { count: 'LONG' },
  rows: ['2018-01-15T12:00:00Z', '2018-07-15T12:00:00Z'].map((time) => ({ __time: time, count: 1 })),
});

/** One segment for all time, with its rows half a year apart. */
const year: TableView = {
  ...halves,
  segments: segmentsOf(rowsOf(halves), sql`NULL::TIMESTAMP`),
  segmentStart: () => sql`NULL::TIMESTAMP`,
  segmentEnd: () => sql`NULL::TIMESTAMP`,
};

/** Half past, on both sides of 1970. */
const epoch = tableOf({
  dataSource: 'epoch',
  metrics: { count: 'LONG' },
  rows: ['1969-12-31T22', '1969-12-31T23', '1970-01-01T00', '1970-01-01T01', '1970-01-01T02'].map((hour) => {
    return { __time: `${hour}:30:00Z`, count: 1 };
  }),
});

for (const timesRepeat of [false, true])
  describe(`timeseries, ${timesRepeat ? 'first by time' : 'straight into buckets'}`, () => {
    const { ask, askText } = queryHarness(...[pages, night, year, epoch].map((table) => ({ ...table, timesRepeat })));
    const query = (more: Row) => ({
      queryType: 'timeseries',
      dataSource: 'pages',
      intervals: march,
      granularity: 'hour',
      aggregations: [countSum, latencySum],
      ...more,
    });
    const row = (time: string | null, count: number | null, latency: number | null) => ({
      timestamp: time,
      result: { count, latency },
    });

    it("fills empty buckets from a segment's first to its last row, not between segments", async () => {
      assert.deepEqual(await ask(query({})), [
        row(at('06T01:00'), 3, 4.5),
        row(at('06T02:00'), null, null),
        row(at('06T03:00'), null, null),
        row(at('06T04:00'), 4, null),
        row(at('08T02:00'), 8, 0.25),
      ]);
    });

    it('a filled bucket holds what the aggregators find in no rows', async () => {
      const rows = { type: 'count', name: 'rows' };
      const users = { type: 'cardinality', name: 'users', fields: ['user'] };
      const counts = (answer: unknown, name: string) => (answer as { result: Row }[]).map(({ result }) => result[name]);
      for (const aggregations of [[rows], [rows, users]])
        assert.deepEqual(counts(await ask(query({ aggregations })), 'rows'), [2, 0, 0, 1, 1]);
      // Bob and alice, nobody known, bob.
      assert.deepEqual(counts(await ask(query({ aggregations: [rows, users] })), 'users'), [2, 0, 0, 0, 1]);
    });

    it('an interval that ends or begins inside of a bucket has that bucket', async () => {
      const filter = { type: 'selector', dimension: 'url', value: 'none' };
      // 02:10 lies in the empty bucket of 02:00; the segment's rows reach up to 04:20, its buckets up to 05:00.
      assert.deepEqual(await ask(query({ filter, intervals: '2018-03-06T01:50/2018-03-06T02:10' })), [
        row(at('06T01:00'), null, null),
        row(at('06T02:00'), null, null),
      ]);
      assert.deepEqual(await ask(query({ filter, intervals: '2018-03-06T04:40/2018-03-06T08:00' })), [
        row(at('06T04:00'), null, null),
      ]);
    });

    it('a filter does not shorten what is filled', async () => {
      const filter = { type: 'selector', dimension: 'url', value: '/b' };
      assert.deepEqual(await ask(query({ filter })), [
        row(at('06T01:00'), 1, 3),
        row(at('06T02:00'), null, null),
        row(at('06T03:00'), null, null),
        row(at('06T04:00'), null, null),
        row(at('08T02:00'), null, null),
      ]);
    });

    it('an interval inside of a segment is filled whole when the segment reaches over it', async () => {
      assert.deepEqual(await ask(query({ intervals: '2018-03-06T02:00/2018-03-06T04:00' })), [
        row(at('06T02:00'), null, null),
        row(at('06T03:00'), null, null),
      ]);
      assert.deepEqual(await ask(query({ intervals: '2018-03-06T00:00/2018-03-06T03:00' })), [
        row(at('06T01:00'), 3, 4.5),
        row(at('06T02:00'), null, null),
      ]);
    });

    it('several intervals, overlapping ones counted once', async () => {
      const intervals = ['2018-03-08/2018-03-09', '2018-03-06T04:00/2018-03-06T05:00', '2018-03-08T01:00/P1D'];
      assert.deepEqual(await ask(query({ intervals })), [row(at('06T04:00'), 4, null), row(at('08T02:00'), 8, 0.25)]);
    });

    for (const flag of [true, 'true']) {
      it(`skipEmptyBuckets ${JSON.stringify(flag)} leaves them out; descending turns the order; the grand total comes last`, async () => {
        const context = { skipEmptyBuckets: flag, grandTotal: true };
        assert.deepEqual(await ask(query({ descending: true, context })), [
          row(at('08T02:00'), 8, 0.25),
          row(at('06T04:00'), 4, null),
          row(at('06T01:00'), 3, 4.5),
          row(null, 15, 4.75),
        ]);
      });
    }

    it('limit takes the first buckets', async () => {
      assert.deepEqual(await ask(query({ limit: 2 })), [row(at('06T01:00'), 3, 4.5), row(at('06T02:00'), null, null)]);
      assert.deepEqual(await ask(query({ limit: 3, descending: true, context: { grandTotal: true } })), [
        row(at('08T02:00'), 8, 0.25),
        row(at('06T04:00'), 4, null),
        row(at('06T03:00'), null, null),
        row(null, 15, 4.75),
      ]);
    });

    it("granularity all carries the later of the interval's start and the first row, filters aside", async () => {
      const filter = { type: 'selector', dimension: 'url', value: '/c' };
      assert.deepEqual(await ask(query({ granularity: 'all', filter })), [row(at('06T01:10'), 8, 0.25)]);
      const intervals = '2018-03-06T01:15/2018-03-07';
      assert.deepEqual(await ask(query({ granularity: 'ALL', intervals })), [row(at('06T01:15'), 5, 3)]);
    });

    it('without rows: one row of nothing for all, none for other granularities, none with skipEmptyBuckets', async () => {
      const intervals = '2000/2001';
      const aggregations = [{ type: 'count', name: 'rows' }, latencySum];
      const nothing = [{ timestamp: '2000-01-01T00:00:00.000Z', result: { rows: 0, latency: null } }];
      assert.deepEqual(await ask(query({ intervals, aggregations, granularity: 'all' })), nothing);
      assert.deepEqual(
        await ask(query({ intervals, aggregations, granularity: 'all', dataSource: 'nowhere' })),
        nothing,
      );
      assert.deepEqual(await ask(query({ intervals })), []);
      assert.deepEqual(await ask(query({ intervals, granularity: 'all', context: { skipEmptyBuckets: true } })), []);
    });

    it('granularity none has a bucket for each time that has rows', async () => {
      assert.deepEqual(await ask(query({ granularity: 'none', intervals: '2018-03-06/P1D' })), [
        row(at('06T01:10'), 2, 1.5),
        row(at('06T01:20'), 1, 3),
        row(at('06T04:20'), 4, null),
      ]);
    });

    it('periods in a zone print local time, and hours are real ones over a change of the clock', async () => {
      const granularity = { type: 'period', period: 'PT2H', timeZone: 'Europe/Berlin' };
      const answer = await ask(query({ dataSource: 'night', granularity, aggregations: [countSum] }));
      // Two real hours each from 1970-01-01T00:00+01:00, which is 23:00Z: the buckets begin at odd hours of UTC.
      assert.deepEqual(answer, [
        { timestamp: '2018-03-25T00:00:00.000+01:00', result: { count: 1 } },
        { timestamp: '2018-03-25T03:00:00.000+02:00', result: { count: 1 } },
        { timestamp: '2018-03-25T05:00:00.000+02:00', result: { count: 1 } },
        { timestamp: '2018-03-25T07:00:00.000+02:00', result: { count: 1 } },
      ]);
    });

    for (const [granularity, intervals, expected] of [
      ['hour', '1969/1971', ['1969-12-31T22', '1969-12-31T23', '1970-01-01T00', '1970-01-01T01', '1970-01-01T02']],
      ['hour', '1970/1971', ['1970-01-01T00', '1970-01-01T01', '1970-01-01T02']],
      ['day', '1969/1971', ['1969-12-31T00', '1970-01-01T00']],
      [{ type: 'duration', duration: 7_200_000 }, '1969/1971', ['1969-12-31T22', '1970-01-01T00', '1970-01-01T02']],
      ...['1970-01-01T01:00:00Z', '1969-12-31T23:00:00Z', '2018-03-06T05:00:00Z'].flatMap((origin) => {
        const granularity = { type: 'duration', duration: 7_200_000, origin };
        return [
          [granularity, '1969/1971', ['1969-12-31T21', '1969-12-31T23', '1970-01-01T01']] as const,
          [granularity, '1970/1971', ['1969-12-31T23', '1970-01-01T01']] as const,
          [granularity, '1970-01-01T01/1971', ['1970-01-01T01']] as const,
        ];
      }),
    ] as const)
      it(`${JSON.stringify(granularity)} over ${intervals} has its buckets on either side of 1970`, async () => {
        const answer = await ask(query({ dataSource: 'epoch', granularity, intervals, aggregations: [countSum] }));
        const starts = (answer as { timestamp: string }[]).map(({ timestamp }) => timestamp);
        assert.deepEqual(
          starts,
          expected.map((hour) => `${hour}:00:00.000Z`),
        );
      });

    it('every month is filled, the short ones as well', async () => {
      const answer = (await ask(
        query({ dataSource: 'year', intervals: '2018/2019', granularity: 'month', aggregations: [countSum] }),
      )) as Row[];
      assert.deepEqual(
        answer.map(({ timestamp }) => String(timestamp).slice(0, 10)),
        ['2018-01-01', '2018-02-01', '2018-03-01', '2018-04-01', '2018-05-01', '2018-06-01', '2018-07-01'],
      );
    });

    it('every day is filled over both changes of the clock', async () => {
      const granularity = { type: 'period', period: 'P1D', timeZone: 'America/New_York' };
      const answer = (await ask(
        query({ dataSource: 'year', intervals: '2018/2019', granularity, aggregations: [countSum] }),
      )) as Row[];
      // From 15 January to 15 July: 17 + 28 + 31 + 30 + 31 + 30 + 15 days.
      assert.equal(answer.length, 182);
      assert.equal(answer[0]?.timestamp, '2018-01-15T00:00:00.000-05:00');
      assert.equal(answer.at(-1)?.timestamp, '2018-07-15T00:00:00.000-04:00');
    });

    it('doubles print as Java prints them, post-aggregators follow the aggregators', async () => {
      const fieldAccess = (fieldName: string) => ({ type: 'fieldAccess', fieldName });
      const over = (fn: string, name: string) => ({
        type: 'arithmetic',
        name,
        fn,
        fields: [fieldAccess('latency'), { type: 'constant', value: 0 }],
      });
      const text = await askText(
        query({
          granularity: 'all',
          intervals: '2018-03-06T01:20/PT1M',
          postAggregations: [over('/', 'zero'), over('quotient', 'endless')],
        }),
      );
      assert.equal(
        text,
        '[{"timestamp":"2018-03-06T01:20:00.000Z","result":{"count":1,"latency":3.0,"zero":0.0,"endless":"Infinity"}}]',
      );
    });

    it('a series that would fill more than a million buckets is refused', async () => {
      const granularity = { type: 'duration', duration: 1 };
      await assert.rejects(ask(query({ granularity })), { code: 'invalidInput', message: /skipEmptyBuckets/ });
    });
  });
