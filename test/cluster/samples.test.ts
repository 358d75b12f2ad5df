/** Files as users have them, started on a Druid cluster as they are: only where Druid and Kafka are is said beside. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startCommand } from '../cli/support.ts';
import { until } from '../services/druid/until.ts';
import { sharedDruid } from '../services/on-demand.ts';
import { createTopic, onCluster, produce } from './support.ts';

const servers = await sharedDruid();
const { newContext } = onCluster(servers);
const sample = (name: string) => fileURLToPath(new URL(`../fixtures/samples/${name}`, import.meta.url));
/** A peon starts in some 15 s of processor time. */
const taskDeadlineMs = 240_000;

/** Settles when a task of the supervisor's reads: what comes from then on is taken. */
async function reads(t: TestContext, supervisor: string, ...command: readonly string[]): Promise<void> {
  t.after(() => servers.client.terminate(supervisor));
  await startCommand(t, [...command, '--druid', servers.router, '--kafka', servers.kafka]);
  await until(`a task of '${supervisor}' reads`, taskDeadlineMs, async () => {
    if (!(await servers.client.json<string[]>('/druid/indexer/v1/supervisor')).includes(supervisor)) return false;
    const { activeTasks, detailedState } = await servers.client.status(supervisor);
    return activeTasks.length > 0 && detailedState === 'RUNNING';
  });
}

test('tranquility-kafka.json', async (t) => {
  const context = newContext();
  await createTopic(context, 'pageViews');
  const name = 'pageViews-kafka';
  await reads(t, name, 'kafka', '-configFile', sample('tranquility-kafka.json'));
  // Its window is the ten minutes around now. Another run may have left some of its own.
  const url = `/run-${process.pid}-${Date.now()}`;
  const events = [32, 11, 45].map((latencyMs) => ({ time: new Date().toISOString(), url, user: 'alice', latencyMs }));
  await produce(context, 'pageViews', events);
  const sums = async () => {
    const query = `SELECT SUM(views) AS views, SUM("latencyMs") AS "latencyMs" FROM "${name}" WHERE url = '${url}'`;
    return (await servers.client.sql(query))[0];
  };
  await until('the events are there', taskDeadlineMs, async () => Number((await sums())?.views) >= events.length);
  assert.deepEqual(await sums(), { views: 3, latencyMs: 88 });
});

test('wikipedia.spec', async (t) => {
  await createTopic(newContext(), 'wikipedia');
  await reads(t, 'wikipedia', 'realtime', sample('wikipedia.spec'));
  const { spec } = await servers.client.json<{ spec: Record<string, Record<string, unknown>> }>(
    '/druid/indexer/v1/supervisor/wikipedia',
  );
  assert.deepEqual([spec.ioConfig?.topic, spec.ioConfig?.useEarliestOffset], ['wikipedia', false]);
});
