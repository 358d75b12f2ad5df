import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDefinitions } from '../../src/cluster/definitions.ts';
import { Monitor } from '../../src/cluster/monitor.ts';
import { readDataSource } from '../../src/spec/data-schema.ts';
import { until } from '../services/druid/until.ts';
import { sharedDruid } from '../services/on-demand.ts';
import { onCluster, produce } from './support.ts';

const servers = await sharedDruid();
const { newContext, newDataSource } = onCluster(servers);

test('state, tasks, lag and rows of a dataSource, as a status and as metrics', async (t) => {
  const name = newDataSource(t, 's-watched');
  const context = newContext();
  const monitor = new Monitor(context);
  assert.equal(await monitor.status(name), undefined);
  const definitions = openDefinitions(context);
  const schema = { timestampSpec: { column: 'time' }, metricsSpec: [{ type: 'count', name: 'events' }] };
  await definitions.define(
    readDataSource(
      { dataSource: name, ...schema, granularitySpec: { segmentGranularity: 'hour' } },
      { window: { policy: 'serverTime', periodMs: 600_000, rule: 'event' } },
    ),
  );
  assert.deepEqual(await definitions.describe(name), { dimensions: [], metrics: ['events'] });
  const topic = `millrace-${name}`;
  const time = new Date().toISOString();
  await produce(context, topic, [{ time }, { time }, { time: '2001-01-01' }, { when: time }]);
  await servers.client.untilSum(name, 'events', 2);
  const expected = { processed: 2, processedWithError: 0, thrownAway: 1, unparseable: 1 };
  await until("the overlord has its task's rows", 120_000, async () => {
    const status = await monitor.status(name);
    return status?.rows.processed === 2 && status.lag.partitions['0'] === 0;
  });
  const { stream, state, healthy, suspended, tasks, rows, lag, segments } = (await monitor.status(name)) ?? {};
  assert.deepEqual(
    { stream, state, healthy, suspended, tasks, rows, lag, segments },
    {
      stream: topic,
      state: 'RUNNING',
      healthy: true,
      suspended: false,
      tasks: { reading: 1, publishing: 0 },
      rows: expected,
      lag: { total: 0, partitions: { 0: 0 } },
      segments: { count: 0, rows: 0, sizeBytes: 0 },
    },
  );
  const { text } = await context.metrics.exposition();
  for (const line of [
    `millrace_supervisor_healthy{supervisor="${name}",state="RUNNING"} 1`,
    `millrace_supervisor_tasks{supervisor="${name}",state="reading"} 1`,
    `millrace_task_rows{supervisor="${name}",outcome="thrownAway"} 1`,
    `millrace_stream_lag_records{supervisor="${name}",partition="0"} 0`,
  ])
    assert.ok(text.includes(`${line}\n`), text);
});
