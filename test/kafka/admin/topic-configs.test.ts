import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MillraceError } from '../../../src/errors.ts';
import type { ConfigChanges } from '../../../src/kafka/index.ts';
import { kafkaTool } from '../../services/kafka/tools.ts';
import { kafkaForTests, newTopicName } from '../fetching.ts';

const { cluster, scribe, bootstrapServers } = await kafkaForTests();
const { admin } = cluster;

/** What a topic has of its own, as Kafka's own tool tells. */
async function configByTool(topic: string): Promise<string[]> {
  const target = ['--bootstrap-server', bootstrapServers, '--entity-type', 'topics', '--entity-name', topic];
  const described = await kafkaTool('kafka.admin.ConfigCommand', [...target, '--describe']);
  return [...described.matchAll(/^ {2}(\S+=\S+) sensitive=/gm)].map(([, property]) => property as string).sort();
}

test('a topic is created with a configuration, and tells what is its own and what are defaults', async () => {
  const name = newTopicName('configured');
  const configs = { 'cleanup.policy': 'compact', 'retention.ms': '-1' };
  await cluster.createTopic({ name, partitions: 1, replicationFactor: -1, configs });
  assert.deepEqual(await configByTool(name), ['cleanup.policy=compact', 'retention.ms=-1']);
  const described = (await admin.topicConfigs([name])).get(name);
  assert.ok(described !== undefined && !(described instanceof MillraceError));
  const own = described.filter(({ source }) => source === 'topic');
  assert.deepEqual(own.map((config) => `${config.name}=${config.value}`).sort(), await configByTool(name));
  const size = described.find((config) => config.name === 'max.message.bytes');
  // https://kafka.apache.org/documentation/#topicconfigs_max.message.bytes
  assert.deepEqual([size?.value, size?.source], ['1048588', 'default']);
});

test('single properties are asked for, and changed, while others stay', async () => {
  const name = newTopicName('changed');
  await scribe.createTopic(name, 1, { 'retention.ms': 5000, 'segment.ms': 7000 });
  const absent = newTopicName('absent');
  const changed = await admin.alterTopicConfigs(
    new Map<string, ConfigChanges>([
      [name, { 'retention.ms': null, 'max.message.bytes': '2000' }],
      [absent, { 'retention.ms': '1' }],
    ]),
  );
  assert.equal(changed.get(name), undefined);
  assert.match(String(changed.get(absent)), /UNKNOWN_TOPIC_OR_PARTITION/);
  assert.deepEqual(await configByTool(name), ['max.message.bytes=2000', 'segment.ms=7000']);
  const described = await admin.topicConfigs([name, absent], ['max.message.bytes']);
  assert.deepEqual(described.get(name), [
    { name: 'max.message.bytes', value: '2000', source: 'topic', isReadOnly: false, isSensitive: false },
  ]);
  assert.match(String(described.get(absent)), /UNKNOWN_TOPIC_OR_PARTITION/);
});

test('a value that Kafka does not take is told in its words', async () => {
  const name = newTopicName('refused');
  await scribe.createTopic(name);
  const changed = await admin.alterTopicConfigs(new Map([[name, { 'cleanup.policy': 'nonsense' }]]));
  assert.match(String(changed.get(name)), /configuration of topic 'refused-.*nonsense.*INVALID_CONFIG/);
});
