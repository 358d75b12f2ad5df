/** Supervisors over HTTP, reading a log in memory. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { MemoryLog } from '../support/memory-log.ts';
import { events, kafkaSpec, settled } from '../support/supervised.ts';
import { json, post, startServer } from './support.ts';

const sample = (name: string) => readFileSync(new URL(`../fixtures/samples/${name}`, import.meta.url), 'utf8');

type Json = Readonly<Record<string, unknown>>;

interface Payload extends Json {
  readonly activeTasks: readonly (Json & {
    readonly id: string;
    readonly startTime: string;
    readonly remainingSeconds: number;
  })[];
  readonly offsetsLastUpdated: string;
  readonly aggregateLag: number;
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

test('history, newest first, also of what is terminated; suspend and resume answer with the spec', async (t) => {
  const { get, send } = await start(t);
  await send('', kafkaSpec());
  type Shown = { readonly suspended: boolean };
  assert.equal(((await send('/clicks/suspend')).body as Shown).suspended, true);
  assert.deepEqual((await get<{ payload: Payload }>('/clicks/status')).body.payload.state, 'SUSPENDED');
  const again = await send('/clicks/suspend');
  assert.equal(again.status, 400);
  assert.equal((again.body as Json).error, '[clicks] is already suspended');
  assert.equal(((await send('/clicks/resume')).body as Shown).suspended, false);
  assert.deepEqual(await send('/clicks/terminate'), { status: 200, body: { id: 'clicks' } });
  const { body: history } = await get<{ spec: Json; version: string }[]>('/clicks/history');
  assert.deepEqual(
    history.map(({ spec }) => [spec.type, spec.suspended]),
    [
      ['NoopSupervisorSpec', false],
      ['kafka', false],
      ['kafka', true],
      ['kafka', false],
    ],
  );
  assert.ok(history.every(({ version }) => !Number.isNaN(Date.parse(version))));
  assert.deepEqual(await get('/history'), { status: 200, body: { clicks: history } });
  assert.equal((await get('/others/history')).status, 404);
});

test('what is unmodified is not started anew if so asked', async (t) => {
  const { get, send, status } = await start(t);
  await send('', kafkaSpec());
  await settled(async () => assert.equal((await status()).activeTasks.length, 1));
  const [task] = (await status()).activeTasks;
  await send('?skipRestartIfUnmodified=true', kafkaSpec());
  assert.equal((await status()).activeTasks[0]?.id, task?.id);
  assert.equal((await get<unknown[]>('/clicks/history')).body.length, 1);
  await send('?skipRestartIfUnmodified=true', kafkaSpec({ io: { taskCount: 2 } }));
  assert.equal((await get<unknown[]>('/clicks/history')).body.length, 2);
});

test('all of them are suspended, resumed and terminated together', async (t) => {
  const { get, send } = await start(t);
  for (const dataSource of ['a', 'b']) await send('', kafkaSpec({ schema: { dataSource } }));
  await send('/a/suspend');
  const states = async () => (await get<{ suspended: boolean }[]>('?state')).body.map(({ suspended }) => suspended);
  const success = { status: 200, body: { status: 'success' } };
  assert.deepEqual(await send('/suspendAll'), success);
  assert.deepEqual(await states(), [true, true]);
  assert.deepEqual(await send('/resumeAll'), success);
  assert.deepEqual(await states(), [false, false]);
  assert.deepEqual(await send('/terminateAll'), success);
  assert.deepEqual((await get('')).body, []);
  assert.deepEqual(await send('/terminateAll'), success);
});

test('reset, resetOffsets and handoff', async (t) => {
  const { send, log, status, url } = await start(t);
  log.append('clicks/0', ...events(0, 10));
  await send('', kafkaSpec());
  const reads = (rows: number, from: number) =>
    settled(async () => {
      const { activeTasks, aggregateLag } = await status();
      assert.deepEqual([activeTasks[0]?.startingOffsets, aggregateLag], [{ 0: from }, 0]);
      assert.match(
        await (await fetch(`${url}/metrics`)).text(),
        new RegExp(`stream_records_total{supervisor="clicks"} ${rows}\\n`),
      );
    });
  await reads(10, 0);
  assert.match(
    await (await fetch(`${url}/metrics`)).text(),
    /^millrace_stream_lag_records\{supervisor="clicks",partition="0"\} 0$/m,
  );
  assert.deepEqual(await send('/clicks/reset'), { status: 200, body: { id: 'clicks' } });
  await reads(20, 0);
  const partitions = { type: 'end', stream: 'clicks', partitionOffsetMap: { 0: 7 } };
  assert.deepEqual(await send('/clicks/resetOffsets', { type: 'kafka', partitions }), {
    status: 200,
    body: { id: 'clicks' },
  });
  await reads(23, 7);
  assert.deepEqual(await send('/clicks/taskGroups/handoff', { taskGroupIds: ['0'] }), { status: 202, body: undefined });
  await reads(23, 10);
});

test('an unhealthy supervisor answers 503, with the cause in its status and the events in parseErrors', async (t) => {
  const { get, send, log, status } = await start(t);
  log.append('clicks/0', 'no JSON');
  await send('', kafkaSpec({ tuning: { maxParseExceptions: 0, maxSavedParseExceptions: 1 } }));
  await settled(async () => assert.deepEqual(await get('/clicks/health'), { status: 503, body: { healthy: false } }));
  assert.match(JSON.stringify((await status()).recentErrors), /maxParseExceptions/);
  const { body } = await get<Json[]>('/clicks/parseErrors');
  assert.deepEqual(body[0]?.details, ['the line is no JSON object']);
  assert.equal(body.length, 1);
});

test('an unknown supervisor is 404, whatever is asked of it', async (t) => {
  const { get, send } = await start(t);
  const reset = { type: 'kafka', partitions: { type: 'end', stream: 'x', partitionOffsetMap: {} } };
  const answers = [
    ...['', '/status', '/stats', '/health', '/parseErrors'].map((path) => get<Json>(`/x${path}`)),
    ...['suspend', 'resume', 'reset', 'terminate', 'shutdown'].map((action) => send(`/x/${action}`)),
    send('/x/resetOffsets', reset),
    send('/x/taskGroups/handoff', { taskGroupIds: [0] }),
  ];
  for (const { status, body } of await Promise.all(answers)) {
    assert.equal(status, 404);
    assert.equal((body as Json).error, '[x] does not exist');
  }
});

test('a spec that cannot be read is refused with its place', async (t) => {
  const { send } = await start(t);
  const broken = await send('', sample('metrics-kafka.json'));
  assert.equal(broken.status, 400);
  // `replicas` without quotes, and no comma after it.
  assert.match(
    String((broken.body as Json).error),
    /^line 26 column 10: .*"replicas".*line 26 column 21: expected ','/,
  );
  assert.deepEqual(await send('', sample('metrics-kafka.fixed.json')), { status: 200, body: { id: 'metrics-kafka' } });
  assert.equal((await send('', 'type: kafka', { 'content-type': 'text/plain' })).status, 415);
  const named = await send('', kafkaSpec({ io: { taskDuration: 'an hour' } }));
  assert.equal(named.status, 400);
  assert.match(String((named.body as Json).error), /^line 1 column \d+, \$\.spec\.ioConfig\.taskDuration: /);
  assert.equal((await send('', { ...kafkaSpec(), type: 'kinesis' })).status, 501);
});
