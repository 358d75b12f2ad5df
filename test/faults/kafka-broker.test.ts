/** A reader of Kafka, and a broker that is killed, taken back in time, or has a damaged disk. */
import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openCluster } from '../../src/kafka/index.ts';
import { filled, readToEnd } from '../kafka/fetching.ts';
import { KafkaBroker } from '../services/kafka/broker.ts';
import { Scribe } from '../services/kafka/scribe.ts';

const broker = await KafkaBroker.start({ isKilledOften: true });
const cluster = openCluster({ 'bootstrap.servers': broker.bootstrapServers });
const scribe = new Scribe(broker.bootstrapServers);
after(async () => {
  await cluster.close();
  await scribe.stop();
  await broker.stop();
});

async function newTopic(topic: string): Promise<string> {
  await scribe.createTopic(topic);
  await scribe.openProducer(topic, { 'batch.size': 500 });
  return topic;
}

test('a broker that is killed and comes back: each record once, in order', async () => {
  const topic = await newTopic('killed');
  const lines: string[] = [];
  let total = 0;
  const write = async () => {
    await scribe.fill(topic, topic, 500, `${total}-`);
    total += 500;
    await scribe.flush(topic);
  };
  await write();
  await using fetcher = cluster.fetch([{ topic, partition: 0, offset: 0 }], { maxPartitionBytes: 2000 });
  const writing = (async () => {
    for (let kill = 0; kill < 2; kill++) {
      await broker.kill();
      while (fetcher.positions()[0]?.trouble === undefined) await new Promise((resolve) => setTimeout(resolve, 10));
      await broker.restart();
      await write();
    }
  })();
  let next = 0;
  for await (const fetched of fetcher) {
    assert.ok(fetched.kind === 'values', fetched.kind === 'problem' ? fetched.error.message : '');
    assert.equal(fetched.firstOffset, next);
    next = fetched.nextOffset;
    lines.push(...Buffer.from(fetched.values).toString().split('\n').slice(0, -1));
    if (lines.length === 1500) break;
  }
  await writing;
  assert.deepEqual(lines, [...filled('0-', 500), ...filled('500-', 500), ...filled('1000-', 500)]);
  assert.equal(fetcher.positions()[0]?.trouble, undefined);
});

test('a log that lost its end and grew anew beyond it is told', async () => {
  const topic = await newTopic('back-in-time');
  await scribe.fill(topic, topic, 10, 'kept');
  await scribe.flush(topic);
  const logs = join(broker.folder, 'logs');
  const copy = join(broker.folder, 'copy');
  await broker.kill('SIGTERM');
  cpSync(logs, copy, { recursive: true });
  await broker.restart();
  await scribe.fill(topic, topic, 10, 'lost');
  await scribe.flush(topic);

  const before = await readToEnd(cluster, [{ topic, partition: 0, offset: 0 }]);
  assert.equal(before.lines.length, 20);
  const { nextOffset: offset, leaderEpoch } = before.batches.at(-1) as (typeof before.batches)[number];

  await broker.kill('SIGTERM');
  rmSync(logs, { recursive: true });
  cpSync(copy, logs, { recursive: true });
  await broker.restart();
  // One start more, so that what is written now has an epoch that the lost records did not have.
  await broker.kill('SIGTERM');
  await broker.restart();
  await scribe.fill(topic, topic, 30, 'other');
  await scribe.flush(topic);

  const { problem, lines } = await readToEnd(cluster, [{ topic, partition: 0, offset, leaderEpoch }]);
  assert.deepEqual([lines, problem?.reason, problem?.earliest], [[], 'logTruncated', 10]);
});

test('a batch that is damaged on the disk is told, with what stands before and behind it', async () => {
  const topic = await newTopic('damaged');
  for (const value of ['first', 'second', 'third']) {
    await scribe.send(topic, topic, value);
    await scribe.flush(topic);
  }
  await broker.kill('SIGTERM');
  const folder = join(broker.folder, 'logs', `${topic}-0`);
  const file = join(folder, readdirSync(folder).find((name) => name.endsWith('.log')) as string);
  const content = readFileSync(file);
  content.write('sEcond', content.indexOf('second'));
  writeFileSync(file, content);
  await broker.restart();

  const lines: string[] = [];
  const problems: unknown[] = [];
  await using fetcher = cluster.fetch([{ topic, partition: 0, offset: 0 }]);
  for await (const fetched of fetcher) {
    if (fetched.kind === 'problem') {
      problems.push([fetched.reason, fetched.offset, fetched.nextOffset]);
      fetcher.assign([{ topic, partition: 0, offset: fetched.nextOffset as number }]);
    } else {
      lines.push(...Buffer.from(fetched.values).toString().split('\n').slice(0, -1));
      if (lines.length === 2) break;
    }
  }
  assert.deepEqual([lines, problems], [['first', 'third'], [['corruptBatch', 1, 2]]]);
});
