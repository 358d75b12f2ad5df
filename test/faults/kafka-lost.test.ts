/** Records that a broker has lost, or deleted, while a supervisor reads: told, also after kill -9, and never passed over in silence. */
import assert from 'node:assert/strict';
import { cpSync, rmSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../cli/support.ts';
import { KafkaBroker } from '../services/kafka/broker.ts';
import { Scribe } from '../services/kafka/scribe.ts';
import { sharedKafka } from '../services/on-demand.ts';
import { settled } from '../support/supervised.ts';
import { Ledger } from './ledger.ts';

/** By key: how many are kept. */
async function counts(ledger: Ledger): Promise<Readonly<Record<string, number>>> {
  return Object.fromEntries(Object.entries(await ledger.kept()).map(([key, { events }]) => [key, events]));
}

const reads = (ledger: Ledger, expected: Readonly<Record<string, number>>) =>
  settled(async () => assert.deepEqual(await counts(ledger), expected, JSON.stringify(await ledger.status())));

const tells = (ledger: Ledger, what: RegExp) =>
  settled(async () => {
    const { detailedState, recentErrors } = await ledger.status();
    assert.equal(detailedState, 'UNHEALTHY_SUPERVISOR', JSON.stringify(recentErrors));
    assert.match(recentErrors.map(({ message }) => message).join('\n'), what);
  });

/** So many events of each key, each to its partition. */
type Events = Readonly<Record<string, readonly [partition: number, count: number]>>;

async function write(scribe: Scribe, topic: string, events: Events): Promise<void> {
  await scribe.openProducer('plain');
  for (const [key, [partition, count]] of Object.entries(events))
    await scribe.fill('plain', topic, count, `2026-06-01T00:00:00Z,${key},1,`, partition);
  await scribe.flush('plain');
}

test('a broker comes back without the end of its log', async (t) => {
  const broker = await KafkaBroker.start({ isKilledOften: true });
  t.after(() => broker.stop());
  const folder = temporaryFolder(t);
  const [logs, copy] = [path.join(broker.folder, 'logs'), path.join(folder, 'logs')];
  // By clients that do not outlive the broker.
  const withScribe = async (work: (scribe: Scribe) => Promise<unknown>) => {
    const scribe = new Scribe(broker.bootstrapServers);
    await work(scribe).finally(() => scribe.stop());
  };
  const writeCut = (events: Events) => withScribe((scribe) => write(scribe, 'cut', events));
  await withScribe((scribe) => scribe.createTopic('cut', 2));
  await writeCut({ kept: [0, 10], other: [1, 4] });
  await broker.kill('SIGTERM');
  cpSync(logs, copy, { recursive: true });
  await broker.restart();
  await writeCut({ lost: [0, 10] });
  const ledger = await Ledger.open(broker.bootstrapServers, 'cut', path.join(folder, 'data'));
  t.after(() => ledger.stop());
  await reads(ledger, { kept: 10, other: 4, lost: 10 });

  await broker.kill();
  rmSync(logs, { recursive: true });
  cpSync(copy, logs, { recursive: true });
  await broker.restart();
  await tells(ledger, /Partition cut\/0 is to be read on at 20, but the stream has 0 to 10: its end was cut off/);
  // Beyond the position, too; and the other partition is read on.
  await writeCut({ new: [0, 15], other: [1, 4] });
  await reads(ledger, { kept: 10, other: 8, lost: 10 });
  await ledger.kill();
  await tells(ledger, /The stream did not have position 20 of partition cut\/0/);
  await writeCut({ other: [1, 4] });
  await reads(ledger, { kept: 10, other: 12, lost: 10 });
  await ledger.resetTo({ 0: 10 });
  await reads(ledger, { kept: 10, other: 12, lost: 10, new: 15 });
  await settled(async () => assert.equal((await ledger.status()).detailedState, 'RUNNING'));
});

for (const [more, count] of [
  ['fewer', 4],
  ['more', 30],
] as const)
  test(`a topic is made anew, and has ${more} records than were read of the old one`, async (t) => {
    const { bootstrapServers, release } = await sharedKafka();
    t.after(() => release());
    const scribe = new Scribe(bootstrapServers);
    t.after(() => scribe.stop());
    const folder = temporaryFolder(t);
    const topic = `anew-${more}-${process.pid}`;
    await scribe.createTopic(topic, 2);
    await write(scribe, topic, { old: [0, 10] });
    const ledger = await Ledger.open(bootstrapServers, topic, path.join(folder, 'data'));
    t.after(() => ledger.stop());
    await reads(ledger, { old: 10 });
    await scribe.deleteTopic(topic);
    await scribe.createTopic(topic, 2);
    await write(scribe, topic, { new: [0, count] });
    await tells(ledger, /\/0 is to be read on at 10, but the stream has 0 to \d+: it was made anew/);
    await ledger.kill();
    await tells(ledger, /The stream did not have position 10 of partition anew-.*\/0/);
    // Of the old one nothing was in it: it is read.
    await write(scribe, topic, { other: [1, 3] });
    await reads(ledger, { old: 10, other: 3 });
    await ledger.resetTo({ 0: 0 });
    await reads(ledger, { old: 10, other: 3, new: count });
  });
