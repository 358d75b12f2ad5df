import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { test } from 'node:test';
import { MillraceError } from '../../src/errors.ts';
import { createLogger } from '../../src/observe/log.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import { close, createServer, listen } from '../../src/server/server.ts';
import { json, post, startServer } from './support.ts';

const lines = '{"time":"2026-01-01T00:00:00Z","url":"/a"}\n{"url":"/without-time"}\n';

test('status has what clients read: a version that they know, modules, memory', async (t) => {
  const { url } = await startServer(t);
  const status = (await (await fetch(`${url}/status/`)).json()) as {
    version: string;
    modules: { name: string; version: string }[];
    memory: Record<string, number>;
  };
  assert.match(status.version, /^\d+\.\d+/);
  assert.equal(status.modules[0]?.name, 'millrace');
  for (const key of ['maxMemory', 'totalMemory', 'freeMemory', 'usedMemory', 'directMemory']) {
    assert.ok(Number(status.memory[key]) > 0, key);
  }
  assert.equal(await (await fetch(`${url}/status/health`)).text(), 'true');
  assert.deepEqual(await (await fetch(`${url}/status/properties`)).json(), { 'druid.service': 'millrace' });
});

test('metrics count received, kept and dropped events, commits and queries', async (t) => {
  const { url } = await startServer(t);
  await post(`${url}/v1/post/pageviews`, lines);
  await post(`${url}/druid/v2`, JSON.stringify({ queryType: 'timeBoundary', dataSource: 'pageviews' }));
  const response = await fetch(`${url}/metrics`);
  assert.match(String(response.headers.get('content-type')), /^text\/plain; version=0\.0\.4/);
  const text = await response.text();
  assert.match(text, /^millrace_events_received_total\{dataSource="pageviews"\} 2$/m);
  assert.match(text, /^millrace_events_kept_total\{dataSource="pageviews"\} 1$/m);
  assert.match(text, /^millrace_events_dropped_total\{dataSource="pageviews",reason="unparseable"\} 1$/m);
  assert.match(text, /^millrace_commits_total [1-9]/m);
  assert.match(text, /^millrace_commit_seconds_count [1-9]/m);
  assert.match(text, /^millrace_pending_bytes 0$/m);
  assert.match(text, /^millrace_durable_lag_seconds 0$/m);
  assert.match(text, /^millrace_queries_total\{type="timeBoundary",status="ok"\} 1$/m);
  assert.match(text, /^millrace_query_seconds_count\{type="timeBoundary"\} 1$/m);
});

test('a port that is taken is named, with the setting to change', async (t) => {
  const { url, backend } = await startServer(t);
  const port = Number(new URL(url).port);
  const log = createLogger('silent');
  const second = createServer({ backend, metrics: createMetrics(), log, maxBodyBytes: 1000, properties: {} });
  await assert.rejects(listen(second, { port, host: '127.0.0.1', setting: '--port' }), (error) => {
    assert.ok(error instanceof MillraceError);
    assert.match(error.message, new RegExp(`^port ${port} is in use; .* with --port$`));
    return true;
  });
});

test('closing ends requests under way and takes no new ones', async (t) => {
  const { url, server } = await startServer(t);
  const headers = { ...json, 'content-length': lines.length, expect: '100-continue' };
  const upload = request(`${url}/v1/post/pageviews`, { method: 'POST', headers });
  upload.flushHeaders();
  await once(upload, 'continue');
  const closed = close(server, 10_000);
  await assert.rejects(fetch(`${url}/status`));
  upload.end(lines);
  const [response] = await once(upload, 'response');
  assert.equal(response.statusCode, 200);
  assert.deepEqual(JSON.parse((await response.toArray()).join('')).result.received, 2);
  await closed;
});
