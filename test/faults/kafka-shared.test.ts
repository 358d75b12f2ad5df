/** `millrace kafka` when processes and brokers are killed, and records go before they are read. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  brokerForTests,
  event,
  fileOf,
  isReading,
  kept,
  manyEvents,
  own,
  startReader,
  times,
} from '../cli/kafka-support.ts';
import { runCommand, temporaryFolder } from '../cli/support.ts';
import { KafkaBroker } from '../services/kafka/broker.ts';
import { Scribe } from '../services/kafka/scribe.ts';
import { settled } from '../support/supervised.ts';

const { bootstrapServers, scribe } = await brokerForTests();

test('killed again and again while it reads: each record is there once', async (t) => {
  const folder = temporaryFolder(t);
  const topic = own('killed');
  await scribe.createTopic(topic, 3);
  const [file, lines] = [join(folder, 'f.json'), join(folder, 'lines')];
  writeFileSync(file, fileOf(bootstrapServers, { killed: { topicPattern: topic } }, { 'kafka.group.id': topic }));
  const { text, rows: once } = manyEvents(20_000);
  writeFileSync(lines, text);
  const kills = 5;
  let reader = await startReader(t, file, join(folder, 'data'));
  await isReading(reader);
  for (let kill = 0; kill < kills; kill++) {
    const writing = scribe.sendLines('writer', topic, lines);
    await sleep(Math.random() * 300);
    reader.child.kill('SIGKILL');
    await reader.ended;
    reader = await startReader(t, file, join(folder, 'data'));
    await writing;
  }
  const rows = times(kills, once);
  await settled(async () => assert.deepEqual(await kept(reader.url, 'killed'), rows));
  // Ended and started in the orderly way, too.
  reader.child.kill('SIGTERM');
  assert.equal((await reader.ended).code, 0);
  await scribe.send('writer', topic, event('more', 7));
  await scribe.flush('writer');
  reader = await startReader(t, file, join(folder, 'data'));
  await settled(async () => assert.deepEqual(await kept(reader.url, 'killed'), { ...rows, more: [1, 7] }));
});

test('who is killed and stays away is replaced: the other goes on where the group was told last', async (t) => {
  const folder = temporaryFolder(t);
  const topic = own('replaced');
  await scribe.createTopic(topic, 2);
  const file = join(folder, 'f.json');
  // The broker takes no shorter session.
  const quick = { 'kafka.group.id': topic, 'kafka.session.timeout.ms': 6_000, 'kafka.heartbeat.interval.ms': 100 };
  writeFileSync(file, fileOf(bootstrapServers, { replaced: { topicPattern: topic } }, quick));
  const stays = await startReader(t, file, join(folder, 'one'));
  await isReading(stays);
  const dies = await startReader(t, file, join(folder, 'two'));
  await isReading(dies);
  await isReading(stays, 2);
  for (const partition of [0, 1]) await scribe.send('writer', topic, event('before', partition), { partition });
  await scribe.flush('writer');
  // The group is told: its log says so.
  for (const reader of [stays, dies]) await settled(async () => assert.match(reader.log(), /Flushed \{/));
  dies.child.kill('SIGKILL');
  await dies.ended;
  for (const partition of [0, 1]) await scribe.send('writer', topic, event('after', partition), { partition });
  await scribe.flush('writer');
  await isReading(stays, 3);
  await settled(async () => assert.deepEqual((await kept(stays.url, 'replaced')).after, [2, 1]));
  assert.deepEqual((await kept(stays.url, 'replaced')).before?.[0], 1);
  // It comes back, and knows where others have read on meanwhile.
  const back = await startReader(t, file, join(folder, 'two'));
  await isReading(back);
  for (const partition of [0, 1]) await scribe.send('writer', topic, event('again', partition), { partition });
  await scribe.flush('writer');
  const both = async () => [await kept(stays.url, 'replaced'), await kept(back.url, 'replaced')];
  await settled(async () => assert.equal((await both()).filter(({ again }) => again?.[0] === 1).length, 2));
  assert.deepEqual(
    (await both()).map(({ before }) => before?.[0]),
    [1, 1],
  );
  assert.deepEqual(
    (await both()).map(({ after }) => after),
    [[2, 1], undefined],
  );
});

test('records that were removed before they were read: told, and passed over only if the file says so', async (t) => {
  const folder = temporaryFolder(t);
  const topic = own('removed');
  await scribe.createTopic(topic, 1);
  const file = join(folder, 'f.json');
  const group = { 'kafka.group.id': topic };
  writeFileSync(file, fileOf(bootstrapServers, { removed: { topicPattern: topic } }, group));
  let reader = await startReader(t, file, join(folder, 'data'));
  await isReading(reader);
  reader.child.kill('SIGTERM');
  await reader.ended;
  for (let n = 0; n < 5; n++) await scribe.send('writer', topic, event('k', n));
  await scribe.flush('writer');
  await scribe.deleteRecords(topic, 0, 3);
  const args = ['kafka', '-configFile', file, '--data', join(folder, 'data'), '--port', '0'];
  const { code, stderr } = await runCommand(args);
  assert.equal(code, 1);
  assert.match(
    stderr,
    /is to be read on at 0, but the stream has 3 to 5: 3 records were removed.*say where to go on, by 'kafka\.auto\.off/,
  );
  writeFileSync(
    file,
    fileOf(bootstrapServers, { removed: { topicPattern: topic } }, { ...group, 'kafka.auto.offset.reset': 'largest' }),
  );
  reader = await startReader(t, file, join(folder, 'data'));
  // 3 and 4 are left, and read although the file says `largest`.
  await settled(async () => assert.deepEqual(await kept(reader.url, 'removed'), { k: [2, 7] }));
  assert.match(
    reader.log(),
    /3 records were removed before they were read\. It is read on from the first one that is left, 3\./,
  );
});

test('a broker that is killed and comes back: each record is there once', async (t) => {
  const broker = await KafkaBroker.start({ isKilledOften: true });
  const writer = new Scribe(broker.bootstrapServers);
  t.after(async () => {
    await writer.stop();
    await broker.stop();
  });
  const folder = temporaryFolder(t);
  await writer.createTopic('restarted', 2);
  await writer.openProducer('writer');
  const [file, lines] = [join(folder, 'f.json'), join(folder, 'lines')];
  writeFileSync(file, fileOf(broker.bootstrapServers, { restarted: { topicPattern: 'restarted' } }, {}));
  const { text, rows } = manyEvents(20_000);
  writeFileSync(lines, text);
  const reader = await startReader(t, file, join(folder, 'data'));
  await isReading(reader);
  await writer.sendLines('writer', 'restarted', lines);
  await broker.kill();
  await broker.restart();
  await writer.sendLines('writer', 'restarted', lines);
  await settled(async () => assert.deepEqual(await kept(reader.url, 'restarted'), times(2, rows)));
  reader.child.kill('SIGTERM');
  const { code, stderr } = await reader.ended;
  assert.equal(code, 0);
  assert.doesNotMatch(stderr, /may be at others, too/);
});
