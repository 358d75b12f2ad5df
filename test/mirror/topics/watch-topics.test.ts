import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { eventually, flowOf, TestCluster, Watching } from './watching.ts';

const [a, b] = await Promise.all([TestCluster.start(), TestCluster.start()]);

const names = (topics: readonly { readonly remoteTopic: string }[]) => topics.map(({ remoteTopic }) => remoteTopic);

test("topics are created with the source's partitions and configuration", async () => {
  await a.scribe.createTopic('new-compacted', 3, {
    'cleanup.policy': 'compact',
    'min.insync.replicas': 1,
    'max.message.bytes': 5000,
  });
  await a.scribe.createTopic('new-plain', 1);
  await using watching = new Watching(flowOf('a', 'b', /^new-.*/), a, b);
  const topics = await watching.until(({ length }) => length === 2);
  assert.deepEqual(
    topics.map(({ topic, partitions, remoteTopic, targetMaxMessageBytes }) => ({
      topic,
      partitions,
      remoteTopic,
      targetMaxMessageBytes,
    })),
    [
      { topic: 'new-compacted', partitions: 3, remoteTopic: 'a.new-compacted', targetMaxMessageBytes: 5000 },
      // https://kafka.apache.org/documentation/#topicconfigs_max.message.bytes
      { topic: 'new-plain', partitions: 1, remoteTopic: 'a.new-plain', targetMaxMessageBytes: 1_048_588 },
    ],
  );
  assert.equal(await b.partitionsOf('a.new-compacted'), 3);
  assert.deepEqual(await b.configOf('a.new-compacted'), ['cleanup.policy=compact', 'max.message.bytes=5000']);
  assert.deepEqual(await b.configOf('a.new-plain'), []);
});

test('new topics, new partitions and changed configurations follow', async () => {
  await a.scribe.createTopic('grown-1', 1, { 'retention.ms': 1000, 'segment.ms': 2000 });
  await using watching = new Watching(flowOf('a', 'b', /^grown-.*/), a, b);
  await watching.until(({ length }) => length === 1);
  await a.scribe.addPartitions('grown-1', 4);
  await a.scribe.createTopic('grown-2', 2);
  await watching.until((topics) => topics[0]?.partitions === 4 && topics[1]?.partitions === 2);
  assert.equal(await b.partitionsOf('a.grown-1'), 4);
  assert.equal(await b.partitionsOf('a.grown-2'), 2);

  const change = ['--entity-type', 'topics', '--entity-name', 'grown-1', '--alter'];
  const how = ['--delete-config', 'segment.ms', '--add-config', 'retention.ms=3000,max.message.bytes=4000'];
  await a.tool('kafka.admin.ConfigCommand', ...change, ...how);
  const wanted = ['max.message.bytes=4000', 'retention.ms=3000'];
  await eventually('the configuration', async () => isDeepStrictEqual(await b.configOf('a.grown-1'), wanted));
  await watching.until((topics) => topics[0]?.targetMaxMessageBytes === 4000);
});

test('a topic that is there already is grown, and keeps what it has more', async () => {
  await a.scribe.createTopic('there-small', 2);
  await a.scribe.createTopic('there-large', 2);
  await b.scribe.createTopic('a.there-small', 1);
  await b.scribe.createTopic('a.there-large', 5);
  await using watching = new Watching(flowOf('a', 'b', /^there-.*/), a, b);
  const topics = await watching.until((list) => list.length === 2 && list.every(({ partitions }) => partitions === 2));
  assert.deepEqual(names(topics), ['a.there-large', 'a.there-small']);
  assert.equal(await b.partitionsOf('a.there-small'), 2);
  assert.equal(await b.partitionsOf('a.there-large'), 5);
});

test('a topic that is deleted ends', async () => {
  await a.scribe.createTopic('gone', 1);
  await using watching = new Watching(flowOf('a', 'b', /^gone$/), a, b);
  await watching.until(({ length }) => length === 1);
  await a.scribe.deleteTopic('gone');
  await watching.until(({ length }) => length === 0);
  assert.deepEqual(watching.watch.problems, []);
});

test('what the target refuses is a problem of that topic alone', async () => {
  // With the prefix it is longer than Kafka allows.
  const long = `refused-${'x'.repeat(241)}`;
  await a.scribe.createTopic(long, 1);
  await a.scribe.createTopic('refused-not', 1);
  await using watching = new Watching(flowOf('a', 'b', /^refused-.*/), a, b);
  const topics = await watching.until(({ length }) => length === 1);
  assert.deepEqual(names(topics), ['a.refused-not']);
  const [problem] = watching.watch.problems;
  assert.equal(problem?.topic, long);
  assert.equal(problem?.kind, 'refused');
  assert.match(problem?.error.message ?? '', /INVALID_TOPIC_EXCEPTION/);
});

test('more replicas than there are brokers are a problem that says what to set', async () => {
  await a.scribe.createTopic('replicated', 1);
  const flow = flowOf('a', 'b', /^replicated$/);
  const topicSync = { ...flow.topicSync, replicationFactor: 2 };
  await using watching = new Watching({ ...flow, topicSync }, a, b);
  assert.deepEqual(await watching.until(() => true), []);
  await eventually('the problem', () => watching.watch.problems.length === 1);
  assert.match(watching.watch.problems[0]?.error.message ?? '', /INVALID_REPLICATION_FACTOR.* Set replication\.factor/);
});

test('who asks for it has the topics looked at before the next refresh', async () => {
  await a.scribe.createTopic('asked-1', 1);
  const flow = flowOf('a', 'b', /^asked-.*/);
  const topicSync = { ...flow.topicSync, refreshIntervalMs: undefined, configIntervalMs: undefined };
  await using watching = new Watching({ ...flow, topicSync }, a, b);
  await watching.until(({ length }) => length === 1);
  await a.scribe.createTopic('asked-2', 1);
  watching.watch.lookAgain();
  await watching.until(({ length }) => length === 2);
});
