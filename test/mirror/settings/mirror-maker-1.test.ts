/** https://kafka.apache.org/30/documentation/#basic_ops_mirror_maker */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { formatPlace } from '../../../src/errors.ts';
import { type MirrorMaker1Options, readMirrorMaker1, SettingsFile } from '../../../src/mirror/settings/index.ts';

const sample = (name: string) =>
  SettingsFile.parse(readFileSync(new URL(`../../fixtures/samples/${name}`, import.meta.url), 'utf8'), name);
const file = (name: string, ...lines: string[]) => SettingsFile.parse(lines.join('\n'), name);
const consumer = (...lines: string[]) => file('c.properties', 'bootstrap.servers=a:1', 'group.id=g', ...lines);
const producer = (...lines: string[]) => file('p.properties', 'bootstrap.servers=b:2', ...lines);

function read(options: Partial<MirrorMaker1Options>) {
  const all = { consumer: consumer(), producer: producer(), streams: 1, exactlyOnce: false, ...options };
  const { flows, remarks } = readMirrorMaker1(all);
  const warnings = remarks.map(({ place, message }) => `${formatPlace(place)}: ${message}`);
  assert.equal(flows.length, 1);
  return { flow: flows[0]!, warnings };
}

test('the samples as they are: one flow, and one warning for each old property', () => {
  const { flow, warnings } = read({
    consumer: sample('mirror-consumer.properties'),
    producer: sample('mirror-producer.properties'),
    include: 'hybrid',
  });
  assert.equal(flow.name, 'test-consumer-group');
  assert.equal(flow.sourceGroup, 'test-consumer-group');
  assert.deepEqual(flow.source, { alias: 'source', properties: { 'bootstrap.servers': 'localhost:6667' } });
  assert.deepEqual(flow.target, { alias: 'target', properties: { 'bootstrap.servers': 'localhost:9092' } });
  const about = warnings.map((warning) => /(?:, |: ')([a-z.]+)[':]/.exec(warning)?.[1]);
  assert.deepEqual(about.sort(), [
    'compression.codec',
    'metadata.broker.list',
    'producer.type',
    'serializer.class',
    'zookeeper.connect',
    'zookeeper.connection.timeout.ms',
  ]);
  for (const warning of warnings) assert.match(warning, /^mirror-(?:consumer|producer)\.properties/);
});

test("patterns are read as Kafka's TopicFilter reads them, and match whole names", () => {
  const { topics } = read({ include: ` "orders.*, hybrid ,(?:a|b)c" ` }).flow;
  for (const [name, isMeant] of Object.entries({
    orders2: true,
    hybrid: true,
    bc: true,
    hybrid2: false,
    'my-orders': false,
  }))
    assert.equal(topics.include.test(name), isMeant, name);
  assert.deepEqual(topics.exclude, []);
  const black = read({ exclude: 'tmp.*,test' }).flow.topics;
  assert.ok(black.include.test('anything'));
  assert.deepEqual(
    ['tmp1', 'test', 'test2'].map((name) => black.exclude.some((pattern) => pattern.test(name))),
    [true, true, false],
  );
  assert.throws(() => read({ include: 'a(b' }), /--include 'a\(b': expected a regular expression/);
});

test("names stay, also of topics that MirrorMaker 2 keeps for itself; the brokers' own are not mirrored", () => {
  const { policy, topicSync, groupSync, heartbeats } = read({ include: '.*' }).flow;
  assert.equal(policy.remoteTopic('heartbeats'), 'heartbeats');
  assert.equal(policy.sourceOf('source.orders'), undefined);
  assert.deepEqual(['my.internal', '__mine', '__consumer_offsets'].map(policy.isInternal), [false, false, true]);
  // A topic that is there is left as it is, and nothing else is written.
  assert.equal(topicSync.configIntervalMs, undefined);
  assert.equal(topicSync.aclIntervalMs, undefined);
  assert.equal(groupSync, undefined);
  assert.equal(heartbeats, undefined);
});

test("where it begins: the end, as Java's consumers, unless the file says otherwise in old words or new", () => {
  assert.equal(read({}).flow.startAt, 'latest');
  assert.equal(read({ consumer: consumer('auto.offset.reset=earliest') }).flow.startAt, 'earliest');
  assert.equal(read({ consumer: consumer('auto.offset.reset=smallest') }).flow.startAt, 'earliest');
  assert.throws(
    () => read({ consumer: consumer('auto.offset.reset=none') }),
    /^MillraceError: c\.properties, line 3, auto\.offset\.reset: 'none'; expected earliest or latest/,
  );
});

test('lanes for several processes, and as many as streams where these are more', () => {
  assert.deepEqual(
    [1, 9, 1000].map((streams) => read({ streams }).flow.lanes),
    [4, 9, 64],
  );
});

test('delivery and its interval', () => {
  const { flow } = read({ exactlyOnce: true, commitIntervalMs: 50 });
  assert.equal(flow.delivery, 'exactlyOnce');
  assert.equal(flow.commitIntervalMs, 50);
  assert.equal(read({}).flow.delivery, 'atLeastOnce');
  // Longer than brokers leave a transaction open would lose it each time.
  assert.equal(read({ commitIntervalMs: 60_000 }).flow.commitIntervalMs, 20_000);
});

test("what of the consumer's file is about the flow", () => {
  const { flow, warnings } = read({ consumer: consumer('session.timeout.ms=6000', 'metadata.max.age.ms=5000') });
  assert.equal(flow.sessionTimeoutMs, 6000);
  assert.equal(flow.topicSync.refreshIntervalMs, 5000);
  assert.deepEqual(flow.source.properties, { 'bootstrap.servers': 'a:1' });
  assert.deepEqual(warnings, []);
  assert.equal(read({ producer: producer('session.timeout.ms=6000') }).warnings.length, 1);
});

test('security and sizes go to the connections, what can have no effect does not, each with a line', () => {
  const { flow, warnings } = read({
    consumer: consumer(
      'security.protocol=SASL_PLAINTEXT',
      'sasl.mechanism=PLAIN',
      jaas,
      'fetch.max.bytes=1000000',
      'max.poll.records=1',
    ),
    producer: producer('acks=-1', 'retries=3', 'linger.ms=5', 'interceptor.classes=x.Y'),
  });
  assert.deepEqual(Object.keys(flow.source.properties).sort(), [
    'bootstrap.servers',
    'fetch.max.bytes',
    'sasl.jaas.config',
    'sasl.mechanism',
    'security.protocol',
  ]);
  assert.deepEqual(flow.target.properties, { 'bootstrap.servers': 'b:2', acks: '-1' });
  assert.deepEqual(
    warnings.map((warning) => warning.split(': ', 1)[0]),
    [
      'c.properties, line 7, max.poll.records',
      'p.properties, line 3, retries',
      'p.properties, line 4, linger.ms',
      'p.properties, line 5, interceptor.classes',
    ],
  );
});

const jaas =
  'sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="u" password="p";';

test('what is missing or wrong is told with its file, line and property', () => {
  assert.throws(
    () => read({ consumer: file('c.properties', 'zookeeper.connect=a:2181', 'group.id=g') }),
    /^MillraceError: c\.properties: expected 'bootstrap\.servers'/,
  );
  assert.throws(
    () => read({ consumer: file('c.properties', 'bootstrap.servers=a:1') }),
    /^MillraceError: c\.properties, group\.id: expected the name of a consumer group/,
  );
  assert.throws(
    () => read({ producer: producer('acks=1') }),
    /^MillraceError: p\.properties, line 2, acks: 'acks' is '1'/,
  );
  assert.throws(
    () => read({ producer: producer('', 'request.required.acks=0') }),
    /^MillraceError: p\.properties: 'acks' is '0'/,
  );
});
