/** The command between two brokers, as MirrorMaker 1 and 2 were run. What arrives is read by Kafka's own consumer. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { readAll } from '../mirror/console-consumer.ts';
import { eventually, TestCluster } from '../mirror/topics/watching.ts';
import { propertiesText, startMirrorMaker2 } from '../services/mirror-maker/mirror-maker.ts';
import { MirrorCommand, ordersFile, propertiesFile } from './mirror-support.ts';
import { temporaryFolder } from './support.ts';

const [source, target] = await Promise.all([TestCluster.start(), TestCluster.start()]);
await source.scribe.openProducer('writer');

async function write(topic: string, count: number, prefix: string): Promise<void> {
  await source.scribe.fill('writer', topic, count, prefix);
  await source.scribe.flush('writer');
}

async function arrived(t: TestContext, topic: string): Promise<readonly string[]> {
  const file = join(temporaryFolder(t), 'arrived');
  await target.scribe.readCommitted(topic, file);
  return readFileSync(file, 'utf8').split('\n').filter(Boolean);
}

const numbered = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}${i}`);

/** A sample with the addresses of these brokers. */
function sample(t: TestContext, name: string, { bootstrapServers }: TestCluster): string {
  const text = readFileSync(new URL(`../fixtures/samples/${name}`, import.meta.url), 'utf8');
  return propertiesFile(t, name, [
    text.replace(/^(bootstrap\.servers|metadata\.broker\.list)=.*$/gm, `$1=${bootstrapServers}`),
  ]);
}

test("the samples' command: what is written from then on arrives under its own name, also what comes while it is stopped", async (t) => {
  await source.scribe.createTopic('hybrid', 2);
  await source.scribe.createTopic('other', 1);
  await write('hybrid', 3, 'before-');
  const args = [
    ...['--consumer.config', sample(t, 'mirror-consumer.properties', source)],
    ...['--producer.config', sample(t, 'mirror-producer.properties', target)],
    ...['--whitelist', 'hybrid,nothing', '--num.streams', '2', '--new.consumer', '--abort.on.send.failure', 'true'],
  ];
  const first = new MirrorCommand(t, ...args);
  for (const partition of [0, 1])
    await first.measures(
      new RegExp(`^millrace_mirror_lag_records\\{.*topic="hybrid",partition="${partition}"\\} 0$`, 'm'),
    );
  assert.equal(await first.stop(), 0);
  await write('hybrid', 500, 'after-');
  const second = new MirrorCommand(t, ...args);
  await second.measures(/^millrace_mirror_records_total\{.*topic="hybrid",partition="0"\} 500$/m);
  assert.equal(await second.stop(), 0);
  assert.deepEqual(await arrived(t, 'hybrid'), numbered('after-', 500));
  assert.equal((await target.topicNames()).includes('other'), false);
  const old = first.log.map(({ msg }) => /'(\S+)' (?:is|steered)|([a-z.]+): has no effect/.exec(msg)).filter(Boolean);
  assert.deepEqual(old.map((match) => match?.[1] ?? match?.[2]).sort(), [
    'compression.codec',
    'metadata.broker.list',
    'producer.type',
    'serializer.class',
    'zookeeper.connect',
    'zookeeper.connection.timeout.ms',
  ]);
});

test("MirrorMaker 2's file, exactly once: stopped and started again it goes on where it was", async (t) => {
  await source.scribe.createTopic('orders', 1);
  await write('orders', 300, 'first-');
  const file = ordersFile(
    t,
    { source: source.bootstrapServers, target: target.bootstrapServers },
    'out.exactly.once.source.support = enabled',
  );
  const first = new MirrorCommand(t, file);
  await first.measures(/^millrace_mirror_records_total\{flow="in\.out",topic="orders",partition="0"\} 300$/m);
  const health = await first.get('/status/health');
  assert.deepEqual([health.status, await health.text()], [200, 'true']);
  assert.equal(await first.stop(), 0);
  assert.match(first.stdout, /^millrace mirrors in \(\S+\) to out \(\S+\), exactly once$/m);
  await write('orders', 200, 'second-');
  const second = new MirrorCommand(t, file);
  await second.measures(/^millrace_mirror_records_total\{flow="in\.out",topic="orders",partition="0"\} 200$/m);
  assert.equal(await second.stop(), 0);
  assert.deepEqual(await arrived(t, 'in.orders'), [...numbered('first-', 300), ...numbered('second-', 200)]);
});

test('where MirrorMaker 2 was stopped it goes on: each record is there once', async (t) => {
  const [topic, remoteTopic] = ['moved', 'former.moved'];
  await source.scribe.createTopic(topic, 2);
  const factors = ['offset.storage', 'status.storage', 'config.storage', 'offset-syncs.topic', 'checkpoints.topic'];
  const properties = {
    clusters: 'former, later',
    'former.bootstrap.servers': source.bootstrapServers,
    'later.bootstrap.servers': target.bootstrapServers,
    'former->later.enabled': true,
    'former->later.topics': topic,
    'emit.heartbeats.enabled': false,
    'sync.topic.acls.enabled': false,
    'replication.factor': 1,
    ...Object.fromEntries(factors.map((name) => [`${name}.replication.factor`, 1])),
  };
  /** Of each partition, how many records there are: no transaction leaves a mark. */
  const counts = async ({ cluster }: TestCluster, name: string) => {
    const ends = await cluster
      .listOffsets(
        [0, 1].map((partition) => ({ topic: name, partition })),
        'latest',
      )
      .catch(() => []);
    return ends.length === 0 ? [0, 0] : ends.map(({ offset }) => offset ?? 0);
  };
  const isWritten = new AbortController();
  t.after(() => isWritten.abort());
  const writing = (async () => {
    for (let round = 0; !isWritten.signal.aborted; round++) {
      for (const partition of [0, 1]) await source.scribe.fill('writer', topic, 100, `${round}-`, partition);
      await source.scribe.flush('writer');
      await sleep(10);
    }
  })();
  const former = startMirrorMaker2(properties);
  t.after(() => former.stop());
  await eventually('MirrorMaker 2 mirrors', async () => Math.min(...(await counts(target, remoteTopic))) > 500);
  await former.stop('SIGTERM');
  const before = Math.max(...(await counts(target, remoteTopic)));
  const mirror = new MirrorCommand(t, propertiesFile(t, 'mm2.properties', [propertiesText(properties)]));
  await eventually('it goes on', async () => Math.min(...(await counts(target, remoteTopic))) > before + 500);
  isWritten.abort();
  await writing;
  const written = await counts(source, topic);
  await eventually('all is there', async () =>
    (await counts(target, remoteTopic)).every((count, partition) => count >= (written[partition] as number)),
  );
  assert.equal(await mirror.stop(), 0);
  assert.equal(mirror.log.filter(({ msg }) => msg.startsWith('goes on where MirrorMaker 2 was')).length, 2);
  const [sent, arrived] = await Promise.all([
    readAll(source.bootstrapServers, topic),
    readAll(target.bootstrapServers, remoteTopic),
  ]);
  assert.deepEqual(arrived, sent);
});

test('what gets no further shows how far behind it is, and why', async (t) => {
  await source.scribe.createTopic('narrow', 1);
  await target.scribe.createTopic('in.narrow', 1, { 'max.message.bytes': 300 });
  await source.scribe.send('writer', 'narrow', 'x'.repeat(1000));
  await source.scribe.flush('writer');
  const file = propertiesFile(t, 'mm2.properties', [
    'clusters = in, narrow',
    `in.bootstrap.servers = ${source.bootstrapServers}`,
    `narrow.bootstrap.servers = ${target.bootstrapServers}`,
    'in->narrow.enabled = true',
    'in->narrow.topics = narrow',
    'sync.topic.configs.enabled = false',
    'sync.topic.acls.enabled = false',
  ]);
  const mirror = new MirrorCommand(t, file);
  await mirror.measures(/^millrace_mirror_stopped\{flow="in\.narrow",topic="narrow",partition="0",reason="\w+"\} 1$/m);
  await write('narrow', 5, 'behind-');
  await mirror.measures(/^millrace_mirror_lag_records\{flow="in\.narrow",topic="narrow",partition="0"\} 6$/m);
  assert.equal((await mirror.get('/status/health')).status, 503);
  assert.equal(await mirror.stop(), 0);
});
