/** What arrives, whatever is killed and cut while it is mirrored: judged by Kafka's own consumers on both sides. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openCluster } from '../../src/kafka/index.ts';
import { temporaryFolder } from '../cli/support.ts';
import { settled } from '../support/supervised.ts';
import { flowFile, MirrorProcess, type Side, startApart } from './apart.ts';
import { readAll } from './console-consumer.ts';
import { RandomWriter } from './random-writer.ts';

const clusters = await startApart();
const { source, target } = clusters;
const partitions = 3;
/** Records are as old as their timestamps say: none is to be deleted for that, on neither side. */
const kept = { 'retention.ms': -1 };
const exactlyOnce = 'exactly.once.source.support = enabled';
/** Of each side; for so long alone, which is longer than a request may take. */
const cutMs = 30_000;
const aloneMs = 5_000;
const fillRecords = 500;

test('exactly once, through 20 kills of the mirror, 5 of each broker and a cut network: every committed record once, in order', async (t) => {
  const topic = 'hybrid';
  await source.scribe.createTopic(topic, partitions, kept);
  const file = flowFile(t, clusters, topic, [exactlyOnce]);
  const writing = startWriters(topic);
  t.after(() => writing.stop());
  let mirror = new MirrorProcess(t, file);
  const killMirror = async () => {
    await sleep(Math.random() * 400);
    await mirror.stop('SIGKILL');
    mirror = new MirrorProcess(t, file);
  };
  for (let kill = 0; kill < 10; kill++) {
    await moreArrives(topic, mirror);
    await killMirror();
  }
  for (let kill = 0; kill < 5; kill++)
    for (const { broker } of [source, target]) {
      await moreArrives(topic, mirror);
      await broker.kill();
      await killMirror();
      await broker.restart();
    }
  await moreArrives(topic, mirror);
  source.relay.cut();
  await sleep(aloneMs);
  target.relay.cut();
  await sleep(cutMs - aloneMs);
  source.relay.heal();
  await sleep(aloneMs);
  target.relay.heal();
  await moreArrives(topic, mirror);
  await writing.stop();
  await allArrived(t, topic);
  const [sent, arrived] = await Promise.all(
    [source, target].map((side) => readAll(side.broker.bootstrapServers, topic)),
  );
  assert.deepEqual(arrived, sent);
  assert.deepEqual(Object.keys(sent ?? {}), ['0', '1', '2']);
  assert.equal(await mirror.stop('SIGTERM'), 0, mirror.output);
});

test('two processes share a flow; when one is killed the other takes over', async (t) => {
  const topic = 'shared';
  await source.scribe.createTopic(topic, partitions, kept);
  const file = flowFile(t, clusters, topic, [exactlyOnce, 'tasks.max = 4']);
  const writing = startWriters(topic);
  t.after(() => writing.stop());
  const dies = new MirrorProcess(t, file);
  await moreArrives(topic, dies);
  const stays = new MirrorProcess(t, file);
  await moreArrives(topic, stays);
  await dies.stop('SIGKILL');
  await moreArrives(topic, stays);
  await writing.stop();
  await allArrived(t, topic);
  const [sent, arrived] = await Promise.all(
    [source, target].map((side) => readAll(side.broker.bootstrapServers, topic)),
  );
  assert.deepEqual(arrived, sent);
  assert.equal(await stays.stop('SIGTERM'), 0, stays.output);
});

test('at least once: killed, the mirror may repeat records, and loses none', async (t) => {
  const topic = 'repeated';
  await source.scribe.createTopic(topic);
  await source.scribe.openProducer('plain', { 'batch.size': 1_000 });
  const file = flowFile(t, clusters, topic, []);
  const stopping = new AbortController();
  t.after(() => stopping.abort());
  const sent: string[] = [];
  const writing = (async () => {
    for (let fill = 0; !stopping.signal.aborted; fill++) {
      await source.scribe.fill('plain', topic, fillRecords, `${fill} `);
      await source.scribe.flush('plain');
      for (let i = 0; i < fillRecords; i++) sent.push(`${fill} ${i}`);
      await sleep(20);
    }
  })();
  let mirror = new MirrorProcess(t, file);
  for (let kill = 0; kill < 3; kill++) {
    await moreArrives(topic, mirror);
    await mirror.stop('SIGKILL');
    mirror = new MirrorProcess(t, file);
  }
  await moreArrives(topic, mirror);
  stopping.abort();
  await writing;
  // Each counts where it came for the first time.
  const arrived = async () => [...new Set(await linesOf(t, (lines) => target.scribe.readCommitted(topic, lines)))];
  await settled(async () => assert.equal((await arrived()).length, sent.length), 60_000);
  assert.deepEqual(await arrived(), sent);
  assert.equal(await mirror.stop('SIGTERM'), 0, mirror.output);
});

function startWriters(topic: string): { stop(): Promise<void> } {
  const { bootstrapServers } = source.broker;
  const stopping = new AbortController();
  const writers = [1, 2].map((number) => new RandomWriter({ bootstrapServers, topic, partitions, number }));
  const written = Promise.all(writers.map((writer) => writer.write(stopping.signal)));
  return {
    stop: async () => {
      stopping.abort();
      await written;
    },
  };
}

/** The target has more of the topic than it had. */
async function moreArrives(topic: string, mirror: MirrorProcess): Promise<void> {
  await using cluster = openCluster({ 'bootstrap.servers': target.broker.bootstrapServers });
  const end = async () => {
    const { topics } = await cluster.metadata([topic]);
    const all = (topics[0]?.partitions ?? []).map(({ partition }) => ({ topic, partition }));
    const ends = await cluster.listOffsets(all, 'latest');
    return ends.reduce((sum, { offset }) => sum + (offset ?? 0), 0);
  };
  let before: number | undefined;
  await settled(async () => {
    const now = await end();
    before ??= now;
    assert.ok(now > before, `no more of ${topic} arrives; the mirror wrote:\n${mirror.output}`);
  }, 60_000);
}

/** Nothing is written at the source any more. */
async function allArrived(t: TestContext, topic: string): Promise<void> {
  const count = async ({ scribe }: Side) => (await linesOf(t, (file) => scribe.readRecords(topic, file))).length;
  const sent = await count(source);
  await settled(async () => assert.equal(await count(target), sent), 60_000);
}

async function linesOf(t: TestContext, write: (file: string) => Promise<unknown>): Promise<string[]> {
  const file = join(temporaryFolder(t), 'lines');
  await write(file);
  return readFileSync(file, 'utf8').split('\n').slice(0, -1);
}
