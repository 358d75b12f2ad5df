/** A real broker's log that loses its end and grows again, as after an unclean election: its records have the old offsets. */
import assert from 'node:assert/strict';
import { cpSync, rmSync } from 'node:fs';
import { test } from 'node:test';
import { openMillrace } from '../../../src/library/millrace.ts';
import { KafkaBroker } from '../../services/kafka/broker.ts';
import { Scribe } from '../../services/kafka/scribe.ts';
import { temporaryFolder } from '../../support/engine.ts';
import { kafkaSpec, settled } from '../../support/supervised.ts';

test('a log that lost its end while nobody read, and has grown past the position, is told and not read on', async (t) => {
  const broker = await KafkaBroker.start({ isKilledOften: true });
  t.after(() => broker.stop());
  await using data = await temporaryFolder();

  /** Sends so many events by a client that does not outlive the broker's restart. */
  const write = async (count: number) => {
    const scribe = new Scribe(broker.bootstrapServers);
    await scribe.openProducer('plain');
    for (let n = 0; n < count; n++) await scribe.send('plain', 'cut', '2026-06-01T00:00:00Z,p,1');
    await scribe.flush('plain');
    await scribe.stop();
  };
  const admin = new Scribe(broker.bootstrapServers);
  await admin.createTopic('cut');
  await admin.stop();
  await write(3);
  await broker.kill('SIGTERM');
  await using copy = await temporaryFolder();
  cpSync(broker.folder, copy.path, { recursive: true });
  await broker.restart();
  await write(5);

  const first = await openMillrace({ data: data.path });
  const consumerProperties = { 'bootstrap.servers': broker.bootstrapServers };
  const inputFormat = { type: 'csv', columns: ['time', 'page', 'n'] };
  await first.supervise(kafkaSpec({ io: { topic: 'cut', consumerProperties, inputFormat } }));
  const started = async () => (await (await first.supervisors())[0]?.status())?.activeTasks[0]?.currentOffsets;
  await settled(async () => assert.deepEqual(await started(), { 0: 8 }));
  await first.close();

  await broker.kill();
  rmSync(broker.folder, { recursive: true });
  cpSync(copy.path, broker.folder, { recursive: true });
  // Each start is a leadership of its own; the second one writes in another than the one whose records are lost.
  for (const _ of [1, 2]) {
    await broker.restart();
    await broker.kill('SIGTERM');
  }
  await broker.restart();
  await write(10);

  const second = await openMillrace({ data: data.path });
  const status = async () => (await second.supervisors())[0]?.status();
  await settled(async () =>
    assert.equal((await status())?.detailedState, 'UNHEALTHY_SUPERVISOR', JSON.stringify(await status())),
  );
  assert.match(
    (await status())?.recentErrors.at(-1)?.message ?? '',
    /Partition cut\/0 is to be read on at 8, but the stream has 0 to 13: its end was cut off/,
  );
  await second.close();
});
