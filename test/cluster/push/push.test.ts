import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { kafkaForTests, newTopicName, readToEnd } from '../../kafka/fetching.ts';
import { pageViews } from '../../support/backend.ts';
import { temporaryFolder } from '../../support/engine.ts';
import { testPusher } from './pushing.ts';

const { cluster, scribe, bootstrapServers } = await kafkaForTests();
const properties = { 'bootstrap.servers': bootstrapServers };

async function newTopic(name: string, partitions = 1, settings = {}): Promise<string> {
  const topic = newTopicName(name);
  await scribe.createTopic(topic, partitions, settings);
  return topic;
}

const linesOf = async (topic: string, partition = 0) =>
  (await readToEnd(cluster, [{ topic, partition, offset: 0 }])).lines;

const json = (...events: object[]) => events.map((event) => `${JSON.stringify(event)}\n`).join('');
const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 12, minute)).toISOString();

test('what is kept goes to Kafka as it came; what is dropped is told, counted and kept', async (t) => {
  await using folder = await temporaryFolder();
  const deadLetterDirectory = join(folder.path, 'letters');
  const now = () => Date.UTC(2026, 0, 1, 12);
  const { define, push, pusher, metrics } = await testPusher(t, properties, { deadLetterDirectory, now });
  const topic = await newTopic('kept');
  const filter = { type: 'not', field: { type: 'selector', dimension: 'url', value: '/hidden' } };
  const window = { policy: 'serverTime', periodMs: 600_000, rule: 'event' } as const;
  define(topic, 1, pageViews({ transformSpec: { filter } }), { window });
  const kept = [
    '{"time":"2026-01-01T12:05:00Z",  "url":"/a"}',
    '{"time":1767268800000,"url":"/ü","more":[1,{"a":"}"}]}',
  ];
  const body = [
    kept[0],
    json({ time: at(-11), url: '/late' }).trim(),
    '',
    json({ time: at(11), url: '/early' }).trim(),
    json({ time: 'soon', url: '/when' }).trim(),
    kept[1],
    json({ time: at(0), url: '/hidden' }).trim(),
  ].join('\n');
  const outcome = await push('pageviews', `${body}\n`);
  assert.deepEqual(outcome, {
    received: 6,
    sent: 2,
    dropped: { late: 1, early: 1, unparseable: 1, filtered: 1 },
    droppedEvents: [
      { event: 1, reason: 'late' },
      { event: 2, reason: 'early' },
      { event: 3, reason: 'unparseable' },
      { event: 5, reason: 'filtered' },
    ],
  });
  assert.deepEqual(await linesOf(topic), kept);
  const rejects = await pusher.rejects('pageviews');
  assert.deepEqual(
    rejects.map(({ reason, event }) => [reason, JSON.parse(event).url]),
    [
      ['filtered', '/hidden'],
      ['unparseable', '/when'],
      ['early', '/early'],
      ['late', '/late'],
    ],
  );
  assert.match(rejects[1]?.detail ?? '', /'soon' in 'time' is no timestamp of format 'auto'/);
  const [letters] = await readdir(deadLetterDirectory);
  const text = await readFile(join(deadLetterDirectory, letters as string), 'utf8');
  assert.deepEqual(
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).reason),
    ['late', 'early', 'unparseable', 'filtered'],
  );
  const { text: exposition } = await metrics.exposition();
  assert.match(exposition, /^millrace_events_received_total\{dataSource="pageviews"\} 6$/m);
  assert.match(exposition, /^millrace_events_kept_total\{dataSource="pageviews"\} 2$/m);
  assert.match(exposition, /^millrace_events_dropped_total\{dataSource="pageviews",reason="late"\} 1$/m);
});

test('rows that roll up together are in one partition, declared or discovered', async (t) => {
  const { define, push } = await testPusher(t, properties);
  for (const dimensionsSpec of [{ dimensions: ['url', 'user'] }, { dimensionExclusions: ['bytes'] }]) {
    const topic = await newTopic('rollup', 3);
    define(topic, 3, pageViews({ dimensionsSpec }));
    const events = Array.from({ length: 3000 }, (_, i) => ({
      time: new Date(Date.UTC(2026, 0, 1, 12, i % 7, i % 60)).toISOString(),
      url: `/${i % 11}`,
      user: `u${i % 5}`,
      bytes: i,
    }));
    await push('pageviews', json(...events.slice(0, 1000)));
    // With one that is not kept, or with a list, another plan judges.
    assert.equal((await push('pageviews', json({ time: 'never' }, ...events.slice(1000, 2000)))).sent, 1000);
    assert.equal(
      (await push('pageviews', json(...events.slice(2000, 2999), { ...events[2999], bytes: [1] }))).sent,
      1000,
    );
    const partitionOf = new Map<string, number>();
    let lines = 0;
    for (const partition of [0, 1, 2]) {
      for (const line of await linesOf(topic, partition)) {
        lines++;
        const { time, url, user } = JSON.parse(line);
        const row = `${time.slice(0, 16)} ${url} ${user}`;
        assert.equal(partitionOf.get(row) ?? partition, partition, `${row} is in two partitions`);
        partitionOf.set(row, partition);
      }
    }
    assert.equal(lines, 3000);
    assert.equal(partitionOf.size, 7 * 11 * 5);
    assert.equal(new Set(partitionOf.values()).size, 3);
  }
});

test('without rollup events are spread evenly', async (t) => {
  const { define, push } = await testPusher(t, properties);
  const topic = await newTopic('even', 3);
  define(topic, 3, pageViews({ granularitySpec: { segmentGranularity: 'hour', rollup: false } }));
  const events = Array.from({ length: 300 }, (_, i) => ({ time: at(0), url: `/${i}` }));
  await push('pageviews', json(...events));
  const counts = await Promise.all([0, 1, 2].map(async (partition) => (await linesOf(topic, partition)).length));
  assert.deepEqual(counts, [100, 100, 100]);
});

test('text goes to Kafka as text, and only text does', async (t) => {
  const { define, push } = await testPusher(t, properties);
  const topic = await newTopic('text');
  const columns = ['time', 'url', 'user'];
  define(topic, 1, pageViews(), { inputFormat: { type: 'csv', columns, findColumnsFromHeader: false } });
  const outcome = await push('pageviews', `${at(1)},"/a,b",u\r\n\nsoon,/b,u\n${at(2)},/c,u`, { format: 'text' });
  assert.deepEqual(outcome.dropped, { unparseable: 1 });
  assert.deepEqual(await linesOf(topic), [`${at(1)},"/a,b",u`, `${at(2)},/c,u`]);
  await assert.rejects(push('pageviews', json({ time: at(1) })), { code: 'invalidInput', message: /text\/plain/ });
  define(topic, 1, pageViews(), { inputFormat: { type: 'csv', findColumnsFromHeader: true } });
  await assert.rejects(push('pageviews', 'time,url\n', { format: 'text' }), { code: 'unsupported', message: /header/ });
});

test('events that name their dataSource go to its topic', async (t) => {
  const { define, push } = await testPusher(t, properties);
  const [one, other] = [await newTopic('one'), await newTopic('other')];
  define(one, 1, pageViews({ dataSource: 'one' }));
  define(other, 1, pageViews({ dataSource: 'other' }));
  const events = ['one', 'other', 'one'].map((dataSource, i) => ({ dataSource, time: at(i) }));
  assert.deepEqual((await push(undefined, json(...events))).sent, 3);
  assert.deepEqual(await linesOf(one), [JSON.stringify(events[0]), JSON.stringify(events[2])]);
  assert.deepEqual(await linesOf(other), [JSON.stringify(events[1])]);
  await assert.rejects(
    push(undefined, json({ dataSource: 'none', time: at(0) })),
    /No definition for dataSource 'none'/,
  );
});

test('bodies that come together share batches; one that is malformed takes none of them with it', async (t) => {
  const { define, push } = await testPusher(t, properties);
  const topic = await newTopic('together');
  define(topic, 1, pageViews());
  const bodies = Array.from({ length: 50 }, (_, i) => json({ time: at(i), url: `/${i}` }));
  const malformed = push('pageviews', `${json({ time: at(0), url: '/no' })}{"time":1]\n`);
  const outcomes = await Promise.all([
    assert.rejects(malformed, { code: 'invalidInput', message: /Malformed JSON: event 2/ }),
    ...bodies.map((body) => push('pageviews', body)),
  ]);
  assert.ok(outcomes.slice(1).every((outcome) => outcome?.sent === 1));
  const lines = await linesOf(topic);
  assert.deepEqual(lines.toSorted(), bodies.map((body) => body.trim()).toSorted());
});

test('a retry under the same Idempotency-Key answers what the first try did', async (t) => {
  const { define, push } = await testPusher(t, properties);
  const topic = await newTopic('key');
  define(topic, 1, pageViews());
  const body = json({ time: at(0), url: '/a' }, { time: 'never' });
  const tries = [push('pageviews', body, { idempotencyKey: 'k' }), push('pageviews', body, { idempotencyKey: 'k' })];
  const [first, second] = await Promise.all(tries);
  assert.deepEqual(first, second);
  assert.deepEqual(await push('pageviews', body, { idempotencyKey: 'k' }), first);
  assert.equal((await linesOf(topic)).length, 1);
});

test('a window that goes by the newest event goes on from body to body', async (t) => {
  const { define, push } = await testPusher(t, properties);
  const topic = await newTopic('message-time');
  define(topic, 1, pageViews(), { window: { policy: 'messageTime', periodMs: 600_000, rule: 'event' } });
  const first = await push('pageviews', json({ time: at(0) }, { time: at(30) }, { time: at(15) }));
  assert.deepEqual(first.droppedEvents, [{ event: 2, reason: 'late' }]);
  assert.deepEqual((await push('pageviews', json({ time: at(19) }, { time: at(20) }))).droppedEvents, [
    { event: 0, reason: 'late' },
  ]);
});

test('a body that Kafka did not take is none that such a window goes by', async (t) => {
  const { define, push } = await testPusher(t, { ...properties, 'delivery.timeout.ms': 700 });
  const options = { window: { policy: 'messageTime', periodMs: 600_000, rule: 'event' } } as const;
  define(newTopicName('absent'), 1, pageViews(), options);
  await assert.rejects(push('pageviews', json({ time: at(30) })), { code: 'unavailable' });
  define(await newTopic('present'), 1, pageViews(), options);
  assert.deepEqual((await push('pageviews', json({ time: at(0) }))).droppedEvents, []);
});

test('what Kafka does not take in time is refused with what was written of it, and the next body is taken', async (t) => {
  const { define, push, pusher } = await testPusher(t, { ...properties, 'delivery.timeout.ms': 700 });
  const absent = newTopicName('absent');
  define(absent, 1, pageViews());
  const body = json(...Array.from({ length: 200 }, (_, i) => ({ time: at(0), url: `/${i}` })));
  await assert.rejects(push('pageviews', body, { idempotencyKey: 'again' }), {
    code: 'unavailable',
    retryAfterSeconds: 5,
    message: /UNKNOWN_TOPIC_OR_PARTITION.*Nothing of the body was written/,
  });
  assert.equal(pusher.pendingBytes, 0);
  await scribe.createTopic(absent);
  assert.equal((await push('pageviews', body, { idempotencyKey: 'again' })).sent, 200);
  // Half of it has a place: the topic has one partition.
  define(absent, 2, pageViews());
  const error = await push('pageviews', body).catch((error: unknown) => error);
  const [, written] = /(\d+) of the body's events are in Kafka already, and 0 may be/.exec(String(error)) ?? [];
  assert.ok(Number(written) > 0 && Number(written) < 200, String(error));
  assert.equal((await linesOf(absent)).length, 200 + Number(written));
});

test('an event that is larger than the topic takes is told as such', async (t) => {
  const { define, push } = await testPusher(t, properties);
  define(await newTopic('large', 1, { 'max.message.bytes': 1000 }), 1, pageViews());
  await assert.rejects(push('pageviews', json({ time: at(0), url: 'x'.repeat(2000) })), { code: 'tooLarge' });
});
