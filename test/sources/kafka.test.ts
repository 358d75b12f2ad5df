/** Kafka as a stream, against a real broker and written by Kafka's own clients. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { MillraceError } from '../../src/errors.ts';
import { type KafkaStreamConfig, openKafkaStream } from '../../src/sources/kafka.ts';
import type { PartitionName, Stream } from '../../src/sources/stream.ts';
import { KafkaBroker } from '../services/kafka/broker.ts';
import { Scribe } from '../services/kafka/scribe.ts';
import { freePort } from '../services/millrace.ts';

let broker: KafkaBroker;
let scribe: Scribe;

before(async () => {
  broker = await KafkaBroker.start();
  scribe = new Scribe(broker.bootstrapServers);
  await scribe.openProducer('plain');
});

after(async () => {
  await scribe?.stop();
  await broker?.stop();
});

interface OpenStream extends AsyncDisposable {
  readonly stream: Stream;
}

function open(topic: string | { readonly pattern: string }, properties = {}): OpenStream {
  const config: KafkaStreamConfig = {
    topic: typeof topic === 'string' ? topic : null,
    topicPattern: typeof topic === 'string' ? null : topic.pattern,
    consumerProperties: { 'bootstrap.servers': broker.bootstrapServers, ...properties },
  };
  const stream = openKafkaStream(config);
  return { stream, [Symbol.asyncDispose]: () => stream.close() };
}

/** Creates the topic and sends values, of which null is a tombstone. */
async function write(topic: string, values: readonly (string | null)[], partition = 0): Promise<void> {
  for (const value of values) await scribe.send('plain', topic, value, { partition });
  await scribe.flush('plain');
}

async function transaction(topic: string, values: readonly string[], end: 'commit' | 'abort'): Promise<void> {
  await scribe.begin('transactional');
  for (const value of values) await scribe.send('transactional', topic, value);
  await scribe.flush('transactional');
  await scribe[end]('transactional');
}

/** Reads until the positions of `to` are reached, or for ever if there are none; fails where a batch does not begin at the end of the one before. */
async function readTo(
  stream: Stream,
  from: Readonly<Record<PartitionName, number>>,
  to: Readonly<Record<PartitionName, number>>,
  whileReading: (lines: readonly string[]) => Promise<void> = async () => {},
): Promise<string[]> {
  const positions = new Map(Object.entries(from).map(([name, position]) => [name, BigInt(position)]));
  const lines: string[] = [];
  const stop = new AbortController();
  for await (const batch of stream.read(new Map(positions), stop.signal)) {
    const text = Buffer.from(batch.lines).toString();
    const ofBatch = text.split('\n').slice(0, -1);
    assert.equal(ofBatch.length, batch.records);
    lines.push(...ofBatch);
    for (const [name, progress] of batch.progress) {
      assert.equal(progress.from, positions.get(name));
      positions.set(name, progress.to);
    }
    await whileReading(lines);
    const ends = Object.entries(to);
    if (ends.length > 0 && ends.every(([name, position]) => positions.get(name) === BigInt(position))) stop.abort();
  }
  return lines;
}

test('partitions and offsets of a topic; one that does not exist has none', async () => {
  await scribe.createTopic('wide', 11);
  await write('wide', ['a', 'b', 'c'], 10);
  await scribe.deleteRecords('wide', 10, 2);
  await using wide = open('wide');
  const partitions = await wide.stream.partitions();
  assert.deepEqual(
    partitions,
    Array.from({ length: 11 }, (_, partition) => `wide/${partition}`),
  );
  assert.equal((await wide.stream.offsets('earliest', partitions)).get('wide/10'), 2n);
  assert.equal((await wide.stream.offsets('latest', partitions)).get('wide/10'), 3n);
  assert.equal((await wide.stream.offsets('latest', partitions)).get('wide/9'), 0n);
  await using none = open('nowhere');
  assert.deepEqual(await none.stream.partitions(), []);
});

test('a pattern is for whole names, and finds what is created and added later', async () => {
  await scribe.createTopic('orders-b');
  await scribe.createTopic('old-orders-b');
  await using orders = open({ pattern: 'orders-[a-z]' });
  assert.deepEqual(await orders.stream.partitions(), ['orders-b/0']);
  await scribe.createTopic('orders-a');
  await scribe.createTopic('orders-a2');
  await scribe.addPartitions('orders-b', 2);
  await write('orders-a', ['a0']);
  await write('orders-b', ['b1'], 1);
  assert.deepEqual(await orders.stream.partitions(), ['orders-a/0', 'orders-b/0', 'orders-b/1']);
  const lines = await readTo(
    orders.stream,
    { 'orders-a/0': 0, 'orders-b/0': 0, 'orders-b/1': 0 },
    { 'orders-a/0': 1, 'orders-b/1': 1 },
  );
  assert.deepEqual(lines.sort(), ['a0', 'b1']);
});

test('aborted records, markers, tombstones and blank values are passed over; read_uncommitted reads what was aborted', async () => {
  await scribe.createTopic('ledger');
  await scribe.openProducer('transactional', { 'transactional.id': 'ledger' });
  await transaction('ledger', ['x0', 'x1', 'x2'], 'abort'); // 0 to 2, marker 3
  await transaction('ledger', ['a', 'b'], 'commit'); // 4 and 5, marker 6
  await write('ledger', [null, 'two\nlines', ' \n']); // 7 to 9
  await transaction('ledger', ['x3'], 'abort'); // 10, marker 11
  await using committed = open('ledger');
  assert.deepEqual(await readTo(committed.stream, { 'ledger/0': 0 }, { 'ledger/0': 12 }), ['a', 'b', 'two lines']);
  // From the middle of a transaction on.
  assert.deepEqual(await readTo(committed.stream, { 'ledger/0': 5 }, { 'ledger/0': 12 }), ['b', 'two lines']);
  await using all = open('ledger', { 'isolation.level': 'read_uncommitted' });
  assert.deepEqual(await readTo(all.stream, { 'ledger/0': 0 }, { 'ledger/0': 12 }), [
    ...['x0', 'x1', 'x2', 'a', 'b'],
    ...['two lines', 'x3'],
  ]);
});

test('an open transaction is withheld until it ends, from the latest position as well', async () => {
  await scribe.createTopic('pending');
  await scribe.openProducer('transactional', { 'transactional.id': 'pending' });
  await write('pending', ['first']);
  await scribe.begin('transactional');
  await scribe.send('transactional', 'pending', 'second');
  await scribe.flush('transactional');
  await write('pending', ['third']);
  await using pending = open('pending');
  assert.deepEqual(await pending.stream.offsets('latest', ['pending/0']), new Map([['pending/0', 1n]]));
  const lines = await readTo(pending.stream, { 'pending/0': 0 }, { 'pending/0': 4 }, async (lines) => {
    if (lines.length > 1) return;
    assert.deepEqual(lines, ['first']);
    await scribe.commit('transactional');
  });
  assert.deepEqual(lines, ['first', 'second', 'third']);
});

test('a position before the log, or after it, is told with its bounds once what came before is read', async () => {
  await scribe.createTopic('short', 2);
  for (const partition of [0, 1]) await write('short', ['a', 'b', 'c'], partition);
  await scribe.deleteRecords('short', 0, 2);
  await using short = open('short');
  const lost =
    (wanted: bigint, cause: string, earliest = 2n) =>
    (error: unknown) => {
      assert.ok(error instanceof MillraceError);
      assert.equal(error.code, 'positionLost');
      assert.deepEqual(error.context.lost, [{ partition: 'short/0', wanted, earliest, latest: 3n, cause }]);
      return true;
    };
  await assert.rejects(readTo(short.stream, { 'short/0': 0 }, {}), lost(0n, 'removed'));
  await assert.rejects(readTo(short.stream, { 'short/0': 7 }, {}), lost(7n, 'cutOff'));
  // While another partition has none.
  await assert.rejects(readTo(short.stream, { 'short/0': 7, 'short/1': 0 }, {}), lost(7n, 'cutOff'));
});

test('a topic that is made anew is not taken for the old one, however far it has grown', async () => {
  await scribe.createTopic('phoenix');
  await write('phoenix', ['a', 'b']);
  await using phoenix = open('phoenix');
  await phoenix.stream.partitions();
  assert.deepEqual(await readTo(phoenix.stream, { 'phoenix/0': 0 }, { 'phoenix/0': 2 }), ['a', 'b']);
  const origins = phoenix.stream.origins();
  await scribe.deleteTopic('phoenix');
  await scribe.createTopic('phoenix');
  await write('phoenix', ['A', 'B', 'C']);
  const lost = { partition: 'phoenix/0', earliest: 0n, latest: 3n, cause: 'madeAnew' };
  await assert.rejects(readTo(phoenix.stream, { 'phoenix/0': 2 }, {}), (error) => {
    assert.ok(error instanceof MillraceError);
    assert.deepEqual(error.context.lost, [{ ...lost, wanted: 2n }]);
    return true;
  });
  // Told once: who reads on afterwards knows of it.
  assert.deepEqual(await readTo(phoenix.stream, { 'phoenix/0': 0 }, { 'phoenix/0': 3 }), ['A', 'B', 'C']);
  // Also where nothing of the old one was read: what it held then is not known.
  await using later = open('phoenix');
  const first = later.stream.read(new Map([['phoenix/0', 0n]]), new AbortController().signal, origins).next();
  await assert.rejects(first, { code: 'positionLost', context: { lost: [{ ...lost, wanted: 0n }] } });
});

test('a broker that is killed and comes back is read on from, without a gap', async () => {
  await scribe.createTopic('sturdy');
  await scribe.fill('plain', 'sturdy', 1000, 'before-');
  await scribe.flush('plain');
  await using sturdy = open('sturdy');
  let isRestarted = false;
  const lines = await readTo(sturdy.stream, { 'sturdy/0': 0 }, { 'sturdy/0': 2000 }, async (lines) => {
    if (isRestarted || lines.length < 1000) return;
    isRestarted = true;
    await broker.kill();
    await broker.restart();
    await scribe.fill('plain', 'sturdy', 1000, 'after-');
    await scribe.flush('plain');
  });
  const numbered = (prefix: string) => Array.from({ length: 1000 }, (_, i) => `${prefix}${i}`);
  assert.deepEqual(lines, [...numbered('before-'), ...numbered('after-')]);
});

test('without a broker the error says what was tried; what is closed asks no more', async () => {
  const [one, other] = [await freePort(), await freePort()];
  const gone = open('any', { 'bootstrap.servers': `127.0.0.1:${one},127.0.0.1:${other}` });
  await assert.rejects(gone.stream.partitions(), (error: Error) => {
    for (const port of [one, other])
      assert.match(error.message, new RegExp(`Kafka at 127\\.0\\.0\\.1:${port} cannot be used: connect ECONNREFUSED`));
    return true;
  });
  await gone.stream.close();
  await assert.rejects(gone.stream.partitions(), { code: 'cancelled' });
});
