/** Batches written by Kafka's own producer, passed on, and read at both ends by Kafka's own consumer. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codecs } from '../../../src/kafka/index.ts';
import type { RecordParts, Settings } from '../../services/kafka/scribe.ts';
import { kafkaForTests } from '../fetching.ts';
import { passingOn } from './pass-on.ts';

const { cluster, scribe } = await kafkaForTests();
const { newTopic, read, passOn } = await passingOn(cluster, scribe);
const now = Date.now();

/** With and without key, value, headers; timestamps near and far, forwards and backwards. */
function various(number: number): readonly [value: string | null, record: RecordParts] {
  const timestamps = [now, now + 1, now - 70, 0, now - 40_000_000_000, now + number, 1_000_000_000];
  const value = number % 7 === 3 ? null : `value ${number} ${'ü'.repeat((number * 37) % 120)}`;
  const key = number % 3 === 0 ? '' : `key ${number % 10}`;
  const some: readonly Settings[] = [{}, { a: '1' }, { a: '1', b: '', [`${number}`]: 'x'.repeat(number % 200) }];
  const headers = some[(number >> 1) % 3] ?? {};
  return [value, { key, headers, timestamp: timestamps[number % timestamps.length] as number }];
}

async function fill(topic: string, count: number, settings: Settings, valueAt = various): Promise<void> {
  await scribe.openProducer(topic, { 'linger.ms': 1000, ...settings });
  for (let number = 0; number < count; number++) await scribe.send(topic, topic, ...valueAt(number));
  await scribe.flush(topic);
}

for (const codec of codecs) {
  test(`small batches become large ones: ${codec}`, async () => {
    const topic = await newTopic('small');
    await fill(topic, 500, { 'compression.type': codec, 'batch.size': 1000 });
    const { parcels, batches, reencoded } = await passOn(topic);
    assert.ok(batches >= 30, `${batches} batches`);
    assert.ok(parcels <= 3, `${parcels} parcels`);
    assert.ok((reencoded.small ?? 0) > batches - 3);
  });

  test(`a batch that is too large for the target becomes several: ${codec}`, async () => {
    const topic = await newTopic('large');
    await fill(topic, 400, { 'compression.type': codec, 'batch.size': 50_000 });
    const { reencoded } = await passOn(topic, 0, 1000);
    assert.ok((reencoded.tooLarge ?? 0) > 0);
  });

  test(`a batch that begins before what is wanted: ${codec}`, async () => {
    const topic = await newTopic('straddling');
    await fill(topic, 200, { 'compression.type': codec, 'batch.size': 100_000 });
    assert.deepEqual((await passOn(topic, 77)).reencoded, { straddling: 1 });
  });
}

test('large batches, and single small ones, are not touched', async () => {
  const topic = await newTopic('whole');
  await fill(topic, 300, { 'batch.size': 100_000 }, () => ['x'.repeat(1000), {}]);
  const { parcels, batches, reencoded } = await passOn(topic);
  assert.deepEqual(reencoded, {});
  assert.equal(parcels, batches);
  const alone = await newTopic('alone');
  await fill(alone, 5, {});
  assert.deepEqual(await passOn(alone), { reencoded: {}, parcels: 1, batches: 1 });
});

test('small batches of other codecs are not mixed with them', async () => {
  const topic = await newTopic('codecs');
  for (const codec of ['lz4', 'lz4', 'zstd', 'none', 'none', 'lz4'])
    await fill(topic, 20, { 'compression.type': codec });
  const { parcels, reencoded } = await passOn(topic);
  assert.equal(parcels, 4);
  assert.deepEqual(reencoded, { small: 4 });
});

test('timestamps of the append become those of the records', async () => {
  for (const codec of ['none', 'lz4'] as const) {
    const topic = await newTopic('appended', { 'message.timestamp.type': 'LogAppendTime' });
    await fill(topic, 300, { 'compression.type': codec, 'batch.size': 30_000 });
    assert.deepEqual([...new Set((await read(topic)).map(({ timestampType }) => timestampType))], ['LogAppendTime']);
    const { reencoded, batches } = await passOn(topic);
    assert.deepEqual(reencoded, { logAppendTime: batches });
  }
});

test('what a transaction wrote is passed on as it is', async () => {
  const topic = await newTopic('transactional');
  await scribe.openProducer(topic, { 'transactional.id': topic, 'linger.ms': 1000, 'batch.size': 100_000 });
  for (const end of [scribe.commit, scribe.abort, scribe.commit]) {
    await scribe.begin(topic);
    for (let number = 0; number < 200; number++) await scribe.send(topic, topic, 'x'.repeat(200), {});
    await end(topic);
  }
  await scribe.marked(topic);
  assert.deepEqual((await passOn(topic)).reencoded, {});
});

test('what compaction has left', async () => {
  for (const codec of ['none', 'lz4'] as const) {
    const compaction = { 'cleanup.policy': 'compact', 'segment.ms': 100, 'min.cleanable.dirty.ratio': 0.001 };
    const topic = await newTopic('compacted', { ...compaction, 'max.compaction.lag.ms': 100 });
    await scribe.openProducer(topic, { 'compression.type': codec, 'linger.ms': 1000 });
    const send = (key: string, value: string | null) => scribe.send(topic, topic, value, { key, headers: { of: key } });
    for (const key of ['a', 'b', 'c', 'd', 'e']) await send(key, `${key}0`);
    await scribe.flush(topic);
    for (const key of ['a', 'c']) await send(key, `${key}1`);
    await send('e', null);
    await scribe.flush(topic);
    // The active segment is never compacted: one more record begins a new one.
    const isCleaned = async () => (await read(topic)).filter(({ offset }) => offset < 8).length === 5;
    do {
      await new Promise((resolve) => setTimeout(resolve, 150));
      await send('z', 'z');
      await scribe.flush(topic);
    } while (!(await isCleaned()));
    await scribe.configureTopic(topic, { 'cleanup.policy': 'delete' });
    const { reencoded } = await passOn(topic);
    assert.ok((reencoded.compacted ?? 0) >= 1);
    assert.ok((reencoded.deleteHorizon ?? 0) >= 1);
  }
});

test('a record that is too large for the target is told; compressed it may not be', async () => {
  const noise = Array.from({ length: 3000 }, (_, i) => String.fromCodePoint(33 + (((i * i * 7919) % 9973) % 90))).join(
    '',
  );
  const topic = await newTopic('huge');
  await fill(topic, 3, { 'compression.type': 'lz4' }, (number) => [number === 1 ? noise : 'small', {}]);
  await assert.rejects(passOn(topic, 0, 1000), {
    message: new RegExp(
      `${topic}-0 at offset 1: the record has 3\\d{3} bytes .* takes 1000: raise its max.message.bytes`,
    ),
  });
  const compressible = await newTopic('compressible');
  await fill(compressible, 3, { 'compression.type': 'lz4' }, () => ['x'.repeat(3000), {}]);
  await passOn(compressible, 0, 120);
});
