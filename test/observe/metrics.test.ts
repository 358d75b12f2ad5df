import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetrics } from '../../src/observe/metrics.ts';

test('counts stand in the exposition with their labels', async () => {
  const metrics = createMetrics();
  metrics.eventsReceived.inc({ dataSource: 'pageviews' }, 3);
  metrics.eventsKept.inc({ dataSource: 'pageviews' }, 1);
  metrics.eventsDropped.inc({ dataSource: 'pageviews', reason: 'late' }, 2);
  metrics.beforeExposition(() => metrics.rows.set({ dataSource: 'pageviews' }, 77));
  const { text, contentType } = await metrics.exposition();
  assert.match(contentType, /^text\/plain; version=0\.0\.4/);
  assert.match(text, /^millrace_events_received_total\{dataSource="pageviews"\} 3$/m);
  assert.match(text, /^millrace_events_kept_total\{dataSource="pageviews"\} 1$/m);
  assert.match(text, /^millrace_events_dropped_total\{dataSource="pageviews",reason="late"\} 2$/m);
  assert.match(text, /^millrace_rows\{dataSource="pageviews"\} 77$/m);
  assert.match(text, /^process_resident_memory_bytes [1-9]\d+$/m);
});

test('what is on its way to several places counts together', async () => {
  const metrics = createMetrics();
  const pending = async () => (await metrics.exposition()).text.match(/^millrace_(?:pending|durable).*$/gm);
  assert.deepEqual(await pending(), ['millrace_pending_bytes 0', 'millrace_durable_lag_seconds 0']);
  const store = { pendingBytes: 70, lagMs: 1500 };
  metrics.watch(store);
  metrics.watch({ pendingBytes: 7, lagMs: 500 });
  assert.deepEqual(await pending(), ['millrace_pending_bytes 77', 'millrace_durable_lag_seconds 1.5']);
  store.pendingBytes = 0;
  store.lagMs = 0;
  assert.deepEqual(await pending(), ['millrace_pending_bytes 7', 'millrace_durable_lag_seconds 0.5']);
});

test('two sets of metrics in one process do not add up', async () => {
  const one = createMetrics();
  const other = createMetrics();
  one.eventsReceived.inc({ dataSource: 'a' }, 2);
  one.eventsReceived.inc({ dataSource: 'b' }, 3);
  other.eventsReceived.inc({ dataSource: 'a' }, 10);
  one.rows.set({ dataSource: 'a' }, 7);
  assert.deepEqual(await one.totals(), { received: 5, rows: 7 });
  assert.deepEqual(await other.totals(), { received: 10, rows: 0 });
});
