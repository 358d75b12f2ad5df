/** The library on a real Druid cluster: the same calls as on a folder. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createTranquilizer, type Millrace, openMillrace } from '../../src/index.ts';
import { type SharedDruid, sharedDruid } from '../services/on-demand.ts';

const dataSource = `library-${process.pid}-${Date.now()}`;
let druid: SharedDruid;
let millrace: Millrace;

before(async () => {
  druid = await sharedDruid();
  millrace = await openMillrace({ druid: druid.router, kafka: druid.kafka });
});
after(async () => {
  await druid.client.terminate(dataSource);
  await millrace.close();
  await druid.release();
});

const dataSchema = {
  dataSource,
  timestampSpec: { column: 'time', format: 'auto' },
  dimensionsSpec: { dimensions: ['page'] },
  metricsSpec: [
    { type: 'count', name: 'views' },
    { type: 'longSum', name: 'n', fieldName: 'n' },
  ],
  granularitySpec: { segmentGranularity: 'hour', queryGranularity: 'minute' },
};

test('what is pushed and sent can be queried, each once; what is too late is told', async () => {
  const tranquilizer = await createTranquilizer({ spec: { dataSchema }, to: millrace });
  const time = new Date().toISOString();
  const late = '2020-01-01T00:00:00Z';
  const { received, sent, dropped, droppedEvents } = await millrace.push(dataSource, [
    { time, page: '/a', n: 1 },
    { time: late, page: '/a', n: 2 },
    { time, page: '/b', n: 4 },
  ]);
  assert.deepEqual({ received, sent, dropped }, { received: 3, sent: 2, dropped: { late: 1 } });
  assert.deepEqual(droppedEvents, [{ event: 1, reason: 'late' }]);
  await Promise.all([8, 16].map((n) => tranquilizer.send({ time, page: '/a', n })));
  await assert.rejects(tranquilizer.send({ time: late, n: 32 }), { reason: 'late' });
  await tranquilizer.close();
  assert.deepEqual(
    (await millrace.rejects(dataSource)).map(({ reason }) => reason),
    ['late', 'late'],
  );

  await druid.client.untilSum(dataSource, 'n', 1 + 4 + 8 + 16);
  assert.deepEqual(
    await millrace.sql(`SELECT page, SUM(n) AS n, SUM(views) AS views FROM "${dataSource}" GROUP BY 1 ORDER BY 1`),
    [
      { page: '/a', n: 25, views: 3 },
      { page: '/b', n: 4, views: 1 },
    ],
  );
  const aggregations = [{ type: 'longSum', name: 'n', fieldName: 'n' }];
  const query = { queryType: 'timeseries', dataSource, intervals: '2000/3000', granularity: 'all', aggregations };
  const [row] = await millrace.query<{ result: object }>(query);
  assert.deepEqual(row?.result, { n: 29 });
  assert.ok((await millrace.dataSources()).includes(dataSource));
});

test("its supervisor is one of the overlord's", async () => {
  const supervisor = (await millrace.supervisors()).find(({ id }) => id === dataSource);
  assert.equal((await supervisor?.status())?.dataSource, dataSource);
  await supervisor?.suspend();
  assert.equal((await supervisor?.status())?.suspended, true);
  await supervisor?.terminate();
  await assert.rejects(supervisor?.status() ?? Promise.resolve(), { code: 'notFound' });
});

test("mistakes are Druid's", async () => {
  await assert.rejects(millrace.sql('SELECT 1 FROM nowhere'), {
    code: 'invalidInput',
    message: /^Druid's broker at http:.* answered 400: Object 'nowhere' not found \(line \[1\], column \[15\]\)$/,
  });
  await assert.rejects(millrace.query({ queryType: 'none' }), { message: /none/ });
});

test('a query that is given up ends', async () => {
  const given = { signal: AbortSignal.abort() };
  await assert.rejects(millrace.sql('SELECT 1', given), { code: 'cancelled' });
});
