/** The `sys` tables of this process; what a real Druid says of the others is in test/conformance. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { version } from '../../../src/observe/version.ts';
import { pageViews, type TestBackend, temporaryBackend } from '../../support/backend.ts';
import { events, supervised } from '../../support/supervised.ts';

let backend: TestBackend;
before(async () => {
  backend = await temporaryBackend();
  await backend.define(pageViews());
});
after(() => backend[Symbol.asyncDispose]());

async function rows(query: string, server?: { host: string; port: number }): Promise<unknown> {
  let text = '';
  const request = { query, resultFormat: 'array' };
  for await (const piece of (await backend.backend.sql(request, server && { server })).chunks) text += piece;
  return JSON.parse(text);
}

test('one server, under the address at which the question came', async () => {
  const query =
    'SELECT server, host, plaintext_port, tls_port, server_type, is_leader, version, labels FROM sys.servers';
  assert.deepEqual(await rows(query, { host: 'pond', port: 8888 }), [
    ['pond:8888', 'pond', 8888, -1, 'historical', 1, version, null],
  ]);
  assert.deepEqual(await rows('SELECT server, available_processors > 0, total_memory > 0 FROM sys.servers'), [
    ['localhost:-1', true, true],
  ]);
});

test('a dataSource without rows has no segments, and one segment for each bucket that has some', async () => {
  const query = `SELECT s.segment_id, num_rows, is_realtime, is_published, shard_spec, server
    FROM sys.segments s LEFT JOIN sys.server_segments t ON s.segment_id = t.segment_id`;
  assert.deepEqual(await rows(query), []);
  await backend.push('pageviews', [{ time: '2026-06-01T05:06:07Z', url: '/', user: 'a' }]);
  assert.deepEqual(await rows(query), [
    [
      'pageviews_2026-06-01T05:00:00.000Z_2026-06-01T06:00:00.000Z_2026-06-01T05:00:00.000Z',
      ...[1, 1, 0, '{"type":"numbered","partitionNum":0,"partitions":1}', 'localhost:-1'],
    ],
  ]);
});

test('supervisors and their tasks', async () => {
  await using s = await supervised();
  s.log.append('clicks/0', ...events(0, 7));
  await s.submit();
  await s.reads(7);
  const rows = async (query: string) => {
    let text = '';
    for await (const piece of (await s.test.backend.sql({ query, resultFormat: 'array' })).chunks) text += piece;
    return JSON.parse(text);
  };
  assert.deepEqual(
    await rows(
      `SELECT supervisor_id, state, detailed_state, healthy, type, source, suspended, spec LIKE '%"topic":"clicks"%' FROM sys.supervisors`,
    ),
    [['clicks', 'RUNNING', 'RUNNING', 1, 'kafka', 'clicks', 0, true]],
  );
  const [{ id = '' } = {}] = s.status().activeTasks;
  assert.deepEqual(
    await rows(
      'SELECT task_id, group_id, type, datasource, status, runner_status, duration, location, error_msg FROM sys.tasks',
    ),
    [[id, 'index_kafka_clicks', 'index_kafka', 'clicks', 'RUNNING', 'RUNNING', -1, 'localhost:-1', null]],
  );
  await s.test.backend.supervisors.suspend('clicks');
  assert.deepEqual(await rows('SELECT state, suspended FROM sys.supervisors'), [['SUSPENDED', 1]]);
});
