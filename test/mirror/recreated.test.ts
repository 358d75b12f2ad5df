import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { pino } from 'pino';
import type { MirrorFlow } from '../../src/mirror/flow-settings.ts';
import { startMirror } from '../../src/mirror/index.ts';
import { MirrorMetrics } from '../../src/mirror/metrics.ts';
import type { Mirror } from '../../src/mirror/mirror.ts';
import { eventually, flowOf, TestCluster } from './topics/watching.ts';

const [a, b] = await Promise.all([TestCluster.start(), TestCluster.start()]);
const folder = mkdtempSync(join(tmpdir(), 'millrace-recreated-'));
after(() => rmSync(folder, { recursive: true }));

async function fill(topic: string, prefix: string, count: number): Promise<void> {
  await a.scribe.openProducer(topic);
  await a.scribe.fill(topic, topic, count, prefix);
  await a.scribe.flush(topic);
}

/** What Kafka's own consumer reads on the target. */
async function read(topic: string): Promise<string[]> {
  const file = join(folder, topic);
  await b.scribe.readCommitted(topic, file);
  return readFileSync(file, 'utf8').split('\n').slice(0, -1);
}

/** Nobody looks at the topics unless something goes wrong; what is sent to a topic that is gone is soon given up. */
function start(topic: string, delivery: MirrorFlow['delivery']): Mirror {
  const { topicSync, ...flow } = flowOf('a', 'b', new RegExp(`^${topic}$`), {
    name: topic,
    delivery,
    source: { alias: 'a', properties: { 'bootstrap.servers': a.bootstrapServers } },
    target: { alias: 'b', properties: { 'bootstrap.servers': b.bootstrapServers, 'delivery.timeout.ms': '3000' } },
  });
  const seldom = { ...topicSync, refreshIntervalMs: 3_600_000, configIntervalMs: undefined };
  const options = { log: pino({ level: 'silent' }), metrics: new MirrorMetrics() };
  return startMirror([{ ...flow, topicSync: seldom }], options);
}

const has = (topic: string, values: readonly string[]) =>
  eventually(`${values.join()} in ${topic}`, async () => isDeepStrictEqual(await read(topic), values));

for (const delivery of ['exactlyOnce', 'atLeastOnce'] as const) {
  test(`a topic that was created again waits until its remote topic is gone (${delivery})`, async () => {
    const topic = `events-${delivery}`;
    await a.scribe.createTopic(topic, 1);
    await fill(topic, 'old', 3);
    const mirror = start(topic, delivery);
    const problem = () => mirror.snapshot().flows[0]?.problem;
    try {
      const remote = `a.${topic}`;
      await eventually('the remote topic', async () => (await b.topicNames()).includes(remote));
      await has(remote, ['old0', 'old1', 'old2']);
      await a.scribe.deleteTopic(topic);
      await a.scribe.createTopic(topic, 1);
      await fill(topic, 'new', 2);
      await eventually('that it is told', () => /was deleted and created again/.test(problem() ?? ''));
      assert.deepEqual(await read(remote), ['old0', 'old1', 'old2']);
      await b.scribe.deleteTopic(remote);
      await eventually('the remote topic', async () => (await b.topicNames()).includes(remote));
      await has(remote, ['new0', 'new1']);
      assert.equal(problem(), undefined);
    } finally {
      await mirror.close();
    }
  });

  test(`a remote topic that is deleted is mirrored again from the beginning (${delivery})`, async () => {
    const topic = `again-${delivery}`;
    await a.scribe.createTopic(topic, 1);
    await fill(topic, 'v', 2);
    const mirror = start(topic, delivery);
    try {
      const remote = `a.${topic}`;
      await eventually('the remote topic', async () => (await b.topicNames()).includes(remote));
      await has(remote, ['v0', 'v1']);
      await b.scribe.deleteTopic(remote);
      await fill(topic, 'w', 1);
      await eventually('the remote topic', async () => (await b.topicNames()).includes(remote));
      await has(remote, ['v0', 'v1', 'w0']);
    } finally {
      await mirror.close();
    }
  });
}
