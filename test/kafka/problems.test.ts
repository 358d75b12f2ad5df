import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorKinds } from '../../src/errors.ts';
import { openCluster } from '../../src/kafka/index.ts';
import { freePort } from '../services/millrace.ts';
import { filled, kafkaForTests, newTopicName, readToEnd } from './fetching.ts';

const { cluster, scribe, bootstrapServers } = await kafkaForTests();

async function filledTopic(name: string, count: number): Promise<string> {
  const topic = newTopicName(name);
  await scribe.createTopic(topic);
  await scribe.openProducer(topic);
  await scribe.fill(topic, topic, count, 'v');
  await scribe.flush(topic);
  return topic;
}

test('an offset that the log has lost at its start is told, not skipped', async () => {
  const topic = await filledTopic('log-start', 100);
  await scribe.deleteRecords(topic, 0, 40);
  const { problem, lines } = await readToEnd(cluster, [{ topic, partition: 0, offset: 10 }]);
  assert.deepEqual(lines, []);
  assert.equal(problem?.reason, 'offsetOutOfRange');
  assert.deepEqual([problem?.offset, problem?.earliest, problem?.latest], [10, 40, 100]);
  assert.match(problem?.error.message ?? '', /-0 at offset 10: the log has the offsets from 40 to below 100 only/);
});

test('an offset beyond the end of the log is told; the reader may go on elsewhere', async () => {
  const topic = await filledTopic('log-end', 10);
  await using fetcher = cluster.fetch([{ topic, partition: 0, offset: 500 }]);
  for await (const fetched of fetcher) {
    if (fetched.kind === 'problem') {
      assert.equal(fetched.reason, 'offsetOutOfRange');
      assert.deepEqual([fetched.earliest, fetched.latest], [0, 10]);
      fetcher.assign([{ topic, partition: 0, offset: 7 }]);
      continue;
    }
    assert.equal(Buffer.from(fetched.values).toString(), 'v7\nv8\nv9\n');
    break;
  }
});

test('the log start moves on while it is read', async () => {
  const topic = await filledTopic('moving', 100);
  await using fetcher = cluster.fetch([{ topic, partition: 0, offset: 0 }], { maxWaitMs: 50 });
  const iterator = fetcher[Symbol.asyncIterator]();
  const first = (await iterator.next()).value;
  assert.ok(first?.kind === 'values' && first.nextOffset === 100);
  await scribe.fill(topic, topic, 50, 'w');
  await scribe.flush(topic);
  await scribe.deleteRecords(topic, 0, 120);
  // What was fetched before is whole; what comes after begins at the new start, or is said to be gone.
  const { value: next } = await iterator.next();
  assert.ok(next);
  if (next.kind === 'problem') assert.deepEqual([next.reason, next.earliest], ['offsetOutOfRange', 120]);
  else assert.deepEqual([next.firstOffset, next.nextOffset], [100, 150]);
});

test('a topic that was deleted and created again is another topic', async () => {
  const topic = await filledTopic('recreated', 10);
  await using fetcher = cluster.fetch([{ topic, partition: 0, offset: 0 }], { maxWaitMs: 50 });
  const before = await cluster.metadata([topic]);
  for await (const fetched of fetcher) {
    if (fetched.kind === 'values') {
      assert.equal(fetched.records, 10);
      await scribe.deleteTopic(topic);
      await scribe.createTopic(topic);
      await scribe.fill(topic, topic, 20, 'new');
      await scribe.flush(topic);
      continue;
    }
    assert.equal(fetched.reason, 'topicRecreated');
    assert.equal(fetched.offset, 10);
    const after = await cluster.metadata([topic]);
    assert.notEqual(after.topics[0]?.topicId, before.topics[0]?.topicId);
    assert.equal(fetched.topicId, after.topics[0]?.topicId);
    break;
  }
  // Also for whoever comes back later with the id that it had.
  const topicId = before.topics[0]?.topicId;
  const later = await readToEnd(cluster, [{ topic, partition: 0, offset: 10, topicId }]);
  assert.equal(later.problem?.reason, 'topicRecreated');
  assert.deepEqual((await readToEnd(cluster, [{ topic, partition: 0, offset: 0 }])).lines, filled('new', 20));
});

test('a topic that appears while it is waited for is read', async () => {
  const topic = newTopicName('late');
  await using fetcher = cluster.fetch([{ topic, partition: 0, offset: 0 }]);
  while (fetcher.positions()[0]?.trouble === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.match(fetcher.positions()[0]?.trouble?.message ?? '', /UNKNOWN_TOPIC_OR_PARTITION/);
  await scribe.createTopic(topic);
  await scribe.openProducer(topic);
  await scribe.send(topic, topic, 'here');
  await scribe.flush(topic);
  for await (const fetched of fetcher) {
    assert.ok(fetched.kind === 'values');
    assert.equal(Buffer.from(fetched.values).toString(), 'here\n');
    break;
  }
  assert.equal(fetcher.positions()[0]?.trouble, undefined);
});

test('one partition with a problem does not stop the others', async () => {
  const good = await filledTopic('good', 5);
  const bad = await filledTopic('bad', 5);
  const lines: string[] = [];
  const reasons: string[] = [];
  await using fetcher = cluster.fetch([
    { topic: bad, partition: 0, offset: 77 },
    { topic: good, partition: 0, offset: 0 },
  ]);
  for await (const fetched of fetcher) {
    if (fetched.kind === 'problem') reasons.push(fetched.reason);
    else lines.push(Buffer.from(fetched.values).toString());
    if (lines.length + reasons.length === 2) break;
  }
  assert.deepEqual([lines, reasons], [['v0\nv1\nv2\nv3\nv4\n'], ['offsetOutOfRange']]);
});

test('a broker that is not there is said to be, with its address and the cause', async () => {
  const port = await freePort();
  await using nowhere = openCluster({ 'bootstrap.servers': `127.0.0.1:${port}` });
  await assert.rejects(nowhere.metadata(['any']), (error: Error & { code: keyof typeof errorKinds }) => {
    assert.equal(errorKinds[error.code].status, 503);
    assert.match(error.message, new RegExp(`127.0.0.1:${port}.*ECONNREFUSED.*check bootstrap.servers`));
    return true;
  });
  await using fetcher = nowhere.fetch([{ topic: 'any', partition: 0, offset: 0 }]);
  while (fetcher.positions()[0]?.trouble === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.match(fetcher.positions()[0]?.trouble?.message ?? '', /ECONNREFUSED/);
});

test('the next of the bootstrap servers is tried', async () => {
  await using either = openCluster({ 'bootstrap.servers': `127.0.0.1:${await freePort()},${bootstrapServers}` });
  assert.equal((await either.metadata([])).brokers.size, 1);
});
