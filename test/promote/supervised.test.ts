/** A dataSource that a supervisor of ours reads from Kafka goes to a Druid, beside another Kafka for pushes, while records come; the server is killed on the way, and it is given up once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTopic, onCluster, produce } from '../cluster/support.ts';
import { KafkaBroker } from '../services/kafka/broker.ts';
import { freePort, startMillrace } from '../services/millrace.ts';
import { sharedDruid } from '../services/on-demand.ts';
import { temporaryFolder } from '../support/engine.ts';
import { phaseOf, postJson, promoted, startPromotion, stoppedWhileDraining } from './support.ts';

const servers = await sharedDruid();
const { newDataSource, newContext } = onCluster(servers);

const hour = 3_600_000;
const start = Date.parse('2026-03-01T00:00:00Z');
const partitions = 2;

/** Record `i`: a few hours of history, each number once. */
const event = (i: number) => ({ t: new Date(start + (i % 4) * hour + i).toISOString(), n: i, tag: `t${i % 7}` });

const specOf = (name: string) => ({
  type: 'kafka',
  spec: {
    dataSchema: {
      dataSource: name,
      timestampSpec: { column: 't', format: 'iso' },
      dimensionsSpec: { dimensions: ['tag'] },
      metricsSpec: [
        { type: 'count', name: 'count' },
        { type: 'longSum', name: 'n', fieldName: 'n' },
      ],
      granularitySpec: { segmentGranularity: 'hour', queryGranularity: 'minute', rollup: true },
    },
    ioConfig: {
      topic: name,
      inputFormat: { type: 'json' },
      consumerProperties: { 'bootstrap.servers': servers.kafka },
      useEarliestOffset: true,
    },
    tuningConfig: { type: 'kafka' },
  },
});

interface Spec {
  readonly suspended: boolean;
}

interface Sums {
  readonly events: number;
  readonly n: number;
}

test('every record is there once, through a kill -9 in the middle', async (t) => {
  const name = newDataSource(t, 'promoted-topic');
  const ofPushes = await KafkaBroker.start();
  t.after(() => ofPushes.stop());
  const cluster = { ...servers, kafka: ofPushes.bootstrapServers };
  const context = newContext();
  await createTopic(context, name, partitions);
  await using folder = await temporaryFolder();
  const options = { command: ['serve'], data: folder.path };
  let millrace = await startMillrace({ ...options, port: await freePort() });
  t.after(() => millrace.stop('SIGKILL'));
  const post = (path: string, body: unknown) => postJson(`${millrace.url}${path}`, JSON.stringify(body));
  const sums = async (): Promise<Sums> => {
    const query = `SELECT SUM("count") AS "events", SUM(n) AS n FROM "${name}"`;
    const [row] = (await post('/druid/v2/sql', { query })) as Sums[];
    return row as Sums;
  };
  await post('/druid/indexer/v1/supervisor', specOf(name));
  let written = 0;
  const write = async (count: number) => {
    const events = Array.from({ length: count }, (_, i) => event(written + i));
    await produce(context, name, events, (written / count) % partitions);
    written += count;
  };
  for (let i = 0; i < 20; i++) await write(500);
  for (const deadline = Date.now() + 60_000; (await sums()).events < written && Date.now() < deadline; )
    await sleep(100);

  const stopped = new AbortController();
  const writing = (async () => {
    while (!stopped.signal.aborted) {
      await write(10);
      await sleep(50);
    }
  })();
  const first = startPromotion(cluster, name, '--server', millrace.url);
  await first.hasWritten('copying segments');
  await sleep(2_000);
  await millrace.stop('SIGKILL');
  assert.equal(await first.ended, 1);
  millrace = await startMillrace({ ...options, port: await freePort() });
  // Given up after its stream has turned, it reads on here.
  await stoppedWhileDraining(startPromotion(cluster, name, '--server', millrace.url), millrace.url, name);
  const supervisors = `${millrace.url}/druid/indexer/v1/supervisor`;
  const isSuspended = async () => ((await (await fetch(`${supervisors}/${name}`)).json()) as Spec).suspended;
  assert.equal(await isSuspended(), true);
  await promoted(startPromotion(cluster, name, '--server', millrace.url, '--back'));
  assert.deepEqual([await phaseOf(millrace.url, name), await isSuspended()], ['history', false]);
  const atReturn = written;
  for (const deadline = Date.now() + 60_000; (await sums()).events < atReturn && Date.now() < deadline; )
    await sleep(100);
  assert.ok((await sums()).events >= atReturn, 'what waited in the topic is read here');

  const last = startPromotion(cluster, name, '--server', millrace.url);
  await last.hasWritten('starting the supervisor on Druid');
  const handedOver = written;
  await promoted(last);
  const { events } = await sums();
  assert.ok(events >= handedOver, `Druid answered before it had read ${handedOver - events} records`);
  stopped.abort();
  await writing;

  await servers.client.untilSum(name, 'count', written);
  const expected = { events: written, n: (written * (written - 1)) / 2 };
  assert.deepEqual(await sums(), expected, 'through the server');
  const [there] = await servers.client.sql<Sums>(`SELECT SUM("count") AS "events", SUM(n) AS n FROM "${name}"`);
  assert.deepEqual(there, expected, 'by Druid itself');
  // Nothing reads here any more.
  assert.deepEqual(await (await fetch(supervisors)).json(), []);
  const headers = { 'content-type': 'application/json' };
  const again = await fetch(supervisors, { method: 'POST', headers, body: JSON.stringify(specOf(name)) });
  assert.equal(again.status, 409);
});
