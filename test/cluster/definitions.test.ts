import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDefinitions } from '../../src/cluster/definitions.ts';
import { readDataSource } from '../../src/spec/data-schema.ts';
import type { DataSource, Tasks } from '../../src/spec/data-source.ts';
import { sharedDruid } from '../services/on-demand.ts';
import { onCluster, produce } from './support.ts';

const servers = await sharedDruid();
const { newContext, newDataSource } = onCluster(servers);

interface Given {
  readonly dimensions?: readonly string[];
  readonly metrics?: readonly object[];
  readonly tasks?: Tasks;
}

const pageviews = (dataSource: string, { dimensions = ['url'], metrics = [], tasks }: Given = {}): DataSource =>
  readDataSource(
    {
      dataSource,
      timestampSpec: { column: 'time', format: 'auto' },
      dimensionsSpec: { dimensions },
      metricsSpec: [{ type: 'count', name: 'views' }, ...metrics],
      granularitySpec: { segmentGranularity: 'hour', queryGranularity: 'minute' },
    },
    { window: { policy: 'serverTime', periodMs: 600_000, rule: 'bucket' }, tasks },
  );

const supervisor = (id: string) => `/druid/indexer/v1/supervisor/${id}`;
const versions = async (id: string) => (await servers.client.json<unknown[]>(`${supervisor(id)}/history`)).length;

test('a definition is a topic and a supervisor, which another instance finds', async (t) => {
  const name = newDataSource(t, 's-found');
  const [one, other] = [newContext(), newContext()];
  const definitions = openDefinitions(one);
  const given = pageviews(name, { tasks: { partitions: 2, replicas: 1 } });
  await definitions.define(given);
  const topic = `millrace-${name}`;
  const { ioConfig, context } = await servers.client.json<Record<string, Record<string, unknown>>>(supervisor(name));
  const { lateMessageRejectionPeriod, earlyMessageRejectionPeriod, useEarliestOffset, taskCount, replicas } =
    ioConfig ?? {};
  assert.deepEqual(
    { topic: ioConfig?.topic, useEarliestOffset, taskCount, replicas },
    { topic, useEarliestOffset: true, taskCount: 2, replicas: 1 },
  );
  // Ten minutes, an hour and a day.
  assert.deepEqual([lateMessageRejectionPeriod, earlyMessageRejectionPeriod], ['PT90600S', 'PT90600S']);
  assert.deepEqual(context?.millrace, { origin: 'pushes', window: given.window });
  const found = await openDefinitions(other).lookup(name);
  assert.deepEqual([found?.topic, found?.partitions], [topic, 2]);
  const { window, tasks, timestamp, dimensions, rollup } = found?.dataSource as DataSource;
  assert.deepEqual(
    { window, tasks, timestamp, dimensions, rollup },
    {
      window: given.window,
      tasks: given.tasks,
      timestamp: given.timestamp,
      dimensions: given.dimensions,
      rollup: given.rollup,
    },
  );
  assert.deepEqual(
    found?.dataSource.metrics.map(({ spec }) => spec.name),
    ['views'],
  );
});

test('instances with the same file race without a trace', async (t) => {
  const name = newDataSource(t, 's-raced');
  const instances = Array.from({ length: 3 }, () => openDefinitions(newContext()));
  const given = pageviews(name);
  await Promise.all(instances.map((definitions) => definitions.define(given)));
  const before = await versions(name);
  for (const definitions of instances) await definitions.define(given);
  assert.equal(await versions(name), before);
});

test('an unknown dataSource is created by the fields of a body, once', async (t) => {
  const name = newDataSource(t, 's-created');
  const [one, other] = [openDefinitions(newContext()), openDefinitions(newContext())];
  assert.equal(await one.lookup(name), undefined);
  const lines = Buffer.from('{"ts":"2026-01-01T00:00:00Z","n":1}\nnonsense\n{"x":"y"}\n');
  const [mine, theirs] = [await one.create(name, lines), await other.create(name, Buffer.from('{"time":1}\n'))];
  assert.equal(mine.dataSource.discovery, 'types');
  assert.deepEqual([mine.dataSource.timestamp.column, theirs.dataSource.timestamp.column], ['ts', 'ts']);
  assert.equal((await one.lookup(name))?.topic, `millrace-${name}`);
  await assert.rejects(one.create(newDataSource(t, 's-timeless'), Buffer.from('{"a":1}\n')), {
    code: 'invalidInput',
    message: /no event has a field 'time'/,
  });
});

test('a supervisor that others made takes no pushes, and is not replaced', async (t) => {
  const name = newDataSource(t, 's-theirs');
  const definitions = openDefinitions(newContext());
  const { dataSchema } = pageviews(name);
  const consumerProperties = { 'bootstrap.servers': servers.kafka };
  const ioConfig = { topic: 'their-topic', inputFormat: { type: 'json' }, consumerProperties };
  await servers.client.submit({ type: 'kafka', suspended: true, spec: { dataSchema, ioConfig } });
  await assert.rejects(definitions.lookup(name), { code: 'invalidInput', message: /reads the topic 'their-topic'/ });
  await assert.rejects(definitions.define(pageviews(name)), { code: 'conflict', message: /'their-topic'/ });
});

test('a suspended supervisor stays so when its definition changes', async (t) => {
  const name = newDataSource(t, 's-suspended');
  const definitions = openDefinitions(newContext());
  await definitions.define(pageviews(name));
  await servers.client.json(`${supervisor(name)}/suspend`, { method: 'POST' });
  await definitions.define(pageviews(name, { dimensions: ['url', 'user'] }));
  const { suspended, spec } = await servers.client.json<{
    suspended: boolean;
    spec: { dataSchema: { dimensionsSpec: { dimensions: { name: string }[] } } };
  }>(supervisor(name));
  assert.equal(suspended, true);
  assert.deepEqual(
    spec.dataSchema.dimensionsSpec.dimensions.map((dimension) => dimension.name),
    ['url', 'user'],
  );
});

test('while events flow, columns and partitions come without losing or doubling one', async (t) => {
  const name = newDataSource(t, 's-changed');
  const context = newContext();
  const definitions = openDefinitions(context);
  const latency = { type: 'longSum', name: 'latency', fieldName: 'ms' };
  await definitions.define(pageviews(name));
  let sent = 0;
  let flowing = true;
  const flow = (async () => {
    while (flowing) {
      const { topic = '', partitions = 0 } = (await definitions.lookup(name)) ?? {};
      const time = new Date().toISOString();
      const events = Array.from({ length: 5 }, (_, i) => ({ time, url: `/${i}`, user: 'u', ms: 2 }));
      await produce(context, topic, events, sent % partitions);
      sent += events.length;
      await sleep(100);
    }
  })();
  await servers.client.untilSum(name, 'views', 50);
  await definitions.define(
    pageviews(name, { dimensions: ['url', 'user'], metrics: [latency], tasks: { partitions: 2, replicas: 1 } }),
  );
  const before = sent;
  assert.equal((await definitions.lookup(name))?.partitions, 2);
  await sleep(5_000);
  flowing = false;
  await flow;
  await servers.client.untilSum(name, 'views', sent);
  const [row] = await servers.client.sql(
    `SELECT SUM("views") AS "views", SUM("latency") AS "latency", COUNT(DISTINCT "user") AS "users" FROM "${name}"`,
  );
  assert.equal(row?.views, sent);
  assert.equal(row?.users, 1);
  // All that came after the change has the new column.
  const late = Number(row?.latency);
  assert.ok(late >= 2 * (sent - before) && late <= 2 * sent, `${late} of ${2 * sent}, ${before} events before`);
});
