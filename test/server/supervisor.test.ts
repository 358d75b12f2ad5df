/** Supervisors over HTTP, reading a log in memory. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { MemoryLog } from '../support/memory-log.ts';
import { events, kafkaSpec, settled } from '../support/supervised.ts';
import { json, post, startServer } from './support.ts';

type Json = Readonly<Record<string, unknown>>;

interface Payload extends Json {
  readonly activeTasks: readonly (Json & {
    readonly id: string;
    readonly startTime: string;
    readonly remainingSeconds: number;
  })[];
  readonly offsetsLastUpdated: string;
}

type Stats = Record<string, Record<string, Record<'totals' | 'movingAverages', { readonly buildSegments: Json }>>>;

async function start(t: TestContext, log = new MemoryLog('clicks/0')) {
  const { url } = await startServer(t, { openStream: () => log.stream() });
  const base = `${url}/druid/indexer/v1/supervisor`;
  const get = async <T = unknown>(path: string) => {
    const response = await fetch(`${base}${path}`);
    return { status: response.status, body: (await response.json()) as T };
  };
  const send = async (path: string, body: unknown = '', headers: Record<string, string> = json) => {
    const { status, text } = await post(
      `${base}${path}`,
      typeof body === 'string' ? body : JSON.stringify(body),
      headers,
    );
    return { status, body: text === '' ? undefined : JSON.parse(text) };
  };
  const status = async () => (await get<{ payload: Payload }>('/clicks/status')).body.payload;
  return { url, log, get, send, status };
}

test('a spec that is posted is read from the stream, and shown in all its forms', async (t) => {
  const { get, send, log, status } = await start(t);
  log.append('clicks/0', ...events(0, 5), 'no JSON', ...events(5, 10));
  assert.deepEqual(await get(''), { status: 200, body: [] });
  assert.deepEqual(await send('', kafkaSpec()), { status: 200, body: { id: 'clicks' } });
  await settled(async () => assert.deepEqual((await status()).activeTasks[0]?.currentOffsets, { 0: 11 }));
  assert.deepEqual((await get('')).body, ['clicks']);
  const { activeTasks, offsetsLastUpdated, ...payload } = await status();
  assert.deepEqual(payload, {
    dataSource: 'clicks',
    stream: 'clicks',
    partitions: 1,
    replicas: 1,
    durationSeconds: 3600,
    publishingTasks: [],
    latestOffsets: { 0: 11 },
    minimumLag: { 0: 0 },
    aggregateLag: 0,
    suspended: false,
    healthy: true,
    state: 'RUNNING',
    detailedState: 'RUNNING',
    recentErrors: [],
  });
  assert.match(offsetsLastUpdated, /^\d{4}-/);
  assert.equal(activeTasks.length, 1);
  const { id, startTime, remainingSeconds, ...task } = activeTasks[0] as Payload['activeTasks'][number];
  assert.match(id, /^index_kafka_clicks_[0-9a-f]{15}_[a-p]{8}$/);
  assert.match(startTime, /^\d{4}-/);
  assert.ok(remainingSeconds > 3500 && remainingSeconds <= 3600);
  assert.deepEqual(task, { startingOffsets: { 0: 0 }, currentOffsets: { 0: 11 }, lag: { 0: 0 }, type: 'ACTIVE' });
  const stats = (await get<Stats>('/clicks/stats')).body[0]?.[id];
  assert.deepEqual(stats?.totals.buildSegments, {
    processed: 10,
    // 10 events of 37 bytes, and `no JSON`.
    processedBytes: 10 * 37 + 7,
    processedWithError: 0,
    thrownAway: 0,
    unparseable: 1,
  });
  assert.deepEqual(Object.keys(stats?.movingAverages.buildSegments ?? {}), ['1m', '5m', '15m']);
  assert.deepEqual(await get('/clicks/health'), { status: 200, body: { healthy: true } });
  const full = (await get('?full')).body;
  const { body: spec } = await get<{ spec: { dataSchema: Json; ioConfig: Json }; dataSchema: Json }>('/clicks');
  const state = { id: 'clicks', state: 'RUNNING', detailedState: 'RUNNING', healthy: true, suspended: false };
  assert.deepEqual(full, [{ ...state, spec }]);
  assert.deepEqual((await get('?state=true')).body, [state]);
  assert.equal(spec.spec.ioConfig.taskDuration, 'PT1H');
  assert.deepEqual(spec.spec.dataSchema, spec.dataSchema);
});
