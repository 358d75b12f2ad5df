/**
 * Processes of a cluster are killed while bodies are pushed into it. What was acknowledged is in Druid once; what was not is not
 * there twice. The servers are this file's own.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporaryFolder } from '../cli/support.ts';
import { DruidCluster } from '../services/druid/cluster.ts';
import { until } from '../services/druid/until.ts';
import { KafkaBroker } from '../services/kafka/broker.ts';
import { freePort, type MillraceProcess, startMillrace } from '../services/millrace.ts';
import { BodyWriter, eventsPerBody, type Found } from './body-writer.ts';

const kafkaIsAwayMs = 60_000;
/** A new task starts a Java process, and reads from where the last one published. */
const patienceMs = 240_000;

const kafka = await KafkaBroker.start({ isKilledOften: true });
const druid = await DruidCluster.start();
after(async () => {
  await Promise.all([druid.stop(), kafka.stop()]);
});

const dataSource = 'faults';

const config = {
  dataSources: [
    {
      spec: {
        dataSchema: {
          dataSource,
          parser: {
            type: 'string',
            parseSpec: {
              format: 'json',
              timestampSpec: { column: 'time', format: 'auto' },
              dimensionsSpec: { dimensions: ['body'] },
            },
          },
          granularitySpec: { type: 'uniform', segmentGranularity: 'day', queryGranularity: 'minute' },
          metricsSpec: [
            { type: 'count', name: 'events' },
            { type: 'longSum', name: 'bits', fieldName: 'bits' },
          ],
        },
        tuningConfig: { type: 'realtime', windowPeriod: 'PT10M' },
      },
      properties: { 'task.partitions': '1', 'task.replicants': '1' },
    },
  ],
  properties: { 'http.port': '0' },
};

/** @param deliveryMs for how long a body waits for Kafka. */
async function startInstance(t: TestContext, deliveryMs = 30_000): Promise<MillraceProcess> {
  const folder = temporaryFolder(t);
  const [file, properties] = [join(folder, 'server.json'), join(folder, 'kafka.properties')];
  writeFileSync(file, JSON.stringify(config));
  writeFileSync(properties, `delivery.timeout.ms=${deliveryMs}\n`);
  const where = ['--druid', druid.router, '--kafka', kafka.bootstrapServers, '--kafka-config', properties];
  const millrace = await startMillrace({
    command: ['server', '-configFile', file, ...where],
    port: await freePort(),
  });
  t.after(() => millrace.stop('SIGKILL'));
  return millrace;
}

const writerTo = (name: string, { url }: MillraceProcess) => new BodyWriter(name, `${url}/v1/post/${dataSource}`);

async function found(): Promise<ReadonlyMap<string, Found>> {
  const rows = await druid.client.sql<Found & { readonly body: string }>(
    `SELECT "body", SUM("events") AS "events", SUM("bits") AS "bits" FROM "${dataSource}" GROUP BY "body"`,
  );
  return new Map(rows.map(({ body, ...sums }) => [body, sums]));
}

/** Waits until Druid has read all: the topic has one partition, and a last body is there. Then compares. */
async function compare(...writers: readonly BodyWriter[]): Promise<void> {
  const last = await (writers[0] as BodyWriter).pushOne();
  const bodies = await foundWith(last);
  for (const writer of writers) writer.compare(bodies);
}

test('an overlord is killed and started again: pushes go on meanwhile', async (t) => {
  const millrace = await startInstance(t);
  const writer = writerTo('overlord', millrace).start();
  await isRead(writer);
  await druid.kill('coordinator');
  await writer.acknowledges(50);
  await druid.restart('coordinator');
  await writer.acknowledges(50);
  await writer.stop();
  assert.equal(writer.refusals, 0);
  await compare(writer);
  assert.equal(await millrace.stop(), 0);
});

test('a task is killed: the next one reads what it had not published', async (t) => {
  const millrace = await startInstance(t);
  const writer = writerTo('task', millrace).start();
  await isRead(writer);
  const { activeTasks } = await druid.client.status(dataSource);
  assert.equal(activeTasks.length, 1);
  for (const { id } of activeTasks) druid.killTask(id);
  await writer.acknowledges(50);
  await writer.stop();
  await compare(writer);
});

test('Kafka is away for longer than bodies wait: they are refused, and it goes on', async (t) => {
  const millrace = await startInstance(t, kafkaIsAwayMs / 4);
  const writer = writerTo('kafka', millrace).start();
  await isRead(writer);
  await kafka.kill();
  await sleep(kafkaIsAwayMs / 2);
  const before = writer.acknowledged;
  await sleep(kafkaIsAwayMs / 2);
  assert.equal(writer.acknowledged, before);
  assert.ok(writer.refusals > 0);
  await kafka.restart();
  await writer.acknowledges(50);
  await writer.stop();
  await compare(writer);
});

test('of two instances one is killed: the other goes on', async (t) => {
  const [stays, dies] = [await startInstance(t), await startInstance(t)];
  const [writerOfOne, writerOfOther] = [writerTo('stays', stays).start(), writerTo('dies', dies).start()];
  await Promise.all([isRead(writerOfOne), isRead(writerOfOther)]);
  await dies.stop('SIGKILL');
  await writerOfOther.stop();
  await writerOfOne.acknowledges(50);
  await writerOfOne.stop();
  assert.equal(writerOfOne.refusals, 0);
  await compare(writerOfOne, writerOfOther);
});

/** Druid reads what the writer writes. */
const isRead = async (writer: BodyWriter) => foundWith(await writer.pushOne());

async function foundWith(body: string): Promise<ReadonlyMap<string, Found>> {
  let bodies: ReadonlyMap<string, Found> = new Map();
  await until(`${body} can be queried`, patienceMs, async () => {
    // Until ZooKeeper has missed a task that is gone, Druid's brokers ask it, and fail.
    bodies = await found().catch(() => new Map());
    return bodies.get(body)?.events === eventsPerBody;
  });
  return bodies;
}
