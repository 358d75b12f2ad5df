/** `millrace kafka --druid` as a process: the overlord reads the topics of Tranquility Kafka's file. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileOf } from '../cli/kafka-support.ts';
import { startCommand, temporaryFolder } from '../cli/support.ts';
import { until } from '../services/druid/until.ts';
import { kafkaTool } from '../services/kafka/tools.ts';
import { sharedDruid } from '../services/on-demand.ts';
import { createTopic, onCluster, produce } from './support.ts';

const servers = await sharedDruid();
const { newContext, newDataSource } = onCluster(servers);

const eventsOf = (key: string, count: number) =>
  Array.from({ length: count }, (_, n) => ({ time: '2026-06-01T00:00:00Z', key, n }));

const kept = (dataSource: string) =>
  servers.client.sql(`SELECT "key", SUM("events") AS "events", SUM("n") AS "n" FROM "${dataSource}" GROUP BY 1`);

test('topics by pattern and priority, from the offsets of the group, and by their own names', async (t) => {
  const context = newContext();
  const many = newDataSource(t, 's-many');
  const one = newDataSource(t, 's-one');
  const [ofMany, ofOne, ofGroup] = [`${many}-a`, `${many}-one`, `group-${many}`];
  const [own, later] = [newDataSource(t, 's-own-now'), newDataSource(t, 's-own-later')];
  for (const name of [ofMany, ofOne, own]) await createTopic(context, name);
  await produce(context, ofMany, eventsOf('many', 4));
  await produce(context, ofOne, eventsOf('one', 5));
  await produce(context, own, eventsOf('own', 2));
  await kafkaTool('org.apache.kafka.tools.consumer.group.ConsumerGroupCommand', [
    ...['--bootstrap-server', servers.kafka, '--group', ofGroup, '--topic', ofOne],
    ...['--reset-offsets', '--to-offset', '3', '--execute'],
  ]);
  const file = join(temporaryFolder(t), 'tranquility.json');
  const properties = {
    [many]: { topicPattern: `${many}-.*` },
    [one]: { topicPattern: ofOne, 'topicPattern.priority': 2, 'task.partitions': 1 },
    named: { topicPattern: `${own}|${later}`, useTopicAsDataSource: true },
    silent: {},
  };
  const shared = { 'kafka.group.id': ofGroup, 'kafka.auto.offset.reset': 'smallest' };
  writeFileSync(file, fileOf(servers.kafka, properties, shared));
  const { child, ended } = await startCommand(t, ['kafka', '-configFile', file, '--druid', servers.router]);
  let log = '';
  child.stderr.on('data', (chunk) => {
    log += chunk;
  });
  await until('the supervisors are there', 60_000, async () => log.includes(own));
  await createTopic(context, later);
  await produce(context, later, eventsOf('later', 3));
  await servers.client.untilSum(many, 'events', 4);
  await servers.client.untilSum(one, 'events', 2);
  await servers.client.untilSum(own, 'events', 2);
  await servers.client.untilSum(later, 'events', 3);
  assert.deepEqual(await kept(many), [{ key: 'many', events: 4, n: 6 }]);
  // The group had read three.
  assert.deepEqual(await kept(one), [{ key: 'one', events: 2, n: 7 }]);
  assert.deepEqual(await kept(own), [{ key: 'own', events: 2, n: 1 }]);
  assert.deepEqual(await kept(later), [{ key: 'later', events: 3, n: 3 }]);
  await until('what was read is told', 120_000, async () =>
    log.includes(`${ofOne}={receivedCount=2, sentCount=2, droppedCount=0, unparseableCount=0}`),
  );
  child.kill('SIGTERM');
  const { code, stderr } = await ended;
  assert.equal(code, 0);
  assert.match(stderr, /the supervisors go on; terminate them/);
  const { state } = await servers.client.status(one);
  assert.equal(state, 'RUNNING');
  const ids = await servers.client.json<string[]>('/druid/indexer/v1/supervisor');
  assert.ok(!ids.includes('silent') && !ids.includes('named'), String(ids));
});
