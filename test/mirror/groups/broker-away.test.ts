import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openCluster } from '../../../src/kafka/index.ts';
import { KafkaBroker } from '../../services/kafka/broker.ts';
import { Scribe } from '../../services/kafka/scribe.ts';
import { eventually } from '../topics/watching.ts';
import { groupSync, MirroredTopic } from './mirrored-topic.ts';

const broker = await KafkaBroker.start({ isKilledOften: true });
const { bootstrapServers } = broker;
const scribe = new Scribe(bootstrapServers);
const cluster = openCluster({ 'bootstrap.servers': bootstrapServers });
after(async () => {
  await cluster.close();
  await scribe.stop();
  await broker.stop();
});

test('while brokers are away that is said once, and then groups are kept in step as before', async (context) => {
  const mirrored = new MirroredTopic({ cluster, scribe, bootstrapServers }, { groupSync: groupSync(/^events.*$/) });
  const { topic, logged } = mirrored;
  await mirrored.begin([[[0, 10, 80]]]);
  await mirrored.commit(topic, 40);
  await mirrored.run(context);
  await mirrored.synced();
  await broker.kill();
  await eventually('a word', () => logged.length > 0);
  await broker.restart();
  await eventually('another one', () => logged.length > 1);
  await mirrored.commit(topic, 60);
  await mirrored.synced();
  assert.equal(await mirrored.reached(topic), 70);
  assert.deepEqual(logged, ['cannot be kept in step now, and is tried again', 'is kept in step again']);
});
