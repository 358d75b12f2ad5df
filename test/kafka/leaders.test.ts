/**
 * A cluster of three brokers, of which one after the other is killed while everybody writes and reads: each leads partitions, and coordinates groups
 * and transactions, that go to the others and come back.
 */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pino } from 'pino';
import { parseConfig } from '../../src/kafka/config.ts';
import { Connections } from '../../src/kafka/connections.ts';
import { Fetcher } from '../../src/kafka/fetcher.ts';
import { type ClusterMetadata, openCluster } from '../../src/kafka/index.ts';
import { valuesReader } from '../../src/kafka/values-reader.ts';
import { startMirror } from '../../src/mirror/index.ts';
import { MirrorMetrics } from '../../src/mirror/metrics.ts';
import { flowOf } from '../mirror/topics/watching.ts';
import { KafkaCluster } from '../services/kafka/cluster.ts';
import { Scribe } from '../services/kafka/scribe.ts';
import { sharedKafka } from '../services/on-demand.ts';
import { temporaryFolder } from '../support/engine.ts';
import { settled } from '../support/supervised.ts';
import { newTopicName, readToEnd } from './fetching.ts';
import { Committing, Reading, Transacting, type Work, Writing } from './works.ts';

const partitions = 3;
const patienceMs = 120_000;
/** Of each work, after which it has gone on. */
const steps = 5;

const folder = await temporaryFolder();
const target = await sharedKafka();
const kafka = await KafkaCluster.start({ isKilledOften: true });
const scribe = new Scribe(kafka.bootstrapServers);
const properties = { 'bootstrap.servers': kafka.bootstrapServers, 'delivery.timeout.ms': patienceMs };
const cluster = openCluster(properties);
const targetCluster = openCluster({ 'bootstrap.servers': target.bootstrapServers });
after(async () => {
  await Promise.all([cluster.close(), targetCluster.close()]);
  await scribe.stop();
  await kafka.stop();
  await target.release();
  await folder[Symbol.asyncDispose]();
});

const topics = { few: newTopicName('few'), many: newTopicName('many'), transactions: newTopicName('transactions') };
for (const topic of Object.values(topics)) await scribe.createTopic(topic, partitions);

/** How often a fetcher asks who leads its partitions. */
let lookups = 0;
const counted = {
  metadata: (names: readonly string[]): Promise<ClusterMetadata> => {
    lookups++;
    return cluster.metadata(names);
  },
  listOffsets: cluster.listOffsets.bind(cluster),
};
const { connection, fetch } = parseConfig(properties);
const values = new Fetcher(counted, new Connections('test', connection), fetch, valuesReader(fetch));
const starts = Array.from({ length: partitions }, (_, partition) => ({ topic: topics.few, partition, offset: 0 }));
values.assign(starts);

const few = new Writing(cluster.producer(), topics.few, partitions).start();
const many = new Writing(cluster.producer({ maxInFlight: 100 }), topics.many, partitions).start();
const readsValues = new Reading('reading values', values, partitions).start();
const readsBatches = new Reading('reading batches', cluster.fetchBatches(starts), partitions).start();
const transacts = new Transacting(cluster, topics.transactions, partitions).start();
const group = newTopicName('group');
const members = [1, 2].map(() => new Committing(cluster, group, topics.few).start());
const works: readonly Work[] = [few, many, readsValues, readsBatches, transacts, ...members];

const flow = flowOf('A', 'B', new RegExp(`^${topics.many}$`), {
  source: { alias: 'A', properties: { 'bootstrap.servers': kafka.bootstrapServers } },
  target: { alias: 'B', properties: { 'bootstrap.servers': target.bootstrapServers } },
  name: topics.many,
});
const mirror = startMirror([flow], { log: pino({ level: 'silent' }), metrics: new MirrorMetrics() });
after(() => mirror.close());

test('whichever broker is killed, everything goes on at the others, and comes back', async () => {
  await settled(
    () => assert.deepEqual(members.flatMap((member) => member.partitions).toSorted(), [0, 1, 2]),
    patienceMs,
  );
  for (const member of members) member.shares = 1;
  for (const [node, broker] of kafka.brokers) {
    await everythingGoesOn();
    await broker.kill();
    await settled(async () => {
      const leaders = await leadersOf(Object.values(topics));
      assert.ok(leaders.every((leader) => leader !== undefined && leader !== node));
    }, patienceMs);
    await everythingGoesOn();
    await broker.restart();
    for (const topic of Object.values(topics))
      await settled(async () => assert.equal(await scribe.replicasInSync(topic), kafka.brokers.size), patienceMs);
    await scribe.electPreferredLeaders();
    await settled(async () => assert.ok((await leadersOf([topics.few])).includes(node)), patienceMs);
  }
  await everythingGoesOn();
});

test('each batch was written once and in order, with few requests under way and with many', async () => {
  for (const writing of [few, many]) {
    await writing.stop();
    for (const read of await readWithJava(writing.topic)) assert.deepEqual(read, writing.lines);
  }
});

test('each record was read once and in order, as values and as batches', async () => {
  for (const reading of [readsValues, readsBatches]) {
    await settled(() => assert.ok(reading.progress >= few.lines.length), patienceMs);
    await reading.stop();
    for (const lines of reading.lines) assert.deepEqual(lines, few.lines);
  }
  // Three times a leader goes, and comes back; until there is another one it is asked for after 0.1, 0.2, 0.4 … s.
  assert.ok(lookups < 200, `leaders were looked for ${lookups} times`);
});

test('each transaction was committed once, and what was aborted is not seen', async () => {
  await transacts.stop();
  for (const read of await readWithJava(topics.transactions)) assert.deepEqual(read, transacts.lines);
});

test("a group's members kept their partitions, and its offsets are those that were committed last", async () => {
  // At once: to whom one of them leaves the group alone, it gives a second share.
  await Promise.all(members.map((member) => member.stop()));
  for (const { shares, partitions: own, progress } of members) {
    assert.equal(shares, 1);
    for (const partition of own) assert.equal(await scribe.committedOffset(group, topics.few, partition), progress);
  }
});

test('a mirror brought each record once and in order', async () => {
  const mirrored = (partition: number) =>
    readToEnd(targetCluster, [{ topic: `A.${topics.many}`, partition, offset: 0 }]);
  for (let partition = 0; partition < partitions; partition++) {
    let arrived: readonly string[] = [];
    await settled(async () => {
      arrived = (await mirrored(partition)).lines;
      assert.ok(arrived.length >= many.lines.length, `${arrived.length} of ${many.lines.length} records arrived`);
    }, patienceMs);
    assert.deepEqual(arrived, many.lines);
  }
});

async function everythingGoesOn(): Promise<void> {
  const before = works.map(({ progress }) => progress);
  await settled(() => {
    for (const [i, { name, progress, failure }] of works.entries())
      assert.ok(progress >= (before[i] as number) + steps, `${name} does not go on: ${failure}`);
  }, patienceMs);
}

async function leadersOf(names: readonly string[]): Promise<(number | undefined)[]> {
  const metadata = await cluster.metadata(names);
  return metadata.topics.flatMap((topic) => topic.partitions.map(({ leader }) => leader));
}

/** What Kafka's own consumer reads of each partition with read_committed. */
async function readWithJava(topic: string): Promise<string[][]> {
  const file = join(folder.path, topic);
  await scribe.readRecords(topic, file);
  const read: string[][] = starts.map(() => []);
  for (const record of (await readFile(file, 'utf8')).split('\n').slice(0, -1)) {
    const [partition, , , , , value] = record.split('\t');
    read[Number(partition)]?.push(Buffer.from(value as string, 'hex').toString());
  }
  return read;
}
