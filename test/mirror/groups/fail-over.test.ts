/** A consumer that goes on on the other cluster: Kafka's own, in a topic whose offsets are not those of its remote topic. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import type { MirrorFlow } from '../../../src/mirror/flow-settings.ts';
import { type GroupPosition, translatedOffsets } from '../../../src/mirror/groups/translated-offsets.ts';
import { startMirror } from '../../../src/mirror/index.ts';
import { MirrorMetrics } from '../../../src/mirror/metrics.ts';
import { temporaryFolder } from '../../cli/support.ts';
import { filled } from '../../kafka/fetching.ts';
import { askRemoteCluster } from '../../services/mirror-maker/remote-cluster.ts';
import { eventually, flowOf, TestCluster } from '../topics/watching.ts';
import { groupSync } from './mirrored-topic.ts';

const [source, target] = await Promise.all([TestCluster.start(), TestCluster.start()]);
const group = 'readers';

/** What a consumer of the group reads until it has so many, or there is no more for a while, `Partition:<number>\t<value>`. */
async function consume(cluster: TestCluster, topic: string, most: number): Promise<string[]> {
  const properties = [`group.id=${group}-${topic.replace('A.', '')}`, 'isolation.level=read_committed'];
  const output = await cluster.tool(
    'org.apache.kafka.tools.consumer.ConsoleConsumer',
    ...['--topic', topic, '--property', 'print.partition=true', '--timeout-ms', '10000'],
    ...[...properties, 'auto.offset.reset=earliest'].flatMap((property) => ['--consumer-property', property]),
    ...['--max-messages', String(most)],
  );
  return output.split('\n').filter((line) => line !== '');
}

/** Each partition's values in the order in which they came. */
const byPartition = (lines: readonly string[]) =>
  Object.fromEntries([...Map.groupBy(lines, (line) => line.split('\t')[0] as string)].sort());

/** Begins to mirror, and comes back when the group has its offsets on the target, exactly where it is at the source. */
async function mirrorUntilInStep(context: TestContext, topic: string, more: Partial<MirrorFlow>): Promise<void> {
  const groupId = `${group}-${topic}`;
  const flow = flowOf('A', 'B', new RegExp(`^${topic}$`), {
    source: { alias: 'A', properties: { 'bootstrap.servers': source.bootstrapServers } },
    target: { alias: 'B', properties: { 'bootstrap.servers': target.bootstrapServers } },
    name: topic,
    lanes: 2,
    groupSync: groupSync(new RegExp(`^${groupId}$`)),
    ...more,
  });
  const mirror = startMirror([flow], { log: pino({ level: 'silent' }), metrics: new MirrorMetrics() });
  context.after(() => mirror.close());
  const atSource = await source.cluster.admin.groupOffsets(groupId);
  await eventually('the group is in step', async () => {
    const positions = await translatedOffsets(flow, { group: groupId }).catch(() => []);
    const there = await target.cluster.admin.groupOffsets(groupId);
    const isThere = ({ remoteTopic, partition, targetOffset, isExact }: GroupPosition) =>
      isExact &&
      there.some((at) => at.topic === remoteTopic && at.partition === partition && at.offset === targetOffset);
    return positions.length === atSource.length && positions.every(isThere);
  });
}

for (const delivery of ['exactlyOnce', 'atLeastOnce'] as const) {
  test(`nothing is lost or repeated between transactions that were aborted (${delivery})`, async (context) => {
    const topic = `transactions-${delivery}`;
    await source.scribe.createTopic(topic, 2);
    await source.scribe.openProducer(topic, { 'transactional.id': topic });
    const committed: string[] = [];
    for (let round = 0; round < 20; round++) {
      const isAborted = round % 3 === 1;
      await source.scribe.begin(topic);
      for (const partition of [0, 1]) await source.scribe.fill(topic, topic, 5 + round, `r${round}-`, partition);
      // What has not left the producer yet is not aborted, but never there.
      await source.scribe.flush(topic);
      await (isAborted ? source.scribe.abort(topic) : source.scribe.commit(topic));
      for (const partition of isAborted ? [] : [0, 1]) {
        for (let i = 0; i < 5 + round; i++) committed.push(`Partition:${partition}\tr${round}-${i}`);
      }
    }
    const first = await consume(source, topic, Math.floor(committed.length / 2));
    await mirrorUntilInStep(context, topic, { delivery });
    // One that is repeated comes in the place of another, unless it is the last: so the whole topic is counted as well.
    const rest = await consume(target, `A.${topic}`, committed.length - first.length);
    assert.deepEqual(byPartition([...first, ...rest]), byPartition(committed));
    assert.equal((await valuesOf(context, target, `A.${topic}`)).length, committed.length);
  });
}

test('a mirror that is stopped brings groups in step once more: the fail-over right after it is exact', async (context) => {
  const topic = 'planned';
  const groupId = `${group}-${topic}`;
  await source.scribe.createTopic(topic, 1);
  await source.scribe.openProducer(topic);
  const everyHour = 3_600_000;
  const flow = flowOf('A', 'B', new RegExp(`^${topic}$`), {
    source: { alias: 'A', properties: { 'bootstrap.servers': source.bootstrapServers } },
    target: { alias: 'B', properties: { 'bootstrap.servers': target.bootstrapServers } },
    name: topic,
    groupSync: {
      ...groupSync(new RegExp(`^${groupId}$`)),
      offsetIntervalMs: everyHour,
      checkpoints: { intervalMs: everyHour, replicationFactor: 1 },
    },
  });
  // In the first and only round the group is there, and at its beginning.
  await source.cluster.admin.setGroupOffsets(groupId, [{ topic, partition: 0, offset: 0 }]);
  const mirror = startMirror([flow], { log: pino({ level: 'silent' }), metrics: new MirrorMetrics() });
  context.after(() => mirror.close());
  const isThere = (count: number) => async () => {
    const [end] = await target.cluster.listOffsets([{ topic: `A.${topic}`, partition: 0 }], 'latest').catch(() => []);
    return (end?.offset ?? 0) >= count;
  };
  await source.scribe.fill(topic, topic, 100, 'v');
  await source.scribe.flush(topic);
  await eventually('records are there', isThere(100));
  const first = await consume(source, topic, 60);
  await mirror.close();
  const rest = await consume(target, `A.${topic}`, 100 - first.length);
  assert.deepEqual(
    [...first, ...rest],
    filled('v', 100).map((value) => `Partition:0\t${value}`),
  );
  const { offsets } = await askRemoteCluster(target.bootstrapServers, 'A', groupId, flow.policy.heartbeatsTopic);
  assert.deepEqual(offsets[`A.${topic}-0`]?.[0], first.length);
});

test('nothing is lost or repeated where compaction has left gaps', async (context) => {
  const topic = 'compacted';
  const compaction = { 'cleanup.policy': 'compact', 'segment.ms': 100, 'min.cleanable.dirty.ratio': 0.001 };
  await source.scribe.createTopic(topic, 1, { ...compaction, 'max.compaction.lag.ms': 100 });
  await source.scribe.openProducer(topic);
  for (let round = 0; round < 4; round++) {
    for (let key = 0; key < 60; key += round + 1) {
      await source.scribe.send(topic, topic, `r${round}-${key}`, { key: `k${key}` });
    }
    await source.scribe.flush(topic);
    await sleep(150);
  }
  // The active segment is never compacted: one more record begins a new one.
  const isCompacted = async () => {
    await source.scribe.send(topic, topic, 'last', { key: 'last' });
    await source.scribe.flush(topic);
    const [{ offset: end = 0 } = {}] = await source.cluster.listOffsets([{ topic, partition: 0 }], 'latest');
    return (await recordsOf(topic)) < (end as number) / 2;
  };
  await eventually('old values are thrown away', isCompacted);
  await source.scribe.configureTopic(topic, { 'cleanup.policy': 'delete' });
  const left = (await valuesOf(context, source, topic)).map((value) => `Partition:0\t${value}`);
  const first = await consume(source, topic, Math.floor(left.length / 2));
  await mirrorUntilInStep(context, topic, { delivery: 'exactlyOnce' });
  const rest = await consume(target, `A.${topic}`, left.length - first.length);
  assert.deepEqual([...first, ...rest], left);
  assert.equal((await valuesOf(context, target, `A.${topic}`)).length, left.length);
});

/** All that Kafka's own consumer finds in the topic, in the name of no group. */
async function valuesOf(context: TestContext, { scribe }: TestCluster, topic: string): Promise<string[]> {
  const file = join(temporaryFolder(context), 'values');
  await scribe.readCommitted(topic, file);
  return readFileSync(file, 'utf8').split('\n').slice(0, -1);
}

/** How many records can be read of partition 0. */
async function recordsOf(topic: string): Promise<number> {
  const [{ offset: end = 0 } = {}] = await source.cluster.listOffsets([{ topic, partition: 0 }], 'latest');
  await using fetcher = source.cluster.fetch([{ topic, partition: 0, offset: 0 }]);
  let records = 0;
  for await (const fetched of fetcher) {
    if (fetched.kind === 'problem') throw fetched.error;
    records += fetched.records;
    if (fetched.nextOffset >= (end as number)) break;
  }
  return records;
}
