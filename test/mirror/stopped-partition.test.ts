/** A record that the target does not take: all that has nothing to do with it is mirrored. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { pino } from 'pino';
import type { MirrorFlow } from '../../src/mirror/flow-settings.ts';
import { startMirror } from '../../src/mirror/index.ts';
import { MirrorMetrics } from '../../src/mirror/metrics.ts';
import { filled, readToEnd } from '../kafka/fetching.ts';
import { eventually, flowOf, TestCluster } from './topics/watching.ts';

const [source, target] = await Promise.all([TestCluster.start(), TestCluster.start({ 'message.max.bytes': '5000' })]);

/** Begins to mirror a topic. */
function mirrored(context: TestContext, topic: string, delivery: MirrorFlow['delivery']) {
  const flow = flowOf('A', 'B', new RegExp(`^${topic}$`), {
    source: { alias: 'A', properties: { 'bootstrap.servers': source.bootstrapServers } },
    target: { alias: 'B', properties: { 'bootstrap.servers': target.bootstrapServers } },
    name: topic,
    delivery,
    topicSync: { ...flowOf('A', 'B', /x/).topicSync, configExclude: [/^m/] },
  });
  const mirror = startMirror([flow], { log: pino({ level: 'silent' }), metrics: new MirrorMetrics() });
  context.after(() => mirror.close());
  const problem = () => mirror.snapshot().flows[0]?.problem ?? '';
  /** What the target has of a partition; never more than there should be. */
  const arrived = async (partition: number, count: number) => {
    const at = { topic: `A.${topic}`, partition, offset: 0 };
    const lines = await readToEnd(target.cluster, [at]).then(
      (read) => read.lines,
      () => [],
    );
    // At least once, some may be there again.
    const once = delivery === 'atLeastOnce' ? [...new Set(lines)] : lines;
    assert.ok(once.length <= count, `${once.length} lines`);
    return once;
  };
  return { problem, arrived };
}

/** Makes one bit of a text another one where the source's log holds it. @returns what mends it. */
function flipBit(partition: string, text: string): () => void {
  const file = join(source.folder, 'logs', partition, '00000000000000000000.log');
  const at = readFileSync(file).indexOf(text);
  assert.ok(at > 0);
  const write = (byte: number) => {
    const log = openSync(file, 'r+');
    writeSync(log, Buffer.of(byte), 0, 1, at);
    closeSync(log);
  };
  write(text.charCodeAt(0) ^ 4);
  return () => write(text.charCodeAt(0));
}

for (const delivery of ['exactlyOnce', 'atLeastOnce'] satisfies MirrorFlow['delivery'][]) {
  test(`a record that is too large for the target stops its partition, and no other (${delivery})`, async (context) => {
    const topic = `stuck-${delivery}`;
    const { scribe } = source;
    await scribe.createTopic(topic, 2);
    await scribe.openProducer(topic, { 'linger.ms': 20 });
    await scribe.fill(topic, topic, 50, 'v');
    await scribe.send(topic, topic, randomBytes(5000).toString('hex'));
    await scribe.fill(topic, topic, 10, 'behind');
    await scribe.fill(topic, topic, 500, 'w', 1);
    await scribe.flush(topic);
    const { problem, arrived } = mirrored(context, topic, delivery);
    await eventually('it is told', () => problem().includes('max.message.bytes'));
    assert.match(problem(), new RegExp(`^${topic}-0 at offset 50: the record has 10\\d{3} bytes .* takes 5000: raise`));
    await eventually('the other partition is there', async () => (await arrived(1, 500)).length === 500);
    await eventually('what comes before it is there', async () => (await arrived(0, 50)).length === 50);
    await scribe.fill(topic, topic, 5, 'later', 1);
    await scribe.flush(topic);
    await eventually('the other partition goes on', async () => (await arrived(1, 505)).length === 505);
    assert.deepEqual(await arrived(0, 50), filled('v', 50));
    await target.scribe.configureTopic(`A.${topic}`, { 'max.message.bytes': 20_000 });
    await eventually('it is there, once the target takes it', async () => (await arrived(0, 61)).length === 61);
    assert.deepEqual((await arrived(0, 61)).slice(-10), filled('behind', 10));
    assert.deepEqual(await arrived(1, 505), [...filled('w', 500), ...filled('later', 5)]);
  });

  test(`a batch that is damaged on the source's disk stops its partition, and no other (${delivery})`, async (context) => {
    const topic = `damaged-${delivery}`;
    const { scribe } = source;
    await scribe.createTopic(topic, 2);
    // Larger than what is written anew, so that it goes as it is.
    await target.scribe.createTopic(`A.${topic}`, 2, { 'max.message.bytes': 200_000 });
    await scribe.openProducer(topic, { 'linger.ms': 20 });
    const large = randomBytes(30_000).toString('hex');
    await scribe.fill(topic, topic, 50, 'v');
    await scribe.flush(topic);
    await scribe.send(topic, topic, large);
    await scribe.flush(topic);
    await scribe.fill(topic, topic, 10, 'behind');
    await scribe.fill(topic, topic, 500, 'w', 1);
    await scribe.flush(topic);
    const mend = flipBit(`${topic}-0`, large);
    const { problem, arrived } = mirrored(context, topic, delivery);
    await eventually('it is told', () => problem() !== '');
    assert.match(
      problem(),
      new RegExp(`^${topic}-0 at offset 50: its batch of 60\\d{3} bytes cannot be read: its checksum .*kafka-delete`),
    );
    await eventually('the other partition is there', async () => (await arrived(1, 500)).length === 500);
    await eventually('what comes before it is there', async () => (await arrived(0, 50)).length === 50);
    mend();
    await eventually('it is there, once it is whole again', async () => (await arrived(0, 61)).length === 61);
    assert.deepEqual(await arrived(0, 61), [...filled('v', 50), large, ...filled('behind', 10)]);
  });

  test(`a timestamp that the target does not take keeps its partition waiting, and no other (${delivery})`, async (context) => {
    const topic = `ahead-${delivery}`;
    const { scribe } = source;
    const day = 86_400_000;
    await scribe.createTopic(topic, 2, { 'message.timestamp.after.max.ms': 3 * day });
    await scribe.openProducer(topic);
    await scribe.send(topic, topic, 'ahead', { timestamp: Date.now() + 2 * day });
    await scribe.fill(topic, topic, 500, 'w', 1);
    await scribe.flush(topic);
    const { problem, arrived } = mirrored(context, topic, delivery);
    await eventually('the other partition is there', async () => (await arrived(1, 500)).length === 500);
    await eventually('it is told', () => new RegExp(`A.${topic}-0: .*INVALID_TIMESTAMP`).test(problem()));
    assert.deepEqual(await arrived(0, 0), []);
    await target.scribe.configureTopic(`A.${topic}`, { 'message.timestamp.after.max.ms': 3 * day });
    await eventually('it is there, once the target takes it', async () => (await arrived(0, 1)).length === 1);
    await eventually('nothing is told any more', () => problem() === '');
    assert.deepEqual(await arrived(1, 500), filled('w', 500));
  });
}
