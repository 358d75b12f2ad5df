/** https://kafka.apache.org/documentation/#mirrorconfigs */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatPlace } from '../../../src/errors.ts';
import type { MirrorFlow } from '../../../src/mirror/flow-settings.ts';
import { type MirrorMaker2Options, readMirrorMaker2, SettingsFile } from '../../../src/mirror/settings/index.ts';

const two = ['clusters = A, B', 'A.bootstrap.servers = a:1', 'B.bootstrap.servers = b:2'];
const enabled = [...two, 'A->B.enabled = true'];

function readAll(lines: readonly string[], options: Partial<MirrorMaker2Options> = {}) {
  const file = SettingsFile.parse(lines.join('\n'), 'mm2.properties');
  const { flows, remarks } = readMirrorMaker2(file, { exactlyOnce: false, ...options });
  return { flows, warnings: remarks.map(({ place, message }) => `${formatPlace(place)}: ${message}`) };
}

/** The flow A->B of a file of these lines more. */
const read = (...lines: string[]): MirrorFlow => readAll([...enabled, ...lines]).flows[0]!;
const warnings = (...lines: string[]) => readAll([...enabled, ...lines]).warnings;
const passes = ({ include, exclude }: MirrorFlow['topics'], name: string) =>
  include.test(name) && !exclude.some((pattern) => pattern.test(name));

test("Kafka's own example", () => {
  const { flows, warnings } = readAll([
    'clusters = A, B',
    'A.bootstrap.servers = A_host1:9092, A_host2:9092, A_host3:9092',
    'B.bootstrap.servers = B_host1:9092, B_host2:9092, B_host3:9092',
    'A->B.enabled = true',
    'A->B.topics = .*',
    'B->A.enabled = true',
    'B->A.topics = .*',
    'replication.factor=1',
    'checkpoints.topic.replication.factor=1',
    'heartbeats.topic.replication.factor=1',
    'offset-syncs.topic.replication.factor=1',
    'offset.storage.replication.factor=1',
    'status.storage.replication.factor=1',
    'config.storage.replication.factor=1',
  ]);
  assert.deepEqual(
    flows.map(({ name, source, target }) => [name, source.alias, target.alias]),
    [
      ['A.B', 'A', 'B'],
      ['B.A', 'B', 'A'],
    ],
  );
  assert.deepEqual(flows[0]?.source.properties, { 'bootstrap.servers': 'A_host1:9092, A_host2:9092, A_host3:9092' });
  assert.equal(warnings.length, 3);
  for (const warning of warnings)
    assert.match(warning, /line 1[234], \w+\.storage\..*: Kafka Connect's topics are not/);
});

test("the defaults are MirrorMaker 2's", () => {
  const flow = read();
  assert.equal(flow.delivery, 'atLeastOnce');
  assert.equal(flow.startAt, 'earliest');
  assert.equal(flow.sourceGroup, undefined);
  assert.equal(flow.mirrorsHeartbeats, true);
  assert.equal(flow.formerOffsetsTopic, 'mm2-offsets.A.internal');
  assert.equal(read('B.offset.storage.topic = connect-offsets').formerOffsetsTopic, 'connect-offsets');
  assert.equal(flow.ledgerReplicationFactor, 3);
  assert.deepEqual(
    ['orders', '__consumer_offsets', 'mm2-offset-syncs.B.internal', 'x.replica', 'heartbeats'].map((name) =>
      passes(flow.topics, name),
    ),
    [true, false, false, false, true],
  );
  const { configExclude, ...topicSync } = flow.topicSync;
  assert.deepEqual(topicSync, {
    refreshIntervalMs: 600_000,
    configIntervalMs: 600_000,
    configDefaultsFrom: 'target',
    aclIntervalMs: 600_000,
    replicationFactor: 2,
  });
  const isExcluded = (name: string) => configExclude.some((pattern) => pattern.test(name));
  assert.deepEqual(
    [
      'follower.replication.throttled.replicas',
      'leader.replication.throttled.replicas',
      'message.timestamp.difference.max.ms',
      'message.timestamp.type',
      'unclean.leader.election.enable',
      'min.insync.replicas',
      'retention.ms',
    ].map(isExcluded),
    [true, true, true, true, true, true, false],
  );
  const { groups, ...groupSync } = flow.groupSync!;
  assert.deepEqual(groupSync, {
    refreshIntervalMs: 600_000,
    checkpoints: { intervalMs: 60_000, replicationFactor: 3 },
    offsetIntervalMs: undefined,
  });
  assert.deepEqual(
    ['app', 'console-consumer-7', 'connect-x', '__mine'].map((name) => passes(groups, name)),
    [true, false, false, false],
  );
  assert.deepEqual(flow.heartbeats, { intervalMs: 1000, replicationFactor: 3 });
});

test('each property that is read', () => {
  const flow = read(
    'topics = foo-.*, bar',
    'topics.exclude = foo-tmp',
    'groups = app.*',
    'groups.exclude =',
    'replication.factor = 3',
    'refresh.topics.interval.seconds = 5',
    'sync.topic.configs.enabled = false',
    'sync.topic.acls.enabled = FALSE',
    'config.properties.exclude = retention\\\\.ms',
    'use.defaults.from = source',
    'refresh.groups.interval.seconds = 7',
    'emit.checkpoints.interval.seconds = 8',
    'checkpoints.topic.replication.factor = 1',
    'sync.group.offsets.enabled = true',
    'sync.group.offsets.interval.seconds = 9',
    'emit.heartbeats.interval.seconds = 10',
    'heartbeats.topic.replication.factor = 2',
    'heartbeats.replication.enabled = false',
    'offset-syncs.topic.replication.factor = 1',
    'tasks.max = 12',
    'B.session.timeout.ms = 7000',
    'A.consumer.auto.offset.reset = latest',
    'A.consumer.fetch.max.bytes = 1234567',
    'B.producer.acks = all',
  );
  assert.deepEqual(
    ['foo-1', 'bar', 'foo-tmp', 'bar2'].map((name) => passes(flow.topics, name)),
    [true, true, false, false],
  );
  assert.deepEqual(flow.groupSync, {
    groups: { include: /^(?:app.*)$/, exclude: [] },
    refreshIntervalMs: 7000,
    checkpoints: { intervalMs: 8000, replicationFactor: 1 },
    offsetIntervalMs: 9000,
  });
  assert.deepEqual(flow.topicSync, {
    refreshIntervalMs: 5000,
    configIntervalMs: undefined,
    configExclude: [/^(?:retention\.ms)$/],
    configDefaultsFrom: 'source',
    aclIntervalMs: undefined,
    replicationFactor: 3,
  });
  assert.deepEqual(flow.heartbeats, { intervalMs: 10_000, replicationFactor: 2 });
  assert.equal(flow.mirrorsHeartbeats, false);
  assert.equal(flow.ledgerReplicationFactor, 1);
  assert.equal(flow.lanes, 12);
  assert.equal(flow.sessionTimeoutMs, 7000);
  assert.equal(flow.startAt, 'latest');
  assert.deepEqual(flow.source.properties, { 'bootstrap.servers': 'a:1', 'fetch.max.bytes': '1234567' });
  assert.deepEqual(flow.target.properties, { 'bootstrap.servers': 'b:2', acks: 'all' });
});

test('a blank list of topics is none of them; a negative interval and a switch turn a thing off', () => {
  assert.equal(passes(read('topics =').topics, 'orders'), false);
  assert.equal(read('refresh.topics.interval.seconds = -1').topicSync.refreshIntervalMs, undefined);
  assert.equal(read('emit.heartbeats.enabled = false').heartbeats, undefined);
  assert.equal(read('emit.checkpoints.enabled = false').groupSync, undefined);
  const synced = read('emit.checkpoints.enabled = false', 'sync.group.offsets.enabled = true').groupSync;
  assert.deepEqual([synced?.checkpoints, synced?.offsetIntervalMs], [undefined, 60_000]);
});

test("what is said of a flow comes before what is said of a cluster's role, the cluster, and of all", () => {
  const flow = read(
    'topics = all',
    'A->B.topics = mine',
    'ssl.endpoint.identification.algorithm = https',
    'A.ssl.endpoint.identification.algorithm =',
    'client.id = nobody',
    'A.consumer.client.id = reader',
    'A.consumer.retry.backoff.ms = 10',
    'A->B.consumer.retry.backoff.ms = 20',
    'B.producer.client.id = writer',
    'A->B.producer.override.client.id = override',
  );
  assert.ok(flow.topics.include.test('mine'));
  assert.deepEqual(flow.source.properties, {
    'bootstrap.servers': 'a:1',
    'ssl.endpoint.identification.algorithm': '',
    'client.id': 'reader',
    'retry.backoff.ms': '20',
  });
  assert.deepEqual(flow.target.properties, {
    'bootstrap.servers': 'b:2',
    'ssl.endpoint.identification.algorithm': 'https',
    'client.id': 'override',
  });
});

test('exactly once, as the target, the flow, the whole file or the command says', () => {
  for (const line of [
    'exactly.once.source.support',
    'B.exactly.once.source.support',
    'A->B.exactly.once.source.support',
  ])
    assert.equal(read(`${line} = enabled`).delivery, 'exactlyOnce', line);
  assert.equal(read('exactly.once.source.support = preparing').delivery, 'atLeastOnce');
  assert.equal(readAll(enabled, { exactlyOnce: true }).flows[0]?.delivery, 'exactlyOnce');
  const interval = (...lines: string[]) => read(...lines).commitIntervalMs;
  assert.equal(interval('offset.flush.interval.ms = 5000'), 5000);
  // Transactions end with each batch there, unless the interval is their boundary.
  assert.equal(interval('exactly.once.source.support = enabled', 'offset.flush.interval.ms = 5000'), 200);
  const boundary = ['exactly.once.source.support = enabled', 'transaction.boundary = interval'];
  assert.equal(interval(...boundary, 'offset.flush.interval.ms = 5000'), 5000);
  assert.equal(interval(...boundary, 'transaction.boundary.interval.ms = 700'), 700);
  assert.equal(readAll(enabled, { commitIntervalMs: 30 }).flows[0]?.commitIntervalMs, 30);
});

test('flows to the clusters of --clusters only', () => {
  const both = [...enabled, 'B->A.enabled = true', 'A.producer.acks = all', 'B->A.topics = back'];
  const { flows, warnings } = readAll(both, { targets: ['B'] });
  assert.deepEqual(
    flows.map(({ name }) => name),
    ['A.B'],
  );
  assert.deepEqual(warnings, []);
  assert.throws(() => readAll(both, { targets: ['C'] }), /mm2\.properties, line 1, clusters: .*'C' of --clusters/);
  assert.throws(() => readAll(enabled, { targets: ['A'] }), /mm2\.properties: no flow leads to A/);
});

test('what is not needed or not known is named, with its line', () => {
  const remark = (line: string) => {
    const said = warnings(line);
    assert.equal(said.length, 1, `${line}: ${said}`);
    assert.ok(said[0]?.startsWith('mm2.properties, line 5, '), said[0]);
    return said[0] ?? '';
  };
  assert.match(remark('offset.lag.max = 5'), /the ledger is exact/);
  assert.match(remark('offset-syncs.topic.location = target'), /offset-syncs are not needed/);
  assert.match(remark('dedicated.mode.enable.internal.rest = true'), /without HTTP/);
  assert.match(remark('B.group.id = x'), /workers are not needed/);
  assert.match(remark('key.converter = x'), /as bytes/);
  assert.match(remark('errors.tolerance = all'), /no record is skipped/);
  assert.match(remark('A.consumer.max.poll.records = 5'), /no meaning/);
  assert.match(remark('A.consumer.isolation.level = read_uncommitted'), /aborted never arrive/);
  assert.match(remark('A.admin.client.id = x'), /one login/);
  assert.match(remark('A.producer.acks = all'), /no flow that is enabled writes to 'A'/);
  assert.match(remark('B.consumer.client.id = x'), /no flow that is enabled reads from 'B'/);
  assert.match(remark('sync.topic.acl.enabled = x'), /did you mean 'sync\.topic\.acls\.enabled'\?/);
  assert.match(remark('A->C.topics = x'), /there is no 'C' in 'clusters'/);
  assert.match(remark('topics.blacklist = x'), /the old name of 'topics\.exclude'/);
  assert.match(remark('colour = blue'), /is not known, and is ignored$/);
  // What is said of a flow that is off waits for it.
  assert.deepEqual(warnings('B->A.topics = x', 'B->A.enabled = false'), []);
});

test('what would change what is mirrored and cannot be had is refused', () => {
  const refused = (line: string) => assert.throws(() => read(line), { code: 'unsupported', message: /line 5/ }, line);
  refused('topic.filter.class = my.Filter');
  refused('A->B.group.filter.class = my.Filter');
  refused('config.property.filter.class = my.Filter');
  refused('transforms = route');
  refused('replication.policy.class = my.Policy');
  read('topic.filter.class = org.apache.kafka.connect.mirror.DefaultTopicFilter');
});

test('a mistake is told with its line and what was expected', () => {
  const wrong = (line: string, message: RegExp) => assert.throws(() => read(line), { code: 'invalidInput', message });
  wrong('A->B.tasks.max = many', /^mm2\.properties, line 5, A->B\.tasks\.max: 'many'; expected a whole number/);
  wrong('sync.topic.acls.enabled = yes', /expected true or false/);
  wrong('refresh.topics.interval.seconds = 0', /expected 1 to/);
  wrong('topics = a(b', /line 5, topics: .*expected names or regular expressions/);
  wrong('use.defaults.from = here', /expected target, source/);
  wrong(
    'A.consumer.auto.offset.reset = none',
    /line 5, A\.consumer\.auto\.offset\.reset: 'none'; expected earliest or latest/,
  );
  wrong('B.producer.acks = 1', /line 5, B\.producer\.acks: 'acks' is '1'; expected all/);
  wrong('A.security.protocol = TLS', /line 5, A\.security\.protocol/);
  wrong('replication.policy.separator = /', /what a topic's name can hold/);
  assert.throws(() => readAll(['clusters = A']), /line 1, clusters: 'A'; expected the aliases of two clusters or more/);
  assert.throws(() => readAll([]), /mm2\.properties, clusters: expected the aliases/);
  assert.throws(() => readAll(two), /A->B\.enabled = true/);
  assert.throws(
    () => readAll(['clusters = A,B', 'A->B.enabled=true']),
    /A\.bootstrap\.servers: expected the addresses/,
  );
});
